/* Waiting on an address: the table of os/netbsd/park_table.h. The libc declares no futex, and POSIX's
 * semaphores allocate there. */
#include <errno.h>
#include <lwp.h>
#include <signal.h>
#include <time.h>

#include "arch/divide.h"
#include "os/hosted/hosted.h"
#include "os/netbsd/park_table.h"

_Static_assert(sizeof(sigset_t) <= sizeof(struct thrum_netbsd_mask), "a mask is kept in it");

void thrum_netbsd_hold_signals(struct thrum_netbsd_mask *kept)
{
    sigset_t old;
    thrum_hosted_hold_signals(&old);
    __builtin_memcpy(kept, &old, sizeof old);
}

void thrum_netbsd_let_signals(const struct thrum_netbsd_mask *kept)
{
    sigset_t old;
    __builtin_memcpy(&old, kept, sizeof old);
    thrum_hosted_let_signals(&old);
}

int32_t thrum_netbsd_own_id(void)
{
    return _lwp_self();
}

bool thrum_netbsd_park(const void *hint, thrum_time deadline)
{
    struct timespec until = { 0, 0 };
    bool timed = deadline != THRUM_FOREVER;
    if (timed) {
        uint32_t nanoseconds;
        until.tv_sec = (time_t)thrum_seconds(deadline, &nanoseconds);
        until.tv_nsec = (long)nanoseconds;
    }
    if (_lwp_park(CLOCK_MONOTONIC, TIMER_ABSTIME, timed ? &until : NULL, 0, hint, NULL) == 0)
        return true;
    if (errno != ETIMEDOUT && errno != EINTR && errno != EALREADY)
        thrum_os_refused("_lwp_park", errno);
    return errno != ETIMEDOUT;
}

void thrum_netbsd_unpark(int32_t id, const void *hint)
{
    (void)_lwp_unpark(id, hint);
}

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    int kept = errno;
    thrum_status status = thrum_netbsd_wait_parked(address, expected, deadline);
    errno = kept;
    return status;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    int kept = errno;
    thrum_netbsd_wake_parked(address, count);
    errno = kept;
}

void thrum_hosted_wait_after_fork(void)
{
    thrum_netbsd_forget_parked();
}
