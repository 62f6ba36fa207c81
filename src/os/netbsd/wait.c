/* Waiting on an address: __futex(2) from NetBSD 10 on, for waits without a deadline; else the table of
 * park_table.h. */
#include "os/bsd/bsd.h"
#include "os/netbsd/park_table.h"

enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_PRIVATE = 128 };
enum { TIMER_ABSTIME = 1 };

long thrum_bsd_futex(const uint32_t *address, int operation, int value,
                     const struct thrum_bsd_timespec *length, const uint32_t *other, int value2,
                     int value3);
enum { EALREADY = 37 };

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
    long result = thrum_bsd_lwp_park(THRUM_BSD_CLOCK_MONOTONIC, TIMER_ABSTIME,
                                     deadline != THRUM_FOREVER ? &until : NULL, 0, hint, NULL);
    if (result < 0 && result != -THRUM_BSD_ETIMEDOUT && result != -THRUM_BSD_EINTR &&
        result != -EALREADY)
        thrum_os_refused("_lwp_park", -result);
    return result != -THRUM_BSD_ETIMEDOUT;
}

void thrum_netbsd_unpark(int32_t id, const void *hint)
{
    (void)thrum_bsd_lwp_unpark(id, hint);
}

/* --- which ------------------------------------------------------------------------------------ */

/* From NetBSD 10 on a wait without a deadline is __futex(2)'s, and one with a deadline is parked, for
 * two reasons. A signal whose action has SA_RESTART makes __futex begin again, with the whole of a
 * relative time (sys_futex.c, sys___futex: ERESTART is passed on): signals that come often enough keep
 * it from ever ending. And it rounds what is left of a time down to microseconds, and then to ticks
 * (futex_wait, tstohz): with less than one left it sleeps without any time. _lwp_park does neither. */
thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    if (deadline != THRUM_FOREVER || !thrum_netbsd_is_10())
        return thrum_netbsd_wait_parked(address, expected, deadline);
    long result =
        thrum_bsd_futex(address, FUTEX_WAIT | FUTEX_PRIVATE, (int)expected, NULL, NULL, 0, 0);
    if (result < 0 && result != -THRUM_BSD_EAGAIN && result != -THRUM_BSD_EINTR)
        thrum_os_refused("__futex", -result);
    return THRUM_OK;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    if (count == 0)
        return;
    if (thrum_netbsd_is_10()) {
        long woken =
            thrum_bsd_futex(address, FUTEX_WAKE | FUTEX_PRIVATE,
                            count < 0x7fffffffu ? (int)count : 0x7fffffff, NULL, NULL, 0, 0);
        /* errors are no news: the memory may be gone, and then nobody waits there */
        count -= woken > 0 ? (uint32_t)woken : 0;
    }
    if (count != 0)
        thrum_netbsd_wake_parked(address, count);
}
