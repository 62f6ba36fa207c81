/* Semaphores: one word, count and waiters bit, so that a post publishes and learns in one step. */
#include "thrum/sem.h"

#include "diagnose/fatal.h"
#include "os/races.h"
#include "sync/lock.h"
#include "sync/record.h"

bool thrum_sem_try_wait(thrum_sem *sem)
{
    uint32_t word = __atomic_load_n(&sem->private_word, __ATOMIC_RELAXED);
    while ((word & THRUM_SEM_MAX) != 0)
        /* acquire: what was done before the post comes before what is done now */
        if (__atomic_compare_exchange_n(&sem->private_word, &word, word - 1, false,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            thrum_races_acquired(sem);
            return true;
        }
    return false;
}

/* A post clears the bit and wakes as many as it gives. One that has slept takes with the bit set,
 * because others may sleep still; and if it leaves some, or leaves without any, it wakes one other,
 * because a post that came meanwhile found the bit clear. */
static thrum_status wait(thrum_sem *sem, thrum_time deadline)
{
    uint32_t bit = 0;
    bool late = false;
    uint32_t word = __atomic_load_n(&sem->private_word, __ATOMIC_RELAXED);
    for (;;) {
        if ((word & THRUM_SEM_MAX) != 0) {
            uint32_t left = (word - 1) | bit;
            /* acquire: what was done before the post comes before what is done now */
            if (!__atomic_compare_exchange_n(&sem->private_word, &word, left, false,
                                             __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
                continue;
            thrum_races_acquired(sem);
            if (bit != 0 && (left & THRUM_SEM_MAX) != 0)
                thrum_os_wake(&sem->private_word, 1);
            return THRUM_OK;
        }
        if (late) {
            if (!(word & THRUM_WAITERS))
                thrum_os_wake(&sem->private_word, 1);
            return THRUM_TIMED_OUT;
        }
        if (word == 0 && !__atomic_compare_exchange_n(&sem->private_word, &word, THRUM_WAITERS,
                                                      false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            continue;
        bit = THRUM_WAITERS;
        late = thrum_os_wait(&sem->private_word, THRUM_WAITERS, deadline) == THRUM_TIMED_OUT;
        word = __atomic_load_n(&sem->private_word, __ATOMIC_RELAXED);
    }
}

static thrum_status wait_recorded(thrum_sem *sem, thrum_time deadline)
{
    thrum_wait_begin(THRUM_WAIT_SEM, sem, deadline);
    thrum_status status = wait(sem, deadline);
    thrum_wait_end();
    return status;
}

thrum_status thrum_sem_wait_until(thrum_sem *sem, thrum_time deadline)
{
    if (thrum_sem_try_wait(sem))
        return THRUM_OK;
    return deadline == 0 ? THRUM_TIMED_OUT : wait_recorded(sem, deadline);
}

void thrum_sem_wait(thrum_sem *sem)
{
    if (!thrum_sem_try_wait(sem))
        (void)wait_recorded(sem, THRUM_FOREVER);
}

void thrum_sem_post(thrum_sem *sem, uint32_t n)
{
    uint32_t word = __atomic_load_n(&sem->private_word, __ATOMIC_RELAXED), sum;
    thrum_races_releases(sem);
    do {
        sum = (word & THRUM_SEM_MAX) + n;
        if (n > THRUM_SEM_MAX || sum > THRUM_SEM_MAX)
            thrum_fatal_object("posts", "semaphore", sem, "beyond its largest count",
                               THRUM_FATAL_NO_HOLDER);
        if (n == 0)
            return;
        /* release: what the poster did comes before what the taker does */
    } while (!__atomic_compare_exchange_n(&sem->private_word, &word, sum, false, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED));
    if (word & THRUM_WAITERS)
        thrum_os_wake(&sem->private_word, n);
}
