/* Mutexes: the slow paths, and the plain functions of which thrum/mutex.h has inline twins. */
#include "thrum/mutex.h"

#include "diagnose/deadlock.h"
#include "diagnose/fatal.h"
#include "os/races.h"
#include "sync/moved.h"
#include "sync/record.h"
#include "thread/registry.h"

static uint32_t self_id(void)
{
    return thrum_block_self()->head.lock_id;
}

static inline bool try_take(thrum_mutex *mutex)
{
    bool taken = thrum_word_try(&mutex->private_word, self_id());
    if (taken)
        thrum_races_acquired(mutex);
    return taken;
}

static void not_held_by_self(const thrum_mutex *mutex, const char *does)
{
    uint32_t word = __atomic_load_n(&mutex->private_word, __ATOMIC_RELAXED);
    if (THRUM_HOLDER(word) == self_id())
        thrum_fatal_object(does, "mutex", mutex, "again", word);
}

static void lock_asleep(thrum_mutex *mutex, uint32_t bit)
{
    thrum_wait_begin(THRUM_WAIT_MUTEX, mutex, THRUM_FOREVER);
    thrum_time look = thrum_deadlock_first();
    while (thrum_word_sleep(&mutex->private_word, self_id(), bit, look) != THRUM_OK)
        look = thrum_deadlock_next();
    thrum_wait_end();
}

void thrum_private_mutex_lock_slow(thrum_mutex *mutex)
{
    not_held_by_self(mutex, "locks");
    if (!thrum_word_spin(&mutex->private_word, self_id()))
        lock_asleep(mutex, 0);
    thrum_races_acquired(mutex);
}

void thrum_mutex_lock_moved(thrum_mutex *mutex)
{
    if (!thrum_word_try(&mutex->private_word, self_id() | THRUM_WAITERS))
        lock_asleep(mutex, THRUM_WAITERS);
    thrum_races_acquired(mutex);
}

bool thrum_mutex_announce_moved(thrum_mutex *mutex)
{
    uint32_t word = __atomic_load_n(&mutex->private_word, __ATOMIC_RELAXED);
    while (word != 0 &&
           !__atomic_compare_exchange_n(&mutex->private_word, &word, word | THRUM_WAITERS, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    return THRUM_HOLDER(word) != self_id();
}

void thrum_mutex_pass_on(thrum_mutex *mutex)
{
    if (!(__atomic_load_n(&mutex->private_word, __ATOMIC_RELAXED) & THRUM_WAITERS))
        thrum_os_wake(&mutex->private_word, 1);
}

void thrum_mutex_lock(thrum_mutex *mutex)
{
    if (!try_take(mutex))
        thrum_private_mutex_lock_slow(mutex);
}

bool thrum_mutex_try_lock(thrum_mutex *mutex)
{
    return __atomic_load_n(&mutex->private_word, __ATOMIC_RELAXED) == 0 && try_take(mutex);
}

thrum_status thrum_mutex_lock_until(thrum_mutex *mutex, thrum_time deadline)
{
    if (try_take(mutex))
        return THRUM_OK;
    if (deadline == THRUM_FOREVER) {
        thrum_private_mutex_lock_slow(mutex);
        return THRUM_OK;
    }
    not_held_by_self(mutex, "locks");
    if (deadline == 0 || deadline <= thrum_os_now()) /* a try: it leaves no waiters bit behind */
        return THRUM_TIMED_OUT;
    if (thrum_word_spin(&mutex->private_word, self_id())) {
        thrum_races_acquired(mutex);
        return THRUM_OK;
    }
    thrum_wait_begin(THRUM_WAIT_MUTEX, mutex, deadline);
    thrum_status status = thrum_word_sleep(&mutex->private_word, self_id(), 0, deadline);
    thrum_wait_end();
    if (status == THRUM_OK)
        thrum_races_acquired(mutex);
    return status;
}

/* The word is 0 already: others may have the mutex. So either the bit was set, or this is the
 * end. */
void thrum_private_mutex_unlock_slow(thrum_mutex *mutex, uint32_t was)
{
    if (THRUM_HOLDER(was) != self_id())
        thrum_fatal_object("unlocks", "mutex", mutex, NULL, was);
    if (was & THRUM_WAITERS)
        thrum_os_wake(&mutex->private_word, 1);
}

void thrum_mutex_unlock(thrum_mutex *mutex)
{
    thrum_races_releases(mutex);
    /* release: what this holder did comes before what the next one does */
    uint32_t was = __atomic_exchange_n(&mutex->private_word, 0, __ATOMIC_RELEASE);
    if (was != self_id())
        thrum_private_mutex_unlock_slow(mutex, was);
}

uint64_t thrum_mutex_holder(const thrum_mutex *mutex)
{
    uint32_t word = __atomic_load_n(&mutex->private_word, __ATOMIC_RELAXED);
    return thrum_registry_kernel_id(THRUM_HOLDER(word));
}
