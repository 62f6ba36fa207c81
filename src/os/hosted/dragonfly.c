/* What DragonFly's libc has beyond POSIX and what all BSDs share. */
#include <sys/lwp.h>
#include <sys/param.h>

#include <errno.h>
#include <unistd.h>

#include "os/hosted/bsd.h"

enum { OWN_PROCESS = -1, MASK_BITS = 8 * sizeof(cpumask_t) };
_Static_assert((int)MASK_BITS <= (int)THRUM_HOSTED_CPUS, "ours has room for all");

int64_t thrum_hosted_kernel_id(void)
{
    return lwp_gettid();
}

bool thrum_hosted_exists(uint32_t tid)
{
    int kept = errno;
    bool exists = lwp_kill(OWN_PROCESS, (lwpid_t)tid, 0) == 0 || errno != ESRCH;
    errno = kept;
    return exists;
}

/* By the id: the libc calls a thread dead that is still about to make its last call. */
enum thrum_hosted_presence thrum_hosted_presence(const struct thrum_os_thread *thread)
{
    return thrum_hosted_exists((uint32_t)thrum_os_thread_id(thread)) ? THRUM_HOSTED_THERE
                                                                     : THRUM_HOSTED_GONE;
}

int thrum_hosted_name_thread(uint32_t tid, char name[THRUM_NAME_SIZE])
{
    if (MAXCOMLEN < THRUM_NAME_SIZE)
        name[MAXCOMLEN] = '\0';
    return lwp_setname((lwpid_t)tid, name) == 0 ? 0 : errno;
}

int thrum_hosted_get_cpus(uint32_t tid, struct thrum_hosted_cpus *cpus)
{
    cpumask_t mask;
    CPUMASK_ASSZERO(mask);
    if (lwp_getaffinity(getpid(), (lwpid_t)tid, &mask) != 0)
        return errno;
    for (unsigned cpu = 0; cpu < MASK_BITS; cpu++)
        if (CPUMASK_TESTBIT(mask, cpu))
            thrum_hosted_add_cpu(cpus, cpu);
    return 0;
}

int thrum_hosted_set_cpus(uint32_t tid, const struct thrum_hosted_cpus *cpus)
{
    cpumask_t mask;
    CPUMASK_ASSZERO(mask);
    for (unsigned cpu = 0; cpu < THRUM_HOSTED_CPUS; cpu++) {
        if (!thrum_hosted_has_cpu(cpus, cpu))
            continue;
        if (cpu >= MASK_BITS)
            return EINVAL;
        CPUMASK_ORBIT(mask, cpu);
    }
    return lwp_setaffinity(getpid(), (lwpid_t)tid, &mask) == 0 ? 0 : errno;
}
