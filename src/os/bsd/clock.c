/* The clocks, and sleep. */
#include "os/bsd/bsd.h"

enum { CLOCK_REALTIME = 0 };

static struct thrum_bsd_timespec read_clock(int clock)
{
    struct thrum_bsd_timespec spec = { 0, 0 };
    long result = thrum_bsd_clock_gettime(clock, &spec);
    if (result < 0)
        thrum_os_refused("clock_gettime", -result);
    return spec;
}

thrum_time thrum_os_now(void)
{
    struct thrum_bsd_timespec spec = read_clock(THRUM_BSD_CLOCK_MONOTONIC);
    return thrum_nanoseconds((uint64_t)spec.seconds) + (thrum_time)spec.nanoseconds;
}

int64_t thrum_os_wall_clock(uint32_t *nanoseconds)
{
    struct thrum_bsd_timespec spec = read_clock(CLOCK_REALTIME);
    *nanoseconds = (uint32_t)spec.nanoseconds;
    return spec.seconds;
}

void thrum_os_sleep_until(thrum_time deadline)
{
    /* an hour at most: some kernels refuse what is too far for their own clocks */
    const uint64_t most_ns = (uint64_t)3600 * 1000000000;
    struct thrum_bsd_timespec length;
    if (!thrum_bsd_remaining(deadline, most_ns, &length))
        return;
    long result = thrum_bsd_nanosleep(&length, NULL);
    if (result < 0 && result != -THRUM_BSD_EINTR)
        thrum_os_refused("nanosleep", -result);
}

void thrum_os_yield(void)
{
    thrum_bsd_sched_yield();
}
