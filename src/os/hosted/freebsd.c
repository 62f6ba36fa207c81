/* What FreeBSD's libc has beyond POSIX and what all BSDs share. Names and affinity go by the kernel's id,
 * which unlike a pthread_t may be that of a thread that has ended. */
#include <sys/param.h>

#include <sys/cpuset.h>
#include <sys/thr.h>

#include <errno.h>
#include <pthread.h>
#include <pthread_np.h>

#include "os/hosted/bsd.h"

int64_t thrum_hosted_kernel_id(void)
{
    return pthread_getthreadid_np();
}

bool thrum_hosted_exists(uint32_t tid)
{
    int kept = errno;
    bool exists = thr_kill((long)tid, 0) == 0 || errno != ESRCH;
    errno = kept;
    return exists;
}

/* The libc looks at the word that the kernel writes when the thread is off its stack. */
enum thrum_hosted_presence thrum_hosted_presence(const struct thrum_os_thread *thread)
{
    return pthread_peekjoin_np((pthread_t)thread->handle, NULL) == EBUSY ? THRUM_HOSTED_THERE
                                                                         : THRUM_HOSTED_GONE;
}

int thrum_hosted_name_thread(uint32_t tid, char name[THRUM_NAME_SIZE])
{
    if (MAXCOMLEN < THRUM_NAME_SIZE)
        name[MAXCOMLEN] = '\0';
    return thr_set_name((long)tid, name) == 0 ? 0 : errno;
}

int thrum_hosted_get_cpus(uint32_t tid, struct thrum_hosted_cpus *cpus)
{
    cpuset_t set;
    CPU_ZERO(&set);
    if (cpuset_getaffinity(CPU_LEVEL_WHICH, CPU_WHICH_TID, (id_t)tid, sizeof set, &set) != 0)
        return errno;
    for (unsigned cpu = 0; cpu < CPU_SETSIZE && cpu < THRUM_HOSTED_CPUS; cpu++)
        if (CPU_ISSET(cpu, &set))
            thrum_hosted_add_cpu(cpus, cpu);
    return 0;
}

int thrum_hosted_set_cpus(uint32_t tid, const struct thrum_hosted_cpus *cpus)
{
    cpuset_t set;
    CPU_ZERO(&set);
    for (unsigned cpu = 0; cpu < THRUM_HOSTED_CPUS; cpu++) {
        if (!thrum_hosted_has_cpu(cpus, cpu))
            continue;
        if (cpu >= CPU_SETSIZE)
            return EINVAL;
        CPU_SET(cpu, &set);
    }
    if (cpuset_setaffinity(CPU_LEVEL_WHICH, CPU_WHICH_TID, (id_t)tid, sizeof set, &set) != 0)
        return errno;
    return 0;
}
