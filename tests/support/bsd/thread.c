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

size_t system_stack_excess(void)
{
    return 2 * system_page_size();
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

/* --- what these kernels do not offer, or only in ways of their own -----------------------------
 */

bool system_set_class(enum system_class wanted, int priority)
{
    (void)wanted, (void)priority;
    return false;
}

bool system_limit_locked_memory(uint64_t bytes)
{
    (void)bytes;
    return false;
}

bool system_lock_future_memory(bool lock)
{
    (void)lock;
    return false;
}

bool system_become_user(unsigned user)
{
    (void)user;
    return false;
}

bool system_join_cpu_quota(const char *group, uint32_t percent)
{
    (void)group, (void)percent;
    return false;
}

bool system_remove_cpu_quota(const char *group)
{
    (void)group;
    return false;
}

bool system_set_next_id(uint64_t id)
{
    (void)id;
    return false;
}

bool system_set_highest_id(uint64_t id)
{
    (void)id;
    return false;
}

bool system_run_alone(void (*child)(void *argument), void *argument, uint32_t timeout_ms,
                      struct system_child *result)
{
    (void)child, (void)argument, (void)timeout_ms, (void)result;
    return false;
}

bool system_run_later(uint64_t seconds, void (*child)(void *argument), void *argument,
                      uint32_t timeout_ms, struct system_child *result)
{
    (void)seconds, (void)child, (void)argument, (void)timeout_ms, (void)result;
    return false;
}

bool system_refuse_calls(const uint32_t *numbers, size_t count, uint32_t error)
{
    (void)numbers, (void)count, (void)error;
    return false;
}
