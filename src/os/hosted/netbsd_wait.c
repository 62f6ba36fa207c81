/* Waiting on an address: a table of those that wait, by address, each parked by _lwp_park(2). The libc
 * declares no futex, and POSIX's semaphores allocate there.
 *
 * A bucket's lock is only held with signals held, so no handler ever runs on top of a holder, and
 * thrum_os_wake may be called in handlers. An unpark that comes too late ends another park of the same
 * thread for no reason, which the libc's own bear, too. */
#include <errno.h>
#include <lwp.h>
#include <sched.h>
#include <time.h>

#include "arch/divide.h"
#include "os/hosted/hosted.h"

enum { BITS = 6, BUCKETS = 1 << BITS, YIELDS = 16, PAUSE_NS = 50000 };

/* On the stack of the thread that waits, which has `let_go` before it is let go: it may then
 * return, so the rest is copied before. */
struct sleeper {
    struct sleeper *next, **link;
    const uint32_t *address;
    uint32_t let_go;
    lwpid_t tid;
};

static struct bucket {
    uint32_t lock;
    struct sleeper *first, **last; /* last: the end's link, NULL while nobody has waited */
} table[BUCKETS];

static struct bucket *lock(const uint32_t *address, sigset_t *kept)
{
    uint32_t hash = (uint32_t)((uintptr_t)address >> 2) * 2654435769u; /* Knuth, vol. 3, 6.4 */
    struct bucket *bucket = &table[hash >> (32 - BITS)];
    thrum_hosted_hold_signals(kept);
    /* acquire, and release below: the list is the holder's */
    for (int i = 0; __atomic_exchange_n(&bucket->lock, 1, __ATOMIC_ACQUIRE) != 0; i++) {
        if (i < YIELDS)
            (void)sched_yield();
        else /* under a real-time class a yield may keep the holder from the CPU for ever */
            thrum_os_sleep_until(thrum_os_now() + PAUSE_NS);
    }
    return bucket;
}

static void unlock(struct bucket *bucket, const sigset_t *kept)
{
    __atomic_store_n(&bucket->lock, 0, __ATOMIC_RELEASE);
    thrum_hosted_let_signals(kept);
}

static void push(struct bucket *bucket, struct sleeper *sleeper)
{
    if (bucket->last == NULL)
        bucket->last = &bucket->first;
    sleeper->next = NULL;
    sleeper->link = bucket->last;
    *bucket->last = sleeper;
    bucket->last = &sleeper->next;
}

static void take_out(struct bucket *bucket, struct sleeper *sleeper)
{
    *sleeper->link = sleeper->next;
    if (sleeper->next != NULL)
        sleeper->next->link = sleeper->link;
    else
        bucket->last = sleeper->link;
}

/* Until somebody lets it go, or for any of the reasons that the call has to return. */
static thrum_status park(struct sleeper *sleeper, thrum_time deadline)
{
    struct timespec until = { 0, 0 };
    bool timed = deadline != THRUM_FOREVER;
    if (timed) {
        uint32_t nanoseconds;
        until.tv_sec = (time_t)thrum_seconds(deadline, &nanoseconds);
        until.tv_nsec = (long)nanoseconds;
    }
    if (__atomic_load_n(&sleeper->let_go,
                        __ATOMIC_ACQUIRE)) /* acquire: with what was done before */
        return THRUM_OK;
    if (_lwp_park(CLOCK_MONOTONIC, TIMER_ABSTIME, timed ? &until : NULL, 0, sleeper, NULL) != 0 &&
        errno == ETIMEDOUT)
        return THRUM_TIMED_OUT;
    return THRUM_OK;
}

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    struct sleeper sleeper = { .address = address, .tid = _lwp_self() };
    thrum_status status = THRUM_OK;
    sigset_t kept;
    int error = errno;
    struct bucket *bucket = lock(address, &kept);
    bool sleeps = __atomic_load_n(address, __ATOMIC_SEQ_CST) == expected;
    if (sleeps)
        push(bucket, &sleeper);
    unlock(bucket, &kept);
    if (sleeps) {
        status = park(&sleeper, deadline);
        (void)lock(address, &kept);
        if (sleeper.let_go)
            status = THRUM_OK;
        else
            take_out(bucket, &sleeper);
        unlock(bucket, &kept);
    }
    errno = error;
    return status;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    sigset_t kept;
    int error = errno;
    struct bucket *bucket = lock(address, &kept);
    for (struct sleeper *at = bucket->first, *next; at != NULL && count > 0; at = next) {
        next = at->next;
        if (at->address != address)
            continue;
        take_out(bucket, at);
        lwpid_t tid = at->tid;
        /* It cannot return before the lock is free, so the hint is still its own. */
        __atomic_store_n(&at->let_go, 1, __ATOMIC_RELEASE); /* release: as where it is read */
        (void)_lwp_unpark(tid, at);
        count--;
    }
    unlock(bucket, &kept);
    errno = error;
}

/* Those that waited are gone, and one may have held a lock. */
void thrum_hosted_wait_after_fork(void)
{
    __builtin_memset(table, 0, sizeof table);
}
