/* What Linux and its libcs (glibc, musl) have beyond POSIX. Names, affinity, the CPU count and the
 * futex are the freestanding build's own files: they ask the kernel by thread id, which unlike a
 * pthread_t may be that of a thread that has ended, and they leave errno alone. */
#include <errno.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/resource.h>

#include "os/hosted/hosted.h"
#include "os/linux/linux.h"

uintptr_t thrum_linux_vsyscall; /* the libc has its own way; ours is the plain one */

uint32_t thrum_hosted_thread_id(void)
{
    return (uint32_t)thrum_linux_call1(THRUM_LINUX_GETTID, 0);
}

bool thrum_hosted_is_leader(uint32_t tid)
{
    return tid == (uint32_t)thrum_linux_call1(THRUM_LINUX_GETPID, 0);
}

bool thrum_hosted_exists(uint32_t tid)
{
    long process = thrum_linux_call1(THRUM_LINUX_GETPID, 0);
    return thrum_linux_call3(THRUM_LINUX_TGKILL, process, tid, 0) != -THRUM_LINUX_ESRCH;
}

enum thrum_hosted_presence thrum_hosted_presence(const struct thrum_os_thread *thread)
{
    return thrum_hosted_exists((uint32_t)thrum_os_thread_id(thread)) ? THRUM_HOSTED_ID_THERE
                                                                     : THRUM_HOSTED_GONE;
}

void thrum_hosted_forked(void)
{
}

enum thrum_hosted_fault thrum_hosted_fault(const siginfo_t *info)
{
    if (info->si_code <= 0)
        return THRUM_HOSTED_SENT;
    return info->si_code == SEGV_MAPERR ? THRUM_HOSTED_UNMAPPED : THRUM_HOSTED_DENIED;
}

size_t thrum_hosted_signal_frame(void)
{
    enum { AT_SIGNAL_STACK = 51, OLD_KERNELS = 2048 }; /* AT_MINSIGSTKSZ */
    int kept = errno;
    size_t size = getauxval(AT_SIGNAL_STACK);
    errno = kept;
    return size != 0 ? size : OLD_KERNELS;
}

size_t thrum_os_main_stack_size(void)
{
    const size_t most = sizeof(void *) < 8 ? 64u << 20 : 128u << 20; /* as in os/linux/process.c */
    struct rlimit limit = { 0, 0 };
    int kept = errno;
    size_t size = most;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur <= most)
        size = (size_t)limit.rlim_cur & ~(thrum_os_page_size() - 1);
    errno = kept;
    return size;
}

/* The kernel's random bytes lie between where main's stack started and its end. */
void thrum_os_main_stack(char **low, char **high)
{
    const uintptr_t page = thrum_os_page_size();
    int kept = errno;
    const char *start = (const char *)getauxval(AT_RANDOM);
    if (start == NULL)
        start = __builtin_frame_address(0);
    const char *end = thrum_linux_stack_end(start, (const char *)getauxval(AT_EXECFN));
    *high = (char *)(((uintptr_t)end + page - 1) & ~(page - 1));
    *low = *high - thrum_os_main_stack_size();
    errno = kept;
}

/* The second half: the first is the libc's canary. */
uintptr_t thrum_os_random(void)
{
    uintptr_t word = 0;
    int kept = errno;
    const char *bytes = (const char *)getauxval(AT_RANDOM);
    if (bytes != NULL)
        __builtin_memcpy(&word, bytes + 8, sizeof word);
    errno = kept;
    return word;
}

bool thrum_hosted_own_attributes(pthread_attr_t *attributes)
{
    return pthread_getattr_np(pthread_self(), attributes) == 0;
}
