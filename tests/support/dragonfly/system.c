/* system.h on DragonFly: what is its own. */
#include "../bsd/bsd.h"

long thrum_bsd_lwp_gettid(void);
long thrum_bsd_lwp_kill(int process, int tid, int signal);
long thrum_bsd_lwp_getaffinity(int process, int tid, uint64_t mask[4]);

uint64_t system_thread_id(void)
{
    return (uint64_t)thrum_bsd_lwp_gettid();
}

bool system_signal(uint64_t thread_id, int signal)
{
    return thrum_bsd_lwp_kill((int)thrum_bsd_getpid(), (int)thread_id, signal) == 0;
}

void system_thread_name(uint64_t thread_id, char name[32])
{
    (void)thread_id; /* it is told to those who ask for the whole process, by sysctl */
    name[0] = 0;
}

size_t system_affinity(unsigned *cpus, size_t capacity)
{
    uint64_t mask[4] = { 0 };
    size_t count = 0;
    thrum_bsd_lwp_getaffinity((int)thrum_bsd_getpid(), (int)thrum_bsd_lwp_gettid(), mask);
    for (unsigned cpu = 0; cpu < 256; ++cpu) {
        if (!(mask[cpu / 64] >> cpu % 64 & 1))
            continue;
        if (count < capacity)
            cpus[count] = cpu;
        ++count;
    }
    return count;
}
