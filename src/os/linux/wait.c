/* Waiting on an address: futex(2), with absolute monotonic deadlines. */
#include "os/linux/linux.h"

enum {
    FUTEX_WAKE = 1,
    FUTEX_CMP_REQUEUE = 4,
    FUTEX_WAIT_BITSET = 9,
    FUTEX_PRIVATE = 128,
    EVERY_BIT = -1 /* of a BITSET */
};

/* The kernel, or its filter, is older than 5.1: it has only the call with times of two longs, whose
 * wake-ups and moves are the same. Each caller finds the same. */
static bool is_old;

static bool use_old(void)
{
    return THRUM_LINUX_OLD_FUTEX != 0 && __atomic_load_n(&is_old, __ATOMIC_RELAXED);
}

static bool found_old(long result)
{
    if (THRUM_LINUX_OLD_FUTEX == 0 || !thrum_linux_unknown(result))
        return false;
    __atomic_store_n(&is_old, true, __ATOMIC_RELAXED);
    return true;
}

static long old_futex_wait(const uint32_t *address, int operation, uint32_t value,
                           const struct thrum_linux_timespec *deadline)
{
    struct thrum_linux_old_timespec old = { 0, 0 };
    if (deadline != NULL)
        old = thrum_linux_old_timespec(deadline);
    long result = thrum_linux_call(THRUM_LINUX_OLD_FUTEX, (long)address, operation, (long)value,
                                   deadline != NULL ? (long)&old : 0, 0, EVERY_BIT);
    bool clipped = deadline != NULL && old.seconds != deadline->seconds &&
                   thrum_os_now() < thrum_nanoseconds((uint64_t)deadline->seconds) +
                                        (uint64_t)deadline->nanoseconds;
    return clipped && result == -THRUM_LINUX_ETIMEDOUT ? 0 : result; /* not yet */
}

static long futex_wait(const uint32_t *address, int operation, uint32_t value,
                       const struct thrum_linux_timespec *deadline)
{
    if (!use_old()) {
        long result = thrum_linux_call(THRUM_LINUX_FUTEX, (long)address, operation, (long)value,
                                       (long)deadline, 0, EVERY_BIT);
        if (!found_old(result))
            return result;
    }
    return old_futex_wait(address, operation, value, deadline);
}

/* One that has no time: `count` and `count2` say how many are woken and moved. */
static long futex_act(const uint32_t *address, int operation, uint32_t count, uint32_t count2,
                      const uint32_t *target, uint32_t expected)
{
    if (!use_old()) {
        long result = thrum_linux_call(THRUM_LINUX_FUTEX, (long)address, operation, (long)count,
                                       (long)count2, (long)target, (long)expected);
        if (!found_old(result))
            return result;
    }
    return thrum_linux_call(THRUM_LINUX_OLD_FUTEX, (long)address, operation, (long)count,
                            (long)count2, (long)target, (long)expected);
}

thrum_status thrum_linux_wait(const uint32_t *address, uint32_t expected, thrum_time deadline,
                              bool shared)
{
    const int operation = FUTEX_WAIT_BITSET | (shared ? 0 : FUTEX_PRIVATE);
    struct thrum_linux_timespec spec = { 0, 0 };
    if (deadline != THRUM_FOREVER)
        spec = thrum_linux_timespec(deadline);
    /* BITSET because its deadline is absolute on CLOCK_MONOTONIC */
    long result =
        futex_wait(address, operation, expected, deadline == THRUM_FOREVER ? NULL : &spec);
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
    (void)futex_act(address, FUTEX_WAKE | (shared ? 0 : FUTEX_PRIVATE),
                    count < 0x7fffffffu ? count : 0x7fffffffu, 0, NULL, 0);
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    thrum_linux_wake(address, count, false);
}

bool thrum_os_requeue(const uint32_t *address, uint32_t expected, const uint32_t *target)
{
    /* EAGAIN: another value, so that nobody is to be moved. Any other error: the caller wakes. */
    long result = futex_act(address, FUTEX_CMP_REQUEUE | FUTEX_PRIVATE, 0, 1, target, expected);
    return result >= 0 || result == -THRUM_LINUX_EAGAIN;
}
