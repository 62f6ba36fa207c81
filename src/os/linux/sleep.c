/* Sleeps. Apart from the clocks, so that a program that ends threads and asks for no time has none of what
 * finds the vDSO. */
#include "os/linux/linux.h"

enum { TIMER_ABSTIME = 1 };

void thrum_os_sleep_until(thrum_time deadline)
{
    struct thrum_linux_timespec spec = thrum_linux_timespec(deadline);
    long result = thrum_linux_call4(THRUM_LINUX_CLOCK_NANOSLEEP, THRUM_LINUX_CLOCK_MONOTONIC,
                                    TIMER_ABSTIME, &spec, NULL);
    if (THRUM_LINUX_OLD_CLOCK_NANOSLEEP != 0 && thrum_linux_unknown(result)) {
        struct thrum_linux_old_timespec old = thrum_linux_old_timespec(&spec);
        result = thrum_linux_call4(THRUM_LINUX_OLD_CLOCK_NANOSLEEP, THRUM_LINUX_CLOCK_MONOTONIC,
                                   TIMER_ABSTIME, &old, NULL);
    }
    if (result != 0 && result != -THRUM_LINUX_EINTR)
        thrum_os_refused("clock_nanosleep", -result);
}
