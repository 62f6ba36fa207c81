/* system.h on FreeBSD: what is its own. */
#include "../bsd/bsd.h"

long thrum_bsd_thr_self(int64_t *tid);
long thrum_bsd_thr_kill(int64_t tid, int signal);
long thrum_bsd_cpuset_getaffinity(int level, int which, int64_t id, size_t size, void *mask);

uint64_t system_thread_id(void)
{
    int64_t tid = 0;
    thrum_bsd_thr_self(&tid);
    return (uint64_t)tid;
}

bool system_signal(uint64_t thread_id, int signal)
{
    return thrum_bsd_thr_kill((int64_t)thread_id, signal) == 0;
}

void system_thread_name(uint64_t thread_id, char name[32])
{
    (void)thread_id; /* it is told to those who ask for the whole process, by sysctl */
    name[0] = 0;
}

size_t system_affinity(unsigned *cpus, size_t capacity)
{
    uint64_t mask[16] = { 0 };
    size_t count = 0;
    for (size_t size = sizeof mask; size >= 8; size /= 2)
        if (thrum_bsd_cpuset_getaffinity(3, 1, -1, size, mask) == 0)
            break;
    for (unsigned cpu = 0; cpu < 1024; ++cpu) {
        if (!(mask[cpu / 64] >> cpu % 64 & 1))
            continue;
        if (count < capacity)
            cpus[count] = cpu;
        ++count;
    }
    return count;
}
