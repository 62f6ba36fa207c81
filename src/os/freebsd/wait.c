/* Waiting on an address: _umtx_op(2), with absolute monotonic deadlines. */
#include "os/freebsd/umtx.h"

enum { ABSOLUTE = 1 };

/* struct _umtx_time */
struct umtx_time {
    struct thrum_bsd_timespec time;
    uint32_t flags, clock;
};

long thrum_bsd_umtx_op(const void *address, int operation, unsigned long value, uintptr_t size,
                       const struct umtx_time *time);

thrum_status thrum_freebsd_wait(const void *address, int operation, uint64_t expected,
                                thrum_time deadline)
{
    struct umtx_time time = { { 0, 0 }, ABSOLUTE, THRUM_BSD_CLOCK_MONOTONIC };
    const struct umtx_time *until = NULL;
    if (deadline != THRUM_FOREVER) {
        uint32_t nanoseconds;
        /* The kernel takes an absolute time of 0 for none (kern_umtx.c, umtx_abs_timeout_getsbt):
         * 1 ns is as past. */
        time.time.seconds = (int64_t)thrum_seconds(deadline != 0 ? deadline : 1, &nanoseconds);
        time.time.nanoseconds = nanoseconds;
        until = &time;
    }
    long result =
        thrum_bsd_umtx_op(address, operation, expected, until != NULL ? sizeof time : 0, until);
    if (result == -THRUM_BSD_EINTR && deadline != THRUM_FOREVER && thrum_os_now() >= deadline)
        result = -THRUM_BSD_ETIMEDOUT; /* a look in time, with or without a signal */
    if (result == -THRUM_BSD_ETIMEDOUT)
        return THRUM_TIMED_OUT;
    if (result < 0 && result != -THRUM_BSD_EINTR) /* another value is no error: 0 */
        thrum_os_refused("_umtx_op", -result);
    return THRUM_OK;
}

void thrum_freebsd_wake(const void *address, int operation, uint32_t count)
{
    /* Errors are no news: the memory may be gone, and then nobody waits there. */
    thrum_bsd_umtx_op(address, operation, count < 0x7fffffffu ? count : 0x7fffffffu, 0, NULL);
}

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    /* Widened without a sign: the kernel compares 64 bits with the word's 32. */
    return thrum_freebsd_wait(address, THRUM_FREEBSD_WAIT_UINT_PRIVATE, expected, deadline);
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    if (count != 0)
        thrum_freebsd_wake(address, THRUM_FREEBSD_WAKE_PRIVATE, count);
}
