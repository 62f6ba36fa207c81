/* What is NetBSD's own of calls that all BSDs have. Compiled without stack protector. */
#include "os/bsd/cpu_mask.h"

#include THRUM_BSD_CPU_FILE

enum { TRAMPOLINE_WITH_INFO = 2 };
enum { CTL_KERN = 1, KERN_OSREV = 3, NETBSD_10 = 1000000000 };

__asm__(THRUM_BSD_TRAMPOLINE_ASM(thrum_netbsd_trampoline, 308));

void thrum_netbsd_trampoline(void);
long thrum_bsd_lwp_setprivate(void *pointer);
long thrum_bsd_lwp_getprivate(void);
long thrum_bsd_mmap(void *address, size_t size, int protection, int flags, int fd, long spare,
                    int64_t offset);
long thrum_bsd_sigaction_sigtramp(int signal, const struct thrum_bsd_sigaction *action,
                                  struct thrum_bsd_sigaction *old, void (*trampoline)(void),
                                  int version);
long thrum_bsd_sigprocmask(int how, const struct thrum_bsd_sigset *set,
                           struct thrum_bsd_sigset *old);
long thrum_bsd_lwp_self(void);
long thrum_bsd_lwp_kill(int tid, int signal);
long thrum_bsd_lwp_setname(int tid, const char *name);
long thrum_bsd_sched_getaffinity(int process, int tid, size_t size, void *mask);
long thrum_bsd_sched_setaffinity(int process, int tid, size_t size, const void *mask);

bool thrum_netbsd_is_10(void)
{
    enum { UNKNOWN, NEW, OLD };
    static uint32_t answer;
    uint32_t known = __atomic_load_n(&answer, __ATOMIC_RELAXED);
    if (known == UNKNOWN) {
        int revision = 0;
        bool told = thrum_bsd_sysctl_number(CTL_KERN, KERN_OSREV, &revision);
        known = told && revision >= NETBSD_10 ? NEW : OLD;
        __atomic_store_n(&answer, known, __ATOMIC_RELAXED); /* each caller finds the same */
    }
    return known == NEW;
}

long thrum_bsd_set_thread_pointer(void *pointer)
{
    return thrum_bsd_lwp_setprivate(pointer);
}

void *thrum_bsd_get_thread_pointer(void)
{
    long pointer = thrum_bsd_lwp_getprivate();
    return pointer < 0 && pointer >= -4095 ? NULL : (void *)pointer;
}

long thrum_bsd_raw_map(void *address, size_t size, int protection, int flags)
{
    return thrum_bsd_mmap(address, size, protection, flags, -1, 0, 0);
}

long thrum_bsd_set_action(int signal, const struct thrum_bsd_sigaction *action,
                          struct thrum_bsd_sigaction *old)
{
    return thrum_bsd_sigaction_sigtramp(signal, action, old, thrum_netbsd_trampoline,
                                        TRAMPOLINE_WITH_INFO);
}

void thrum_bsd_set_mask(int how, const struct thrum_bsd_sigset *set, struct thrum_bsd_sigset *old)
{
    (void)thrum_bsd_sigprocmask(how, set, old);
}

void thrum_bsd_signal_self(int signal)
{
    (void)thrum_bsd_lwp_kill((int)thrum_bsd_lwp_self(), signal);
}

thrum_status thrum_os_set_name(const struct thrum_os_thread *thread, bool self, const char *name)
{
    if (!self && thrum_os_thread_ended(thread)) /* the id may be another's by now */
        return THRUM_NOT_FOUND;
    long result = thrum_bsd_lwp_setname((int)thrum_os_thread_id(thread), name);
    if (result < 0)
        return result == -THRUM_BSD_ESRCH ? THRUM_NOT_FOUND : THRUM_UNSUPPORTED;
    return THRUM_OK;
}

/* Masks as large as ours, as the kernel's own (256 CPUs), or of few CPUs alone: it refuses some
 * sizes. */
static const unsigned char mask_sizes[] = { sizeof(struct thrum_bsd_cpu_mask), 32, 4 };

long thrum_bsd_get_cpus(uint64_t id, struct thrum_bsd_cpu_mask *mask)
{
    long result = -THRUM_BSD_EINVAL;
    for (size_t i = 0; i < sizeof mask_sizes && result == -THRUM_BSD_EINVAL; i++)
        result = thrum_bsd_sched_getaffinity((int)thrum_bsd_getpid(), (int)id, mask_sizes[i], mask);
    return result;
}

long thrum_bsd_set_cpus(uint64_t id, const struct thrum_bsd_cpu_mask *mask)
{
    long result = -THRUM_BSD_EINVAL;
    for (size_t i = 0; i < sizeof mask_sizes && result == -THRUM_BSD_EINVAL; i++)
        result = thrum_bsd_sched_setaffinity((int)thrum_bsd_getpid(), (int)id, mask_sizes[i], mask);
    return result;
}

uint64_t thrum_bsd_own_id(void)
{
    return (uint64_t)thrum_bsd_lwp_self();
}

/* What tells the kernel that the program is NetBSD's, and for which version it was made: with the
 * calls as they are since that one. */
__asm__(".section .note.netbsd.ident, \"a\", @note\n"
        "    .p2align 2\n"
        "    .long 7, 4, 1\n"
        "    .asciz \"NetBSD\"\n"
        "    .p2align 2\n"
        "    .long 1000000000\n"
        ".section .note.netbsd.pax, \"a\", @note\n"
        "    .p2align 2\n"
        "    .long 4, 4, 3\n"
        "    .asciz \"PaX\"\n"
        "    .long 0\n");
