/* Which CPUs a thread may use, where the kernel has masks. */
#include "os/bsd/cpu_mask.h"

enum { WORD_BITS = 64, CPUS = THRUM_BSD_MASK_WORDS * WORD_BITS, CTL_HW = 6, HW_NCPU = 3 };

static thrum_status status_of(long error)
{
    if (error == -THRUM_BSD_ESRCH)
        return THRUM_NOT_FOUND;
    if (error == -THRUM_BSD_EPERM || error == -THRUM_BSD_ENOSYS)
        return THRUM_UNSUPPORTED;
    return error == -THRUM_BSD_EINVAL || error == -THRUM_BSD_EDEADLK ? THRUM_INVALID : THRUM_SYSTEM;
}

thrum_status thrum_os_set_affinity(const struct thrum_os_thread *thread, const unsigned *cpus,
                                   size_t count)
{
    struct thrum_bsd_cpu_mask mask = { { 0 } };
    for (size_t i = 0; i < count; i++) {
        if (cpus[i] >= CPUS)
            return THRUM_INVALID;
        mask.words[cpus[i] / WORD_BITS] |= (uint64_t)1 << cpus[i] % WORD_BITS;
    }
    if (count == 0)
        return THRUM_INVALID;
    if (thrum_os_thread_ended(thread)) /* the id may be another's by now */
        return THRUM_NOT_FOUND;
    /* a kernel may leave out CPUs that are not there; that none is left is an error everywhere */
    long result = thrum_bsd_set_cpus(thrum_os_thread_id(thread), &mask);
    return result < 0 ? status_of(result) : THRUM_OK;
}

static unsigned all_cpus(void)
{
    int count;
    return thrum_bsd_sysctl_number(CTL_HW, HW_NCPU, &count) && count > 0 ? (unsigned)count : 1;
}

/* A mask with nothing in it says that nobody has chosen. */
static long get_mask(uint64_t id, struct thrum_bsd_cpu_mask *mask)
{
    long result = thrum_bsd_get_cpus(id, mask);
    uint64_t any = 0;
    for (size_t i = 0; i < THRUM_BSD_MASK_WORDS; i++)
        any |= mask->words[i];
    if (result >= 0 && any == 0)
        for (unsigned cpu = 0; cpu < all_cpus() && cpu < CPUS; cpu++)
            mask->words[cpu / WORD_BITS] |= (uint64_t)1 << cpu % WORD_BITS;
    return result;
}

thrum_status thrum_os_get_affinity(const struct thrum_os_thread *thread, unsigned *cpus,
                                   size_t capacity, size_t *count)
{
    struct thrum_bsd_cpu_mask mask = { { 0 } };
    if (thrum_os_thread_ended(thread))
        return THRUM_NOT_FOUND;
    long result = get_mask(thrum_os_thread_id(thread), &mask);
    if (result < 0)
        return status_of(result);
    size_t found = 0;
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        if (!(mask.words[cpu / WORD_BITS] >> cpu % WORD_BITS & 1))
            continue;
        if (found < capacity)
            cpus[found] = cpu;
        found++;
    }
    *count = found;
    return THRUM_OK;
}

unsigned thrum_os_cpu_count(void)
{
    struct thrum_bsd_cpu_mask mask = { { 0 } };
    unsigned count = 0;
    if (get_mask(thrum_bsd_own_id(), &mask) < 0)
        return all_cpus();
    for (size_t i = 0; i < THRUM_BSD_MASK_WORDS; i++)
        for (uint64_t word = mask.words[i]; word != 0; word &= word - 1)
            count++;
    return count > 0 ? count : 1;
}
