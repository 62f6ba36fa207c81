/* The clocks. */
#include "arch/divide.h"
#include "os/windows/windows.h"

static uint64_t divide(uint64_t value, uint32_t divisor, uint32_t *rest)
{
    if (sizeof(uintptr_t) < sizeof value)
        return thrum_divide(value, divisor, rest);
    *rest = (uint32_t)(value % divisor);
    return value / divisor;
}

/* Ticks a second; never changes. It is 10 MHz in most places. */
static uint32_t frequency(void)
{
    static uint32_t known;
    uint32_t ticks = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (ticks == 0) {
        int64_t answer = 0;
        (void)QueryPerformanceFrequency(&answer); /* does not fail since Windows XP */
        ticks = (uint32_t)answer;
        __atomic_store_n(&known, ticks, __ATOMIC_RELAXED); /* each caller finds the same */
    }
    return ticks;
}

thrum_time thrum_os_now(void)
{
    enum { USUAL = 10000000 };
    const uint32_t ticks = frequency();
    int64_t counter = 0;
    uint32_t rest, unused;
    (void)RtlQueryPerformanceCounter(&counter);
    if (ticks == USUAL)
        return thrum_multiply((uint64_t)counter, 1000000000u / USUAL);
    uint64_t seconds = divide((uint64_t)counter, ticks, &rest);
    return thrum_nanoseconds(seconds) + divide(thrum_nanoseconds(rest), ticks, &unused);
}

int64_t thrum_os_wall_clock(uint32_t *nanoseconds)
{
    const int64_t from_1601_to_1970 = 11644473600;
    uint64_t time = 0; /* 100 ns since 1601 */
    uint32_t rest;
    GetSystemTimePreciseAsFileTime(&time);
    int64_t seconds = (int64_t)divide(time, 10000000, &rest) - from_1601_to_1970;
    *nanoseconds = rest * 100;
    return seconds;
}
