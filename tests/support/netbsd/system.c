/* system.h on NetBSD: what is its own. */
#include "../bsd/bsd.h"

long thrum_bsd_lwp_self(void);
long thrum_bsd_sched_getaffinity(int process, int tid, size_t size, void *mask);
long thrum_bsd_lwp_kill(int tid, int signal);
long test_bsd_lwp_getname(int tid, char *name, size_t size);

const char *system_lacks(const char *test)
{
    static const struct system_lack lacks[] = {
        { "storm_of_a_timer_against_spawn_and_end",
          "fails on AArch64 under the runner, why is not known yet" },
        { "storm_of_aimed_signals_against_spawn_and_end",
          "fails on AArch64 under the runner, why is not known yet" },
    };
    return system_emulated() ? system_lack_of(test, lacks, sizeof lacks / sizeof *lacks) : NULL;
}

uint64_t system_thread_id(void)
{
    return (uint64_t)thrum_bsd_lwp_self();
}

bool system_signal(uint64_t thread_id, int signal)
{
    return thrum_bsd_lwp_kill((int)thread_id, signal) == 0;
}

void system_thread_name(uint64_t thread_id, char name[32])
{
    if (test_bsd_lwp_getname((int)thread_id, name, 32) != 0)
        name[0] = 0;
}

/* A mask with nothing in it: nobody has chosen. */
size_t system_affinity(unsigned *cpus, size_t capacity)
{
    uint64_t mask[4] = { 0 };
    size_t count = 0;
    int all = 1;
    thrum_bsd_sched_getaffinity((int)thrum_bsd_getpid(), (int)thrum_bsd_lwp_self(), sizeof mask,
                                mask);
    thrum_bsd_sysctl_number(6, 3, &all);
    bool chosen = (mask[0] | mask[1] | mask[2] | mask[3]) != 0;
    for (unsigned cpu = 0; cpu < 256; ++cpu) {
        if (chosen ? !(mask[cpu / 64] >> cpu % 64 & 1) : cpu >= (unsigned)all)
            continue;
        if (count < capacity)
            cpus[count] = cpu;
        ++count;
    }
    return count;
}
