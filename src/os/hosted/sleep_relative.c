/* Sleep for a time, where there is no clock_nanosleep (POSIX). */
#include <errno.h>
#include <time.h>

#include "arch/divide.h"
#include "os/os.h"

void thrum_os_sleep_until(thrum_time deadline)
{
    /* an hour at most: some kernels refuse what is too far for their own clocks */
    const thrum_time most_ns = thrum_nanoseconds(3600);
    thrum_time now = thrum_os_now();
    uint32_t nanoseconds;
    if (now >= deadline)
        return;
    struct timespec length = { 0, 0 };
    thrum_time left = deadline - now;
    length.tv_sec = (time_t)thrum_seconds(left < most_ns ? left : most_ns, &nanoseconds);
    length.tv_nsec = (long)nanoseconds;
    int kept = errno;
    if (nanosleep(&length, NULL) != 0 && errno != EINTR)
        thrum_os_refused("nanosleep", errno);
    errno = kept;
}
