/* Waiting on an address: futex(2), with absolute monotonic deadlines. */
#include "os/linux/linux.h"

enum { FUTEX_WAKE = 1, FUTEX_WAIT_BITSET = 9, FUTEX_PRIVATE = 128 };

/* The call with times of two longs, which every kernel has that lacks the other; its wakes are the
 * same, and its sleeps are seen by them. */
static long old_futex(const uint32_t *address, int operation, uint32_t value,
                      const struct thrum_linux_timespec *deadline)
{
    struct thrum_linux_old_timespec old = { 0, 0 };
    if (deadline != NULL)
        old = thrum_linux_old_timespec(deadline);
    long result = thrum_linux_call(THRUM_LINUX_OLD_FUTEX, (long)address, operation, (long)value,
                                   deadline != NULL ? (long)&old : 0, 0, -1);
    bool clipped = deadline != NULL && old.seconds != deadline->seconds &&
                   thrum_os_now() < thrum_nanoseconds((uint64_t)deadline->seconds) +
                                        (uint64_t)deadline->nanoseconds;
    return clipped && result == -THRUM_LINUX_ETIMEDOUT ? 0 : result; /* not yet */
}

static long futex(const uint32_t *address, int operation, uint32_t value,
                  const struct thrum_linux_timespec *deadline)
{
    /* the kernel, or its filter, is older than 5.1; each caller finds the same */
    static bool old;
    if (THRUM_LINUX_OLD_FUTEX != 0 && __atomic_load_n(&old, __ATOMIC_RELAXED))
        return old_futex(address, operation, value, deadline);
    long result = thrum_linux_call(THRUM_LINUX_FUTEX, (long)address, operation, (long)value,
                                   (long)deadline, 0, -1 /* every bit of a BITSET */);
    if (THRUM_LINUX_OLD_FUTEX != 0 && thrum_linux_unknown(result)) {
        __atomic_store_n(&old, true, __ATOMIC_RELAXED);
        result = old_futex(address, operation, value, deadline);
    }
    return result;
}

thrum_status thrum_linux_wait(const uint32_t *address, uint32_t expected, thrum_time deadline,
                              bool shared)
{
    const int operation = FUTEX_WAIT_BITSET | (shared ? 0 : FUTEX_PRIVATE);
    struct thrum_linux_timespec spec = { 0, 0 };
    if (deadline != THRUM_FOREVER)
        spec = thrum_linux_timespec(deadline);
    /* BITSET because its deadline is absolute on CLOCK_MONOTONIC */
    long result = futex(address, operation, expected, deadline == THRUM_FOREVER ? NULL : &spec);
    if (result == -THRUM_LINUX_ETIMEDOUT)
        return THRUM_TIMED_OUT;
    if (result < 0 && result != -THRUM_LINUX_EAGAIN && result != -THRUM_LINUX_EINTR)
        thrum_os_refused("futex wait", -result);
    return THRUM_OK;
}

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    return thrum_linux_wait(address, expected, deadline, false);
}

void thrum_linux_wake(const uint32_t *address, uint32_t count, bool shared)
{
    if (count == 0) /* which the kernel takes for 1 */
        return;
    /* Errors are no news: the memory may be gone, and then nobody waits there. */
    futex(address, FUTEX_WAKE | (shared ? 0 : FUTEX_PRIVATE),
          count < 0x7fffffffu ? count : 0x7fffffffu, NULL);
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    thrum_linux_wake(address, count, false);
}
