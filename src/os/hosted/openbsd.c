/* What OpenBSD's libc has beyond POSIX and what all BSDs share, and what it has not. */
#include <sys/types.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <pthread_np.h>

#include "os/hosted/bsd.h"
#include "os/used.h"

int64_t thrum_hosted_kernel_id(void)
{
    return getthrid();
}

bool thrum_hosted_is_first(uint32_t tid)
{
    (void)tid;
    return pthread_main_np() == 1;
}

bool thrum_hosted_exists(uint32_t tid)
{
    int kept = errno;
    bool exists = thrkill((pid_t)tid, 0, NULL) == 0 || errno != ESRCH;
    errno = kept;
    return exists;
}

/* Ids are random, and one may be another's at once; but by the handle the libc asks for the id and the
 * thread pointer, and after the thread's last call finds no id there. */
enum thrum_hosted_presence thrum_hosted_presence(const struct thrum_os_thread *thread)
{
    if (!thrum_hosted_exists((uint32_t)thrum_os_thread_id(thread)) ||
        pthread_kill((pthread_t)thread->handle, 0) != 0)
        return THRUM_HOSTED_GONE;
    return THRUM_HOSTED_THERE;
}

int thrum_hosted_name_thread(uint32_t tid, char name[THRUM_NAME_SIZE])
{
    enum { KERNEL_NAME_MAX = 23 }; /* _MAXCOMLEN, without its end */
    name[KERNEL_NAME_MAX] = '\0';
    return setthrname((pid_t)tid, name) == 0 ? 0 : errno;
}

/* Unlike in sigaltstack(2), ss_sp is where the stack starts: its high end. */
char *thrum_hosted_stack_top(void)
{
    stack_t stack;
    return pthread_stackseg_np(pthread_self(), &stack) == 0 ? stack.ss_sp : NULL;
}

bool thrum_os_own_stack(char **low, char **high, size_t *guard)
{
    stack_t stack = { .ss_sp = NULL };
    int kept = errno;
    bool known = pthread_stackseg_np(pthread_self(), &stack) == 0;
    *high = stack.ss_sp;
    *low = *high - (known ? stack.ss_size : 0);
    *guard = thrum_os_page_size(); /* the default; it is not told */
    errno = kept;
    return known;
}

unsigned thrum_os_cpu_count(void)
{
    int kept = errno;
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    errno = kept;
    return count > 0 ? (unsigned)count : 1;
}

/* There is no mincore(2), and a page that is read is made. */
enum thrum_os_residence thrum_os_resident(void *address, size_t size, unsigned char *answers)
{
    (void)address, (void)size, (void)answers;
    return THRUM_OS_UNTOLD;
}
