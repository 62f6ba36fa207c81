/* thread_system.h on WASI. */
#include "../../test.h"
#include "../thread_system.h"
#include "os/wasi/wasi.h"

/* --- the own process -------------------------------------------------------------------------- */

void *system_map_shared(size_t size)
{
    (void)size;
    return NULL;
}

bool system_is_mapped(const void *address, size_t size)
{
    return (uintptr_t)address + size <= system_address_space();
}

bool system_chooses_cpus(void)
{
    return true; /* what it answers is tested */
}

bool system_tells_resident_pages(void)
{
    return true;
}

size_t system_thread_count(void)
{
    return 0;
}

void system_thread_name(uint64_t thread_id, char name[32])
{
    (void)thread_id;
    name[0] = 0;
}

static uint64_t clock_time(uint32_t clock)
{
    uint64_t time = 0;
    (void)thrum_wasi_clock(clock, 1, &time);
    return time;
}

uint64_t system_now(void)
{
    return clock_time(THRUM_WASI_MONOTONIC);
}

uint64_t system_wall_clock(void)
{
    return clock_time(THRUM_WASI_REALTIME);
}

size_t system_affinity(unsigned *cpus, size_t capacity)
{
    (void)cpus, (void)capacity;
    return 0;
}

void system_end_after(unsigned seconds)
{
    (void)seconds;
}

size_t system_variable_alignment(void)
{
    return SIZE_MAX;
}

bool system_main_stack_grows_on(void)
{
    return false;
}

size_t system_stack_excess(void)
{
    return 2 * system_page_size();
}

size_t system_signal_frame(void)
{
    return 0;
}

bool system_thread_segment(unsigned *number, uintptr_t *base)
{
    *number = 0;
    *base = 0;
    return false;
}
