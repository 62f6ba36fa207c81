/* Waiting on an address: _umtx_op(2), with absolute monotonic deadlines. */
#include <sys/types.h>
#include <sys/umtx.h>

#include <errno.h>
#include <limits.h>
#include <time.h>

#include "arch/divide.h"
#include "os/os.h"

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    struct _umtx_time until = { ._flags = UMTX_ABSTIME, ._clockid = CLOCK_MONOTONIC };
    bool timed = deadline != THRUM_FOREVER;
    int kept = errno, error = 0;
    if (timed) {
        uint32_t nanoseconds;
        /* The kernel takes an absolute time of 0 for none (kern_umtx.c, umtx_abs_timeout_getsbt):
         * 1 ns is as past. */
        until._timeout.tv_sec = (time_t)thrum_seconds(deadline != 0 ? deadline : 1, &nanoseconds);
        until._timeout.tv_nsec = (long)nanoseconds;
    }
    /* Widened without a sign: the kernel compares 64 bits with the word's 32. */
    if (_umtx_op((void *)(uintptr_t)address, UMTX_OP_WAIT_UINT_PRIVATE, expected,
                 (void *)(timed ? sizeof until : (uintptr_t)0), timed ? &until : NULL) != 0)
        error = errno;
    errno = kept;
    if (error == EINTR && timed && thrum_os_now() >= deadline)
        error = ETIMEDOUT; /* a look in time, with or without a signal */
    if (error == ETIMEDOUT)
        return THRUM_TIMED_OUT;
    if (error != 0 && error != EINTR) /* another value is no error: 0 */
        thrum_os_refused("_umtx_op", error);
    return THRUM_OK;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    int kept = errno;
    /* Errors are no news: the memory may be gone, and then nobody waits there. */
    if (count != 0)
        (void)_umtx_op((void *)(uintptr_t)address, UMTX_OP_WAKE_PRIVATE,
                       count < INT_MAX ? count : INT_MAX, NULL, NULL);
    errno = kept;
}
