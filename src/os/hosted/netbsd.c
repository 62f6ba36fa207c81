/* What NetBSD's libc has beyond POSIX and what all BSDs share. */
#include <sys/param.h>

#include <sys/exec_elf.h>
#include <sys/sched.h>
#include <sys/sysctl.h>

#include <dlfcn.h>
#include <errno.h>
#include <lwp.h>
#include <pthread.h>
#include <unistd.h>

#include "os/hosted/bsd.h"

int64_t thrum_hosted_kernel_id(void)
{
    return _lwp_self();
}

/* From NetBSD 10 on ids are of the same numbers as processes', and a first thread has its process's;
 * before, each process counts its own. Asked, because a program may be older than its kernel. */
bool thrum_hosted_is_first(uint32_t tid)
{
    enum { NETBSD_10 = 1000000000 };
    int name[] = { CTL_KERN, KERN_OSREV }, revision = 0, kept = errno;
    size_t size = sizeof revision;
    if (sysctl(name, 2, &revision, &size, NULL, 0) != 0)
        revision = 0;
    errno = kept;
    return revision >= NETBSD_10 ? tid == (uint32_t)getpid() : tid == 1;
}

bool thrum_hosted_exists(uint32_t tid)
{
    int kept = errno;
    bool exists = _lwp_kill((lwpid_t)tid, 0) == 0 || errno != ESRCH;
    errno = kept;
    return exists;
}

/* As the libc itself asks before it uses a thread's memory again. */
enum thrum_hosted_presence thrum_hosted_presence(const struct thrum_os_thread *thread)
{
    return thrum_hosted_exists((uint32_t)thrum_os_thread_id(thread)) ? THRUM_HOSTED_ID_THERE
                                                                     : THRUM_HOSTED_GONE;
}

int thrum_hosted_name_thread(uint32_t tid, char name[THRUM_NAME_SIZE])
{
    return _lwp_setname((lwpid_t)tid, name) == 0 ? 0 : errno;
}

char *thrum_hosted_stack_top(void)
{
    const AuxInfo *entry = _dlauxinfo();
    for (; entry != NULL && entry->a_type != AT_NULL; entry++)
        if (entry->a_type == AT_STACKBASE)
            return (char *)(uintptr_t)entry->a_v;
    return NULL;
}

bool thrum_hosted_own_attributes(pthread_attr_t *attributes)
{
    return pthread_getattr_np(pthread_self(), attributes) == 0;
}

/* By id: pthread_setaffinity_np wants a handle, which may be that of a thread that has ended. Masks as
 * large as ours, as the kernel's own (256 CPUs), or of few CPUs alone: it refuses some sizes. A
 * cpuset_t is words of 32 bits, as ours is. */
static const size_t mask_sizes[] = { sizeof(struct thrum_hosted_cpus), 32, 4 };

int thrum_hosted_get_cpus(uint32_t tid, struct thrum_hosted_cpus *cpus)
{
    for (size_t i = 0; i < sizeof mask_sizes / sizeof *mask_sizes; i++)
        if (_sched_getaffinity(getpid(), (lwpid_t)tid, mask_sizes[i], (cpuset_t *)(void *)cpus) ==
            0)
            return 0;
        else if (errno != EINVAL)
            return errno;
    return EINVAL;
}

int thrum_hosted_set_cpus(uint32_t tid, const struct thrum_hosted_cpus *cpus)
{
    for (size_t i = 0; i < sizeof mask_sizes / sizeof *mask_sizes; i++)
        if (_sched_setaffinity(getpid(), (lwpid_t)tid, mask_sizes[i],
                               (const cpuset_t *)(const void *)cpus) == 0)
            return 0;
        else if (errno != EINVAL)
            return errno;
    return EINVAL;
}
