/* Waiting on an address: __futex(2) from NetBSD 10 on; before, the table of park_table.h. */
#include "os/bsd/bsd.h"
#include "os/netbsd/park_table.h"

enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_PRIVATE = 128 };
enum { CTL_KERN = 1, KERN_OSREV = 3, NETBSD_10 = 1000000000 };
enum { TIMER_ABSTIME = 1 };

long thrum_bsd_futex(const uint32_t *address, int operation, int value,
                     const struct thrum_bsd_timespec *length, const uint32_t *other, int value2,
                     int value3);
long thrum_bsd_lwp_self(void);
long thrum_bsd_lwp_park(int clock, int flags, struct thrum_bsd_timespec *until, int unpark,
                        const void *hint, const void *unpark_hint);
long thrum_bsd_lwp_unpark(int tid, const void *hint);

/* --- of park_table.h -------------------------------------------------------------------------- */

void thrum_netbsd_hold_signals(struct thrum_netbsd_mask *kept)
{
    const struct thrum_bsd_sigset all = { { ~0u, ~0u, ~0u, ~0u } };
    struct thrum_bsd_sigset old;
    thrum_bsd_set_mask(THRUM_BSD_SIG_SETMASK, &all, &old);
    __builtin_memcpy(kept, &old, sizeof old);
}

void thrum_netbsd_let_signals(const struct thrum_netbsd_mask *kept)
{
    struct thrum_bsd_sigset old;
    __builtin_memcpy(&old, kept, sizeof old);
    thrum_bsd_set_mask(THRUM_BSD_SIG_SETMASK, &old, NULL);
}

int32_t thrum_netbsd_own_id(void)
{
    return (int32_t)thrum_bsd_lwp_self();
}

bool thrum_netbsd_park(const void *hint, thrum_time deadline)
{
    struct thrum_bsd_timespec until = { 0, 0 };
    uint32_t nanoseconds;
    until.seconds = (int64_t)thrum_seconds(deadline, &nanoseconds);
    until.nanoseconds = nanoseconds;
    return thrum_bsd_lwp_park(THRUM_BSD_CLOCK_MONOTONIC, TIMER_ABSTIME,
                              deadline != THRUM_FOREVER ? &until : NULL, 0, hint,
                              NULL) != -THRUM_BSD_ETIMEDOUT;
}

void thrum_netbsd_unpark(int32_t id, const void *hint)
{
    (void)thrum_bsd_lwp_unpark(id, hint);
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
        return thrum_netbsd_wait_parked(address, expected, deadline);
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
        thrum_netbsd_wake_parked(address, count);
    else /* errors are no news: the memory may be gone, and then nobody waits there */
        thrum_bsd_futex(address, FUTEX_WAKE | FUTEX_PRIVATE,
                        count < 0x7fffffffu ? (int)count : 0x7fffffff, NULL, NULL, 0, 0);
}
