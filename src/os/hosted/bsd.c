/* What the libcs of the BSDs have in common beyond POSIX, and what their kernels do alike. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/hosted/bsd.h"

/* --- ids -------------------------------------------------------------------------------------- */

static THRUM_FORK_VISIBLE uint32_t first_id; /* of the process's first thread, once it is known */

static uint32_t checked(int64_t id)
{
    static const char line[] = "thrum: the system gives a thread an id that is not above 0\n";
    if (id > 0 && id <= INT32_MAX)
        return (uint32_t)id;
    thrum_os_write_error(line, sizeof line - 1);
    thrum_os_abort();
}

uint32_t thrum_hosted_thread_id(void)
{
    uint32_t tid = checked(thrum_hosted_kernel_id());
    if (thrum_hosted_is_first(tid)) /* relaxed: asked by itself, or by those that know its block */
        __atomic_store_n(&first_id, tid, __ATOMIC_RELAXED);
    return tid;
}

bool thrum_hosted_is_leader(uint32_t tid)
{
    return tid == __atomic_load_n(&first_id, __ATOMIC_RELAXED);
}

void thrum_hosted_forked(void)
{
    __atomic_store_n(&first_id, checked(thrum_hosted_kernel_id()), __ATOMIC_RELAXED);
}

/* --- signals ---------------------------------------------------------------------------------- */

size_t thrum_hosted_signal_frame(void)
{
    enum {
        WIDE_REGISTERS = 12288
    }; /* and the page at each end that OpenBSD leaves out of a stack */
    return MINSIGSTKSZ > WIDE_REGISTERS ? MINSIGSTKSZ : WIDE_REGISTERS;
}

enum thrum_hosted_fault thrum_hosted_fault(const siginfo_t *info)
{
    /* what others send has a code that is not above 0, or (FreeBSD) from here on */
    enum { SENT = 0x10000 };
    if (info->si_code <= 0 || info->si_code >= SENT)
        return THRUM_HOSTED_SENT;
    /* DragonFly has one code for all */
    return info->si_code == SEGV_ACCERR ? THRUM_HOSTED_DENIED : THRUM_HOSTED_UNMAPPED;
}

/* --- the main stack --------------------------------------------------------------------------- */

size_t thrum_os_main_stack_size(void)
{
    const uint64_t unlimited = (uint64_t)1 << 36; /* FreeBSD's own is 512 MiB */
    struct rlimit limit = { 0, 0 };
    int kept = errno;
    size_t size = 128u << 20;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && (uint64_t)limit.rlim_cur < unlimited)
        size = (size_t)limit.rlim_cur & ~(thrum_os_page_size() - 1);
    errno = kept;
    return size;
}

void thrum_os_main_stack(char **low, char **high)
{
    const uintptr_t page = thrum_os_page_size();
    int kept = errno;
    uintptr_t top = (uintptr_t)thrum_hosted_stack_top();
    if (top == 0)
        top = (uintptr_t)__builtin_frame_address(0);
    *high = (char *)((top + page - 1) & ~(page - 1));
    *low = *high - thrum_os_main_stack_size();
    errno = kept;
}

/* --- names, and giving way -------------------------------------------------------------------- */

thrum_status thrum_os_set_name(const struct thrum_os_thread *thread, bool self, const char *name)
{
    char shown[THRUM_NAME_SIZE] = { 0 };
    int kept = errno;
    for (size_t i = 0; i < sizeof shown - 1 && name[i] != '\0'; i++)
        shown[i] = name[i];
    if (!self && thrum_os_thread_ended(thread)) /* the id may be another's by now */
        return THRUM_NOT_FOUND;
    int error = thrum_hosted_name_thread((uint32_t)thrum_os_thread_id(thread), shown);
    errno = kept;
    if (error == ESRCH)
        return THRUM_NOT_FOUND;
    return error == 0 ? THRUM_OK : THRUM_UNSUPPORTED;
}

void thrum_os_yield(void)
{
    int kept = errno;
    (void)sched_yield();
    errno = kept;
}

/* --- random words ----------------------------------------------------------------------------- */

uintptr_t thrum_os_random(void)
{
    return arc4random();
}
