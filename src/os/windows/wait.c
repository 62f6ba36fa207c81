/* Waiting on an address, and sleeping. Times are relative, because absolute ones are on the wall
 * clock, which jumps. */
#include "arch/divide.h"
#include "os/windows/windows.h"

/* Some thousands of years: far from where the system's own sums overflow. */
static const uint64_t most_ticks = (uint64_t)1 << 61;

static uint64_t ticks_of(uint64_t nanoseconds)
{
    uint32_t rest;
    if (sizeof(uintptr_t) == sizeof nanoseconds)
        return nanoseconds / 100 + (nanoseconds % 100 != 0);
    uint64_t ticks = thrum_divide(nanoseconds, 100, &rest);
    return ticks + (rest != 0);
}

const int64_t *thrum_windows_time_left(thrum_time deadline, int64_t *left)
{
    if (deadline == THRUM_FOREVER)
        return NULL;
    thrum_time now = thrum_os_now();
    uint64_t ticks = deadline > now ? ticks_of(deadline - now) : 0;
    *left = -(int64_t)(ticks < most_ticks ? ticks : most_ticks);
    return left;
}

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    int64_t left;
    int32_t status = RtlWaitOnAddress(address, &expected, sizeof expected,
                                      thrum_windows_time_left(deadline, &left));
    if (status < 0)
        thrum_os_refused("RtlWaitOnAddress", (long)(uint32_t)status);
    /* the system's timer and the clock are not one */
    if (status == THRUM_WINDOWS_STATUS_TIMEOUT && thrum_os_now() >= deadline)
        return THRUM_TIMED_OUT;
    return THRUM_OK;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    enum { FEW = 64 };
    if (count > FEW) { /* more wakes than asked for do no harm, each waiter looks again */
        RtlWakeAddressAll(address);
        return;
    }
    for (; count > 0; count--)
        RtlWakeAddressSingle(address);
}

void thrum_os_sleep_until(thrum_time deadline)
{
    int64_t left = INT64_MIN; /* for ever: it may return early */
    (void)thrum_windows_time_left(deadline, &left);
    if (left == INT64_MIN)
        left = -(int64_t)most_ticks;
    if (left != 0)
        (void)NtDelayExecution(0, &left);
}

void thrum_os_yield(void)
{
    (void)SwitchToThread();
}
