/* How many CPUs this process may use: affinity and cgroup quota. */
#include "os/linux/cpu_mask.h"

unsigned thrum_os_cpu_count(void)
{
    struct thrum_linux_cpu_mask mask = { { 0 } };
    unsigned count = 0;
    if (thrum_linux_cpu_mask(&mask, 0) > 0)
        for (size_t i = 0; i < sizeof mask.words / sizeof mask.words[0]; i++)
            for (unsigned long word = mask.words[i]; word != 0; word &= word - 1)
                count++;
    unsigned quota = thrum_linux_cgroup_quota("/sys/fs/cgroup", "/proc/self/cgroup");
    if (quota != 0 && quota < count)
        count = quota;
    return count > 0 ? count : 1;
}

void thrum_os_yield(void)
{
    thrum_linux_call1(THRUM_LINUX_SCHED_YIELD, 0);
}
