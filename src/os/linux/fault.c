/* Faults on alternate signal stacks (sigaltstack(2)): the overflow check sees each first, the rest
 * go where they would have gone. */
#include "os/linux/linux.h"

__asm__(THRUM_LINUX_RESTORER_ASM);
void thrum_linux_restorer(void);

enum { SIGBUS = 7, SIGSEGV = 11, SEGV_MAPERR = 1, SS_DISABLE = 2 };
enum { SA_SIGINFO = 4, SA_ONSTACK = 0x08000000, SA_NODEFER = 0x40000000 };
enum { SIG_SETMASK = 2 };

struct alternate_stack {
    void *base;
    int flags;
    size_t size;
};

/* siginfo_t as far as it is read: the address stands where a pointer is aligned. */
struct fault_info {
    int signal, error, code;
    uintptr_t address;
};

static void (*overflow_check)(uintptr_t address, bool unmapped);
static struct thrum_linux_sigaction before[2]; /* of SIGSEGV and SIGBUS */

size_t thrum_os_fault_stack_size(void)
{
    size_t page = thrum_linux_process.page_size;
    return (thrum_linux_process.signal_stack + 8192 + page - 1) & ~(page - 1);
}

bool thrum_os_fault_stack(void *base, size_t size)
{
    struct alternate_stack stack = { base, base == NULL ? SS_DISABLE : 0, size };
    return thrum_linux_call2(THRUM_LINUX_SIGALTSTACK, &stack, NULL) == 0;
}

static long set_action(int signal, const struct thrum_linux_sigaction *action,
                       struct thrum_linux_sigaction *old)
{
    return thrum_linux_call4(THRUM_LINUX_RT_SIGACTION, signal, action, old, sizeof(uint64_t));
}

/* As if ours had not been there: a handler of the program's is called, under its mask; else the
 * default is put back and the instruction faults again. */
static void pass_on(int signal, struct fault_info *info, void *context)
{
    const struct thrum_linux_sigaction *old = &before[signal == SIGBUS];
    if (old->handler <= 1) { /* SIG_DFL; SIG_IGN, which a true fault does not heed */
        if (info->code <= 0 && old->handler == 1)
            return;
        struct thrum_linux_sigaction none = { 0 };
        set_action(signal, &none, NULL);
        if (info->code <= 0) /* somebody's kill(2): nothing would fault again */
            thrum_linux_call3(THRUM_LINUX_TGKILL, thrum_linux_call1(THRUM_LINUX_GETPID, 0),
                              thrum_linux_call1(THRUM_LINUX_GETTID, 0), signal);
        return;
    }
    uint64_t mask = old->mask, kept;
    if (!(old->flags & SA_NODEFER))
        mask |= (uint64_t)1 << (signal - 1);
    thrum_linux_call4(THRUM_LINUX_RT_SIGPROCMASK, 0, &mask, &kept, sizeof mask);
    if (old->flags & SA_SIGINFO)
        ((void (*)(int, struct fault_info *, void *))old->handler)(signal, info, context);
    else
        ((void (*)(int))old->handler)(signal);
    thrum_linux_call4(THRUM_LINUX_RT_SIGPROCMASK, SIG_SETMASK, &kept, NULL, sizeof mask);
}

static void on_fault(int signal, struct fault_info *info, void *context)
{
    if (info->code > 0)
        overflow_check(info->address, info->code == SEGV_MAPERR);
    pass_on(signal, info, context);
}

thrum_status thrum_os_catch_faults(void (*overflow)(uintptr_t address, bool unmapped))
{
    struct thrum_linux_sigaction action = { 0 };
    action.handler = (uintptr_t)on_fault;
    action.flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | THRUM_LINUX_SA_RESTORER;
    action.restorer = thrum_linux_restorer;
    overflow_check = overflow;
    if (set_action(SIGSEGV, &action, &before[0]) != 0)
        return THRUM_SYSTEM;
    if (set_action(SIGBUS, &action, &before[1]) != 0) {
        set_action(SIGSEGV, &before[0], NULL);
        return THRUM_SYSTEM;
    }
    return THRUM_OK;
}
