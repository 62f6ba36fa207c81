/* Which CPUs a thread may use, where the kernel has masks. */
#include <errno.h>
#include <unistd.h>

#include "os/hosted/bsd.h"

static thrum_status status_of(int error)
{
    switch (error) {
    case 0: return THRUM_OK;
    case ESRCH: return THRUM_NOT_FOUND;
    case EPERM:
    case ENOSYS: return THRUM_UNSUPPORTED;
    case EINVAL:
    case EDEADLK: /* the mask leaves no CPU that is there */ return THRUM_INVALID;
    default: return THRUM_SYSTEM;
    }
}

thrum_status thrum_os_set_affinity(const struct thrum_os_thread *thread, const unsigned *cpus,
                                   size_t count)
{
    struct thrum_hosted_cpus mask = { { 0 } };
    for (size_t i = 0; i < count; i++) {
        if (cpus[i] >= THRUM_HOSTED_CPUS)
            return THRUM_INVALID;
        thrum_hosted_add_cpu(&mask, cpus[i]);
    }
    if (count == 0)
        return THRUM_INVALID;
    if (thrum_os_thread_ended(thread)) /* the id may be another's by now */
        return THRUM_NOT_FOUND;
    int kept = errno;
    int error = thrum_hosted_set_cpus((uint32_t)thrum_os_thread_id(thread), &mask);
    errno = kept;
    return status_of(error);
}

static unsigned all_cpus(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}

/* A mask with nothing in it says that nobody has chosen. */
static int get_mask(uint32_t tid, struct thrum_hosted_cpus *mask)
{
    int kept = errno, error = thrum_hosted_get_cpus(tid, mask);
    uint32_t any = 0;
    for (size_t i = 0; i < sizeof mask->words / sizeof mask->words[0]; i++)
        any |= mask->words[i];
    if (error == 0 && any == 0)
        for (unsigned cpu = 0; cpu < all_cpus() && cpu < THRUM_HOSTED_CPUS; cpu++)
            thrum_hosted_add_cpu(mask, cpu);
    errno = kept;
    return error;
}

thrum_status thrum_os_get_affinity(const struct thrum_os_thread *thread, unsigned *cpus,
                                   size_t capacity, size_t *count)
{
    struct thrum_hosted_cpus mask = { { 0 } };
    if (thrum_os_thread_ended(thread))
        return THRUM_NOT_FOUND;
    int error = get_mask((uint32_t)thrum_os_thread_id(thread), &mask);
    if (error != 0)
        return status_of(error);
    size_t found = 0;
    for (unsigned cpu = 0; cpu < THRUM_HOSTED_CPUS; cpu++) {
        if (!thrum_hosted_has_cpu(&mask, cpu))
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
    struct thrum_hosted_cpus mask = { { 0 } };
    unsigned count = 0;
    if (get_mask(thrum_hosted_thread_id(), &mask) != 0)
        return all_cpus();
    for (size_t i = 0; i < sizeof mask.words / sizeof mask.words[0]; i++)
        for (uint32_t word = mask.words[i]; word != 0; word &= word - 1)
            count++;
    return count > 0 ? count : 1;
}
