/* thread_system.h on the BSDs. */
#include "bsd.h"

/* The suite is to run where there is no file but itself, or none at all. */
const char *system_own_path(void)
{
    return NULL;
}

void *system_map_shared(size_t size)
{
    long address =
        thrum_bsd_raw_map(NULL, size, PROT_READ_AND_WRITE, MAP_SHARED | THRUM_BSD_MAP_ANON);
    return refused(address) ? NULL : (void *)address;
}

bool system_is_mapped(const void *address, size_t size)
{
    uintptr_t page_size = system_page_size();
    uintptr_t page = (uintptr_t)address & ~(page_size - 1);
    for (; page < (uintptr_t)address + size; page += page_size)
        if (TEST_BSD_MAPPED((void *)page, page_size) != 0)
            return false;
    return true;
}

/* Asked in such a way that nothing changes; a library that never can fails where the system can. */
bool system_chooses_cpus(void)
{
    unsigned cpus[256];
    size_t count = system_affinity(cpus, 256);
    return TEST_BSD_CHOOSES_CPUS &&
           thrum_set_affinity(thrum_self(), cpus, count < 256 ? count : 256) != THRUM_UNSUPPORTED;
}

bool system_tells_resident_pages(void)
{
    return TEST_BSD_TELLS_RESIDENT;
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

size_t system_thread_count(void)
{
    return 0;
}

static uint64_t clock_time(int clock)
{
    struct thrum_bsd_timespec time = { 0, 0 };
    thrum_bsd_clock_gettime(clock, &time);
    return (uint64_t)time.seconds * 1000000000u + (uint64_t)time.nanoseconds;
}

uint64_t system_now(void)
{
    return clock_time(THRUM_BSD_CLOCK_MONOTONIC);
}

uint64_t system_wall_clock(void)
{
    return clock_time(0);
}

bool system_thread_segment(unsigned *number, uintptr_t *base)
{
    *number = 0;
    *base = 0;
    return false;
}

/* --- other processes
 * ------------------------------------------------------------------------------ */

enum { SIGSTOP = 17, SIGCONT = 19 };

uint64_t system_parent_id(void)
{
    return (uint64_t)test_bsd_getppid();
}

bool system_stop(uint64_t process)
{
    return test_bsd_kill((int)process, SIGSTOP) == 0;
}

bool system_continue(uint64_t process)
{
    return test_bsd_kill((int)process, SIGCONT) == 0;
}
