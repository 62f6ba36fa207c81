/* Processors. They come in groups of at most as many as a word has bits; a CPU's number here is its
 * group's number times that, and its own in the group. A thread runs on those of one group. */
#include "os/windows/windows.h"
#include "thread/block.h"

enum { GROUP = 8 * sizeof(uintptr_t) };

static unsigned count_bits(uintptr_t mask)
{
    unsigned count = 0;
    for (; mask != 0; mask &= mask - 1)
        count++;
    return count;
}

/* Those of a group that the process may use. */
static uintptr_t allowed_in(unsigned group, const struct thrum_windows_group *present)
{
    uintptr_t mask = 0, system = 0;
    if (group == present->group &&
        GetProcessAffinityMask(thrum_windows_process(), &mask, &system) && mask != 0)
        return mask;
    uint32_t count = group <= UINT16_MAX ? GetActiveProcessorCount((uint16_t)group) : 0;
    return count < GROUP ? ((uintptr_t)1 << count) - 1 : UINTPTR_MAX;
}

static thrum_status refused(const struct thrum_os_thread *thread, uint32_t before)
{
    uint32_t error = GetLastError();
    SetLastError(before);
    if (__atomic_load_n(&thread->finished, __ATOMIC_RELAXED)) /* it is just ending */
        return THRUM_NOT_FOUND;
    return error == THRUM_WINDOWS_ERROR_INVALID_PARAMETER ? THRUM_INVALID : THRUM_SYSTEM;
}

thrum_status thrum_os_set_affinity(const struct thrum_os_thread *thread, const unsigned *cpus,
                                   size_t count)
{
    struct thrum_windows_group present = { 0 }, wanted = { 0 };
    uint32_t error = GetLastError();
    if (count == 0 || cpus[0] / GROUP > UINT16_MAX)
        return THRUM_INVALID;
    wanted.group = (uint16_t)(cpus[0] / GROUP);
    for (size_t i = 0; i < count; i++) {
        if (cpus[i] / GROUP != wanted.group)
            return THRUM_UNSUPPORTED;
        wanted.mask |= (uintptr_t)1 << cpus[i] % GROUP;
    }
    if (thrum_os_thread_ended(thread))
        return THRUM_NOT_FOUND;
    if (!GetThreadGroupAffinity(thread->handle, &present))
        return refused(thread, error);
    wanted.mask &= allowed_in(wanted.group, &present);
    if (wanted.mask == 0)
        return THRUM_INVALID;
    if (!SetThreadGroupAffinity(thread->handle, &wanted, NULL))
        return refused(thread, error);
    return THRUM_OK;
}

thrum_status thrum_os_get_affinity(const struct thrum_os_thread *thread, unsigned *cpus,
                                   size_t capacity, size_t *count)
{
    struct thrum_windows_group present = { 0 };
    uint32_t error = GetLastError();
    if (thrum_os_thread_ended(thread))
        return THRUM_NOT_FOUND;
    if (!GetThreadGroupAffinity(thread->handle, &present))
        return refused(thread, error);
    size_t found = 0;
    for (unsigned cpu = 0; cpu < GROUP; cpu++) {
        if (!(present.mask >> cpu & 1))
            continue;
        if (found < capacity)
            cpus[found] = present.group * (unsigned)GROUP + cpu;
        found++;
    }
    *count = found;
    return THRUM_OK;
}

/* A job may allow a share of all processors' time, in hundredths of a percent. */
static unsigned within_quota(unsigned count)
{
    enum { ENABLED = 1, HARD = 4, RANGE = 16, WHOLE = 10000 };
    struct thrum_windows_cpu_rate rate = { 0, 0 };
    if (!QueryInformationJobObject(NULL, THRUM_WINDOWS_JOB_CPU_RATE, &rate, sizeof rate, NULL) ||
        !(rate.flags & ENABLED) || !(rate.flags & (HARD | RANGE)))
        return count;
    uint32_t share = rate.flags & RANGE ? rate.rate >> 16 : rate.rate; /* the most of both */
    uint32_t all = GetActiveProcessorCount(THRUM_WINDOWS_ALL_GROUPS);
    unsigned quota = (share * all + WHOLE - 1) / WHOLE;
    return quota != 0 && quota < count ? quota : count;
}

unsigned thrum_os_cpu_count(void)
{
    uintptr_t mask = 0, system = 0;
    uint16_t groups = 1, group = 0;
    uint32_t error = GetLastError();
    unsigned count = 0;
    bool one_group = GetProcessGroupAffinity(thrum_windows_process(), &groups, &group) != 0;
    if (GetProcessAffinityMask(thrum_windows_process(), &mask, &system))
        count = count_bits(mask);
    if (count == 0 || !one_group) /* it has threads in several groups: then no mask is told */
        count = GetActiveProcessorCount(THRUM_WINDOWS_ALL_GROUPS);
    if (count != 0)
        count = within_quota(count);
    SetLastError(error);
    return count != 0 ? count : 1;
}
