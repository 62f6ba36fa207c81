/* Sleep until a time (POSIX). */
#include <errno.h>
#include <time.h>

#include "arch/divide.h"
#include "os/os.h"

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
