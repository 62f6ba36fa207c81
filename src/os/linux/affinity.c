/* Which CPUs a thread may use. */
#include "os/linux/cpu_mask.h"

static thrum_status status_of(long error)
{
    if (error == -THRUM_LINUX_EINVAL)
        return THRUM_INVALID;
    if (error == -THRUM_LINUX_ENOSYS)
        return THRUM_UNSUPPORTED;
    return error == -THRUM_LINUX_ESRCH ? THRUM_NOT_FOUND : THRUM_SYSTEM;
}

thrum_status thrum_os_set_affinity(const struct thrum_os_thread *thread, const unsigned *cpus,
                                   size_t count)
{
    struct thrum_linux_cpu_mask mask = { { 0 } };
    for (size_t i = 0; i < count; i++) {
        if (cpus[i] >= THRUM_LINUX_CPUS)
            return THRUM_INVALID;
        mask.words[cpus[i] / THRUM_LINUX_WORD_BITS] |= 1ul << cpus[i] % THRUM_LINUX_WORD_BITS;
    }
    if (count == 0)
        return THRUM_INVALID;
    if (thrum_os_thread_ended(thread)) /* the id may be another's by now */
        return THRUM_NOT_FOUND;
    long result = thrum_linux_call3(THRUM_LINUX_SCHED_SETAFFINITY, thrum_os_thread_id(thread),
                                    sizeof mask, &mask);
    return result == 0 ? THRUM_OK : status_of(result);
}

thrum_status thrum_os_get_affinity(const struct thrum_os_thread *thread, unsigned *cpus,
                                   size_t capacity, size_t *count)
{
    struct thrum_linux_cpu_mask mask = { { 0 } };
    if (thrum_os_thread_ended(thread))
        return THRUM_NOT_FOUND;
    long result = thrum_linux_cpu_mask(&mask, (uint32_t)thrum_os_thread_id(thread));
    if (result < 0)
        return status_of(result);
    size_t found = 0;
    for (unsigned cpu = 0; cpu < THRUM_LINUX_CPUS; cpu++) {
        if (!(mask.words[cpu / THRUM_LINUX_WORD_BITS] >> cpu % THRUM_LINUX_WORD_BITS & 1))
            continue;
        if (found < capacity)
            cpus[found] = cpu;
        found++;
    }
    *count = found;
    return THRUM_OK;
}
