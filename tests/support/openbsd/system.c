/* system.h on OpenBSD: what is its own. */
#include "../bsd/bsd.h"

long thrum_bsd_getthrid(void);
long thrum_bsd_thrkill(int tid, int signal, void *tcb);
long test_bsd_getthrname(int tid, char *name, size_t size);

uint64_t system_thread_id(void)
{
    return (uint64_t)thrum_bsd_getthrid();
}

bool system_signal(uint64_t thread_id, int signal)
{
    return thrum_bsd_thrkill((int)thread_id, signal, NULL) == 0;
}

static bool has_names(void)
{
    int revision = 0;
    return thrum_bsd_sysctl_number(1, 3, &revision) && revision >= 202304;
}

const char *system_lacks(const char *test)
{
    static const struct system_lack lacks[] = {
        { "name_*", "the kernel has names from OpenBSD 7.3 on" },
    };
    return has_names() ? NULL : system_lack_of(test, lacks, 1);
}

void system_thread_name(uint64_t thread_id, char name[32])
{
    if (!has_names() || test_bsd_getthrname((int)thread_id, name, 32) != 0)
        name[0] = 0;
}

/* No program chooses CPUs. */
size_t system_affinity(unsigned *cpus, size_t capacity)
{
    unsigned count = thrum_cpu_count();
    for (unsigned cpu = 0; cpu < count && cpu < capacity; ++cpu)
        cpus[cpu] = cpu;
    return count;
}
