/* What is FreeBSD's own of calls that all BSDs have. Compiled without stack protector. */
#include "os/bsd/cpu_mask.h"

enum { LEVEL_WHICH = 3, WHICH_TID = 1 };
/* The kernel wants its own size of a mask, 32 bytes up to FreeBSD 13; later ones take larger. */
enum { SMALLER_MASK = 32 };

long thrum_bsd_mmap(void *address, size_t size, int protection, int flags, int fd, int64_t offset);
long thrum_bsd_sigaction(int signal, const struct thrum_bsd_sigaction *action,
                         struct thrum_bsd_sigaction *old);
long thrum_bsd_sigprocmask(int how, const struct thrum_bsd_sigset *set,
                           struct thrum_bsd_sigset *old);
long thrum_bsd_thr_self(int64_t *tid);
long thrum_bsd_thr_kill(int64_t tid, int signal);
long thrum_bsd_thr_set_name(int64_t tid, const char *name);
long thrum_bsd_cpuset_getaffinity(int level, int which, int64_t id, size_t size, void *mask);
long thrum_bsd_cpuset_setaffinity(int level, int which, int64_t id, size_t size, const void *mask);

long thrum_bsd_set_thread_pointer(void *pointer)
{
    return thrum_freebsd_set_thread_pointer(pointer);
}

void *thrum_bsd_get_thread_pointer(void)
{
    return thrum_freebsd_get_thread_pointer();
}

long thrum_bsd_raw_map(void *address, size_t size, int protection, int flags)
{
    return thrum_bsd_mmap(address, size, protection, flags, -1, 0);
}

long thrum_bsd_set_action(int signal, const struct thrum_bsd_sigaction *action,
                          struct thrum_bsd_sigaction *old)
{
    return thrum_bsd_sigaction(signal, action, old);
}

void thrum_bsd_set_mask(int how, const struct thrum_bsd_sigset *set, struct thrum_bsd_sigset *old)
{
    (void)thrum_bsd_sigprocmask(how, set, old);
}

void thrum_bsd_signal_self(int signal)
{
    int64_t tid;
    if (thrum_bsd_thr_self(&tid) == 0)
        (void)thrum_bsd_thr_kill(tid, signal);
}

thrum_status thrum_os_set_name(const struct thrum_os_thread *thread, bool self, const char *name)
{
    char shown[20] = { 0 }; /* MAXCOMLEN and its end */
    for (size_t i = 0; i < sizeof shown - 1 && name[i] != '\0'; i++)
        shown[i] = name[i];
    if (!self && thrum_os_thread_ended(thread)) /* the id may be another's by now */
        return THRUM_NOT_FOUND;
    long result = thrum_bsd_thr_set_name((int64_t)thrum_os_thread_id(thread), shown);
    if (result < 0)
        return result == -THRUM_BSD_ESRCH ? THRUM_NOT_FOUND : THRUM_UNSUPPORTED;
    return THRUM_OK;
}

long thrum_bsd_get_cpus(uint64_t id, struct thrum_bsd_cpu_mask *mask)
{
    long result =
        thrum_bsd_cpuset_getaffinity(LEVEL_WHICH, WHICH_TID, (int64_t)id, sizeof *mask, mask);
    if (result == -THRUM_BSD_ERANGE)
        result =
            thrum_bsd_cpuset_getaffinity(LEVEL_WHICH, WHICH_TID, (int64_t)id, SMALLER_MASK, mask);
    return result;
}

long thrum_bsd_set_cpus(uint64_t id, const struct thrum_bsd_cpu_mask *mask)
{
    long result =
        thrum_bsd_cpuset_setaffinity(LEVEL_WHICH, WHICH_TID, (int64_t)id, sizeof *mask, mask);
    if (result == -THRUM_BSD_ERANGE)
        result =
            thrum_bsd_cpuset_setaffinity(LEVEL_WHICH, WHICH_TID, (int64_t)id, SMALLER_MASK, mask);
    return result;
}

uint64_t thrum_bsd_own_id(void)
{
    int64_t tid = -1;
    (void)thrum_bsd_thr_self(&tid);
    return (uint64_t)tid;
}

/* What tells the kernel that the program is FreeBSD's, beside the brand in its header, and for
 * which version it was made: from 700004 on a touch of a guard is SIGSEGV. */
__asm__(".section .note.tag, \"a\", @note\n"
        "    .p2align 2\n"
        "    .long 8, 4, 1\n"
        "    .asciz \"FreeBSD\"\n"
        "    .long 1302001\n");
