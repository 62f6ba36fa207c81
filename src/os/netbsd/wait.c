/* Waiting on an address: __futex(2) from NetBSD 10 on; before, a table of those that wait, by
 * address, each parked by ___lwp_park60(2). */
#include "os/bsd/bsd.h"

enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_PRIVATE = 128 };
enum { CTL_KERN = 1, KERN_OSREV = 3, NETBSD_10 = 1000000000 };
enum { TIMER_ABSTIME = 1, BITS = 6, BUCKETS = 1 << BITS };
enum { YIELDS = 8, PAUSE_NS = 50000 }; /* of who finds a bucket held */

long thrum_bsd_futex(const uint32_t *address, int operation, int value,
                     const struct thrum_bsd_timespec *length, const uint32_t *other, int value2,
                     int value3);
long thrum_bsd_lwp_self(void);
long thrum_bsd_lwp_park(int clock, int flags, struct thrum_bsd_timespec *until, int unpark,
                        const void *hint, const void *unpark_hint);
long thrum_bsd_lwp_unpark(int tid, const void *hint);

void thrum_netbsd_forget_sleepers(void); /* in the child of a fork */

/* --- the table -------------------------------------------------------------------------------- */

/* On the stack of the thread that waits, which has `let_go` before it is let go: it may then
 * return, so the rest is copied before. */
struct sleeper {
    struct sleeper *next, **link;
    const uint32_t *address;
    uint32_t let_go;
    int tid;
};

static struct bucket {
    uint32_t lock;
    struct sleeper *first, **last; /* last: the end's link, NULL while nobody has waited */
} table[BUCKETS];

/* With signals held, so that no handler, which may wake, runs on top of a holder. */
static struct bucket *lock(const uint32_t *address, struct thrum_bsd_sigset *kept)
{
    const struct thrum_bsd_sigset all = { { ~0u, ~0u, ~0u, ~0u } };
    uint32_t hash = (uint32_t)((uintptr_t)address >> 2) * 2654435769u; /* Knuth, vol. 3, 6.4 */
    struct bucket *bucket = &table[hash >> (32 - BITS)];
    thrum_bsd_set_mask(THRUM_BSD_SIG_SETMASK, &all, kept);
    /* acquire, and release below: the list is the holder's */
    for (int i = 0; __atomic_exchange_n(&bucket->lock, 1, __ATOMIC_ACQUIRE) != 0; i++) {
        if (i < YIELDS)
            thrum_os_yield();
        else /* under a real-time class a yield may keep the holder from the CPU for ever */
            thrum_os_sleep_until(thrum_os_now() + PAUSE_NS);
    }
    return bucket;
}

static void unlock(struct bucket *bucket, const struct thrum_bsd_sigset *kept)
{
    __atomic_store_n(&bucket->lock, 0, __ATOMIC_RELEASE);
    thrum_bsd_set_mask(THRUM_BSD_SIG_SETMASK, kept, NULL);
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

/* Until somebody lets it go, or for any of the reasons that the call has to return (an unpark that
 * was meant for an earlier sleep is one). */
static thrum_status park(struct sleeper *sleeper, thrum_time deadline)
{
    struct thrum_bsd_timespec until = { 0, 0 };
    uint32_t nanoseconds;
    until.seconds = (int64_t)thrum_seconds(deadline, &nanoseconds);
    until.nanoseconds = nanoseconds;
    if (__atomic_load_n(&sleeper->let_go,
                        __ATOMIC_ACQUIRE)) /* acquire: with what was done before */
        return THRUM_OK;
    long result = thrum_bsd_lwp_park(THRUM_BSD_CLOCK_MONOTONIC, TIMER_ABSTIME,
                                     deadline != THRUM_FOREVER ? &until : NULL, 0, sleeper, NULL);
    return result == -THRUM_BSD_ETIMEDOUT ? THRUM_TIMED_OUT : THRUM_OK;
}

static thrum_status wait_in_table(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    struct sleeper sleeper = { .address = address, .tid = (int)thrum_bsd_lwp_self() };
    struct thrum_bsd_sigset kept;
    struct bucket *bucket = lock(address, &kept);
    if (__atomic_load_n(address, __ATOMIC_SEQ_CST) != expected) {
        unlock(bucket, &kept);
        return THRUM_OK;
    }
    push(bucket, &sleeper);
    unlock(bucket, &kept);
    thrum_status status = park(&sleeper, deadline);
    lock(address, &kept);
    if (sleeper.let_go)
        status = THRUM_OK;
    else
        take_out(bucket, &sleeper);
    unlock(bucket, &kept);
    return status;
}

static void wake_in_table(const uint32_t *address, uint32_t count)
{
    struct thrum_bsd_sigset kept;
    struct bucket *bucket = lock(address, &kept);
    for (struct sleeper *at = bucket->first, *next; at != NULL && count > 0; at = next) {
        next = at->next;
        if (at->address != address)
            continue;
        take_out(bucket, at);
        int tid = at->tid;
        /* It cannot return before the lock is free, so the hint is still its own. */
        __atomic_store_n(&at->let_go, 1, __ATOMIC_RELEASE); /* release: as where it is read */
        (void)thrum_bsd_lwp_unpark(tid, at);
        count--;
    }
    unlock(bucket, &kept);
}

void thrum_netbsd_forget_sleepers(void)
{
    __builtin_memset(table, 0, sizeof table);
}

/* --- which ------------------------------------------------------------------------------------ */

/* Asked, not tried: a kernel sends SIGSYS for a call that it does not know. */
static bool has_futex(void)
{
    enum { UNKNOWN, HAS, LACKS };
    static uint32_t answer;
    uint32_t known = __atomic_load_n(&answer, __ATOMIC_RELAXED);
    if (known == UNKNOWN) {
        int revision = 0;
        bool told = thrum_bsd_sysctl_number(CTL_KERN, KERN_OSREV, &revision);
        known = told && revision >= NETBSD_10 ? HAS : LACKS;
        __atomic_store_n(&answer, known, __ATOMIC_RELAXED); /* each caller finds the same */
    }
    return known == HAS;
}

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    const uint64_t most_ns = (uint64_t)3600 * 1000000000;
    struct thrum_bsd_timespec length;
    if (!has_futex())
        return wait_in_table(address, expected, deadline);
    if (deadline != THRUM_FOREVER && !thrum_bsd_remaining(deadline, most_ns, &length))
        return __atomic_load_n(address, __ATOMIC_SEQ_CST) == expected ? THRUM_TIMED_OUT : THRUM_OK;
    long result = thrum_bsd_futex(address, FUTEX_WAIT | FUTEX_PRIVATE, (int)expected,
                                  deadline != THRUM_FOREVER ? &length : NULL, NULL, 0, 0);
    if (result == -THRUM_BSD_ETIMEDOUT) /* of a relative time, which may be short of the deadline */
        return thrum_os_now() >= deadline ? THRUM_TIMED_OUT : THRUM_OK;
    if (result < 0 && result != -THRUM_BSD_EAGAIN && result != -THRUM_BSD_EINTR)
        thrum_os_refused("__futex", -result);
    return THRUM_OK;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    if (count == 0)
        return;
    if (!has_futex())
        wake_in_table(address, count);
    else /* errors are no news: the memory may be gone, and then nobody waits there */
        thrum_bsd_futex(address, FUTEX_WAKE | FUTEX_PRIVATE,
                        count < 0x7fffffffu ? (int)count : 0x7fffffff, NULL, NULL, 0, 0);
}
