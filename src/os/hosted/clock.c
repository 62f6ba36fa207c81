/* The clocks (POSIX). */
#include <errno.h>
#include <time.h>

#include "arch/divide.h"
#include "os/os.h"

thrum_time thrum_os_now(void)
{
    struct timespec spec;
    if (clock_gettime(CLOCK_MONOTONIC, &spec) != 0)
        thrum_os_refused("clock_gettime", errno);
    return thrum_nanoseconds((uint64_t)spec.tv_sec) + (thrum_time)spec.tv_nsec;
}

void thrum_os_sleep_until(thrum_time deadline)
{
    uint32_t nanoseconds;
    const uint64_t most = sizeof(time_t) < 8 ? INT32_MAX : INT64_MAX;
    uint64_t seconds = thrum_seconds(deadline, &nanoseconds);
    struct timespec spec = { 0, 0 };
    spec.tv_sec = (time_t)(seconds < most ? seconds : most); /* it may return early */
    spec.tv_nsec = (long)nanoseconds;
    int error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &spec, NULL);
    if (error != 0 && error != EINTR)
        thrum_os_refused("clock_nanosleep", error);
}

int64_t thrum_os_wall_clock(uint32_t *nanoseconds)
{
    struct timespec spec;
    if (clock_gettime(CLOCK_REALTIME, &spec) != 0)
        thrum_os_refused("clock_gettime", errno);
    *nanoseconds = (uint32_t)spec.tv_nsec;
    return spec.tv_sec;
}
