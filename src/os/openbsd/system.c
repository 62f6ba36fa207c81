/* What is OpenBSD's own of calls that all BSDs have. Compiled without stack protector. */
#include "os/bsd/bsd.h"
#include "os/used.h"

enum { CTL_HW = 6, HW_NCPU = 3, HW_NCPUONLINE = 25 };
enum { CTL_KERN = 1, KERN_OSREV = 3, NAMES_SINCE = 202304 /* OpenBSD 7.3 */ };

long thrum_bsd_set_tcb(void *tcb);
long thrum_bsd_get_tcb(void);
long thrum_bsd_mmap(void *address, size_t size, int protection, int flags, int fd, int64_t offset);
long thrum_bsd_sigaction(int signal, const struct thrum_bsd_sigaction *action,
                         struct thrum_bsd_sigaction *old);
long thrum_bsd_sigprocmask(int how, uint32_t set); /* answers the old one */
long thrum_bsd_getthrid(void);
long thrum_bsd_thrkill(int tid, int signal, void *tcb);
long thrum_bsd_setthrname(int tid, const char *name);

long thrum_bsd_set_thread_pointer(void *pointer)
{
    return thrum_bsd_set_tcb(pointer);
}

void *thrum_bsd_get_thread_pointer(void)
{
    long pointer = thrum_bsd_get_tcb();
    return pointer < 0 && pointer >= -4095 ? NULL : (void *)pointer;
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
    /* nothing more blocked is how the mask is asked for */
    long before = thrum_bsd_sigprocmask(set != NULL ? how : THRUM_BSD_SIG_BLOCK,
                                        set != NULL ? set->words[0] : 0);
    if (old != NULL && before >= 0)
        old->words[0] = (uint32_t)before;
}

void thrum_bsd_signal_self(int signal)
{
    (void)thrum_bsd_thrkill((int)thrum_bsd_getthrid(), signal, NULL);
}

/* Asked, not tried: a kernel sends SIGSYS for a call that it does not know. */
static bool has_names(void)
{
    int revision = 0;
    return thrum_bsd_sysctl_number(CTL_KERN, KERN_OSREV, &revision) && revision >= NAMES_SINCE;
}

thrum_status thrum_os_set_name(const struct thrum_os_thread *thread, bool self, const char *name)
{
    char shown[24] = { 0 }; /* _MAXCOMLEN, with its end */
    for (size_t i = 0; i < sizeof shown - 1 && name[i] != '\0'; i++)
        shown[i] = name[i];
    if (!self && thrum_os_thread_ended(thread)) /* the id may be another's by now */
        return THRUM_NOT_FOUND;
    if (!has_names())
        return THRUM_UNSUPPORTED;
    long result = thrum_bsd_setthrname((int)thrum_os_thread_id(thread), shown);
    if (result < 0)
        return result == -THRUM_BSD_ESRCH ? THRUM_NOT_FOUND : THRUM_UNSUPPORTED;
    return THRUM_OK;
}

unsigned thrum_os_cpu_count(void)
{
    int count;
    if (!thrum_bsd_sysctl_number(CTL_HW, HW_NCPUONLINE, &count) &&
        !thrum_bsd_sysctl_number(CTL_HW, HW_NCPU, &count))
        count = 1;
    return count > 0 ? (unsigned)count : 1;
}

/* There is no mincore(2), and a page that is read is made. */
enum thrum_os_residence thrum_os_resident(void *address, size_t size, unsigned char *answers)
{
    (void)address, (void)size, (void)answers;
    return THRUM_OS_UNTOLD;
}

/* What tells the kernel that the program is OpenBSD's. */
__asm__(".section .note.openbsd.ident, \"a\", @note\n"
        "    .p2align 2\n"
        "    .long 8, 4, 1\n"
        "    .asciz \"OpenBSD\"\n"
        "    .long 0\n");
