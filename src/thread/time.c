/* Time. */
#include "sync/record.h"
#include "thrum/thread.h"

thrum_time thrum_now(void)
{
    return thrum_os_now();
}

thrum_time thrum_after(thrum_time length)
{
    thrum_time now = thrum_os_now();
    return length < THRUM_FOREVER - now ? now + length : THRUM_FOREVER;
}

void thrum_sleep_until(thrum_time deadline)
{
    thrum_wait_begin(THRUM_WAIT_SLEEP, NULL, deadline);
    while (deadline == THRUM_FOREVER || thrum_os_now() < deadline)
        thrum_os_sleep_until(deadline);
    thrum_wait_end();
}
