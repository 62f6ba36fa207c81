/* What is DragonFly's own of calls that all BSDs have. Compiled without stack protector. */
#include "os/bsd/cpu_mask.h"

struct tls_info {
    void *base;
    long size;
};

enum { MASK_WORDS = 4 /* of the kernel's own mask, 256 CPUs */, SIGSYS = 12, SIG_IGN = 1 };

long thrum_bsd_getrandom(void *buffer, unsigned long size, unsigned flags);

long thrum_bsd_set_tls_area(int which, const struct tls_info *info, size_t size);
long thrum_bsd_get_tls_area(int which, struct tls_info *info, size_t size);
long thrum_bsd_mmap(void *address, size_t size, int protection, int flags, int fd, int spare,
                    int64_t offset);
long thrum_bsd_sigaction(int signal, const struct thrum_bsd_sigaction *action,
                         struct thrum_bsd_sigaction *old);
long thrum_bsd_sigprocmask(int how, const struct thrum_bsd_sigset *set,
                           struct thrum_bsd_sigset *old);
long thrum_bsd_lwp_gettid(void);
long thrum_bsd_lwp_kill(int process, int tid, int signal);
long thrum_bsd_lwp_setname(int tid, const char *name);
long thrum_bsd_lwp_getaffinity(int process, int tid, uint64_t mask[MASK_WORDS]);
long thrum_bsd_lwp_setaffinity(int process, int tid, const uint64_t mask[MASK_WORDS]);

/* Which version brought the call is not known for sure, and for a call that it does not know the
 * kernel sends a signal. Called before there are threads, or by programs that bear with it. */
long thrum_dragonfly_random(void *buffer, unsigned long size)
{
    struct thrum_bsd_sigaction ignore = { 0 }, kept = { 0 };
    ignore.handler = SIG_IGN;
    if (thrum_bsd_sigaction(SIGSYS, &ignore, &kept) < 0)
        return -THRUM_BSD_ENOSYS;
    long result = thrum_bsd_getrandom(buffer, size, 0);
    thrum_bsd_sigaction(SIGSYS, &kept, NULL);
    return result;
}

long thrum_bsd_set_thread_pointer(void *pointer)
{
    const struct tls_info info = { pointer, -1 };
    return thrum_bsd_set_tls_area(0, &info, sizeof info);
}

void *thrum_bsd_get_thread_pointer(void)
{
    struct tls_info info = { NULL, 0 };
    return thrum_bsd_get_tls_area(0, &info, sizeof info) >= 0 ? info.base : NULL;
}

long thrum_bsd_raw_map(void *address, size_t size, int protection, int flags)
{
    return thrum_bsd_mmap(address, size, protection, flags, -1, 0, 0);
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
    (void)thrum_bsd_lwp_kill((int)thrum_bsd_getpid(), (int)thrum_bsd_lwp_gettid(), signal);
}

thrum_status thrum_os_set_name(const struct thrum_os_thread *thread, bool self, const char *name)
{
    char shown[17] = { 0 }; /* MAXCOMLEN and its end */
    for (size_t i = 0; i < sizeof shown - 1 && name[i] != '\0'; i++)
        shown[i] = name[i];
    if (!self && thrum_os_thread_ended(thread)) /* the id may be another's by now */
        return THRUM_NOT_FOUND;
    long result = thrum_bsd_lwp_setname((int)thrum_os_thread_id(thread), shown);
    if (result < 0)
        return result == -THRUM_BSD_ESRCH ? THRUM_NOT_FOUND : THRUM_UNSUPPORTED;
    return THRUM_OK;
}

long thrum_bsd_get_cpus(uint64_t id, struct thrum_bsd_cpu_mask *mask)
{
    return thrum_bsd_lwp_getaffinity((int)thrum_bsd_getpid(), (int)id, mask->words);
}

long thrum_bsd_set_cpus(uint64_t id, const struct thrum_bsd_cpu_mask *mask)
{
    return thrum_bsd_lwp_setaffinity((int)thrum_bsd_getpid(), (int)id, mask->words);
}

uint64_t thrum_bsd_own_id(void)
{
    return (uint64_t)thrum_bsd_lwp_gettid();
}

/* What tells the kernel that the program is DragonFly's, and for which version it was made. */
__asm__(".section .note.tag, \"a\", @note\n"
        "    .p2align 2\n"
        "    .long 10, 4, 1\n"
        "    .asciz \"DragonFly\"\n"
        "    .p2align 2\n"
        "    .long 500900\n");
