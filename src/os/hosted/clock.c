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

int64_t thrum_os_wall_clock(uint32_t *nanoseconds)
{
    struct timespec spec;
    if (clock_gettime(CLOCK_REALTIME, &spec) != 0)
        thrum_os_refused("clock_gettime", errno);
    *nanoseconds = (uint32_t)spec.tv_nsec;
    return spec.tv_sec;
}
