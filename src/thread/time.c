/* Time. */
#include "arch/divide.h"
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

thrum_time thrum_private_length(uint64_t seconds, uint32_t nanoseconds)
{
    const uint64_t most = THRUM_FOREVER / 1000000000u;
    return seconds < most ? thrum_nanoseconds(seconds) + nanoseconds : THRUM_FOREVER;
}

int64_t thrum_wall_clock(uint32_t *nanoseconds)
{
    return thrum_os_wall_clock(nanoseconds);
}

thrum_time thrum_wall_deadline(int64_t seconds, uint32_t nanoseconds)
{
    uint32_t now_nanoseconds;
    int64_t now = thrum_os_wall_clock(&now_nanoseconds);
    if (seconds < now || (seconds == now && nanoseconds <= now_nanoseconds))
        return 0;
    uint64_t left = (uint64_t)seconds - (uint64_t)now;
    if (nanoseconds < now_nanoseconds) {
        left--;
        nanoseconds += 1000000000u;
    }
    /* the monotonic clock is read second: late by what lies between, never early */
    return thrum_after(thrum_private_length(left, nanoseconds - now_nanoseconds));
}

void thrum_sleep_until(thrum_time deadline)
{
    thrum_wait_begin(THRUM_WAIT_SLEEP, NULL, deadline);
    while (deadline == THRUM_FOREVER || thrum_os_now() < deadline)
        thrum_os_sleep_until(deadline);
    thrum_wait_end();
}
