/* Waiting, by the CPU's own instructions, and the clocks. Where an engine lets no thread block, as
 * browsers do with the page's own, the instruction traps, and the program with it. */
#include "arch/divide.h"
#include "os/wasi/wasi.h"

__attribute__((noinline)) int thrum_wasi_wait(const uint32_t *address, uint32_t expected,
                                              int64_t length)
{
    return __builtin_wasm_memory_atomic_wait32((int *)(uintptr_t)address, (int)expected, length);
}

__attribute__((noinline)) void thrum_wasi_wake(const uint32_t *address, uint32_t count)
{
    (void)__builtin_wasm_memory_atomic_notify((int *)(uintptr_t)address, count);
}

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    int64_t length = -1;
    if (deadline != THRUM_FOREVER) {
        thrum_time now = thrum_os_now();
        thrum_time left = deadline > now ? deadline - now : 0;
        length = left < INT64_MAX ? (int64_t)left : INT64_MAX;
    }
    if (thrum_wasi_wait(address, expected, length) != THRUM_WASI_TIMED_OUT)
        return THRUM_OK;
    /* engines count in units of their own, and the instruction starts to count when it is there */
    return thrum_os_now() >= deadline ? THRUM_TIMED_OUT : THRUM_OK;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    thrum_wasi_wake(address, count);
}

void thrum_os_sleep_until(thrum_time deadline)
{
    static const uint32_t never;
    (void)thrum_os_wait(&never, 0, deadline);
}

void thrum_os_yield(void)
{
    (void)thrum_wasi_yield();
}

static uint64_t read_clock(uint32_t clock)
{
    uint64_t time = 0;
    uint32_t error = thrum_wasi_clock(clock, 1, &time);
    if (error != 0)
        thrum_os_refused("clock_time_get", (long)error);
    return time;
}

thrum_time thrum_os_now(void)
{
    return read_clock(THRUM_WASI_MONOTONIC);
}

int64_t thrum_os_wall_clock(uint32_t *nanoseconds)
{
    return (int64_t)thrum_seconds(read_clock(THRUM_WASI_REALTIME), nanoseconds);
}
