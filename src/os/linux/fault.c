/* Faults on alternate signal stacks (sigaltstack(2)): the overflow check sees each first, the rest
 * go where they would have gone. */
#include "os/linux/linux.h"

#ifdef THRUM_LINUX_RESTORER_ASM
__asm__(THRUM_LINUX_RESTORER_ASM);
#endif

enum { SIGBUS = THRUM_LINUX_SIGBUS, SIGSEGV = THRUM_LINUX_SIGSEGV };
enum { SEGV_MAPERR = 1, SS_DISABLE = 2 };

static void (*THRUM_FORK_VISIBLE overflow_check)(uintptr_t address, bool unmapped);
static struct thrum_linux_sigaction before[2]; /* of SIGSEGV and SIGBUS */
static uint32_t spent[2];                      /* they had SA_RESETHAND, and have run */
static bool installed;                         /* ours for SIGSEGV, which `before` is not then */

size_t thrum_os_fault_stack_size(void)
{
    size_t page = thrum_linux_process.page_size;
    return (thrum_linux_process.signal_stack + 8192 + page - 1) & ~(page - 1);
}

bool thrum_os_fault_stack(const struct thrum_os_fault_stack *stack,
                          struct thrum_os_fault_stack *earlier)
{
    struct thrum_linux_stack next = { .base = stack->base, .size = stack->size }, old = { 0 };
    next.flags = stack->base == NULL ? SS_DISABLE : (int)stack->flags;
    if (thrum_linux_call2(THRUM_LINUX_SIGALTSTACK, &next, &old) != 0)
        return false;
    if (earlier != NULL)
        *earlier = (old.flags & SS_DISABLE) != 0
                       ? (struct thrum_os_fault_stack){ NULL, 0, 0 }
                       : (struct thrum_os_fault_stack){ old.base, old.size, (unsigned)old.flags };
    return true;
}

/* SIG_DFL is 0, SIG_IGN 1. */
static uintptr_t handler_of(const struct thrum_linux_sigaction *old, uint32_t *is_spent)
{
    if (old->handler <= 1 || !(old->flags & THRUM_LINUX_SA_RESETHAND))
        return old->handler;
    return __atomic_exchange_n(is_spent, 1, __ATOMIC_RELAXED) == 0 ? old->handler : 0;
}

/* As if ours had not been there, but on the alternate stack: a handler of the program's is called, under
 * its mask, once if it is for once; else the default is put back and the instruction faults again. */
static void pass_on(int signal, struct thrum_linux_siginfo *info, void *context)
{
    const struct thrum_linux_sigaction *old = &before[signal == SIGBUS];
    const uintptr_t handler = handler_of(old, &spent[signal == SIGBUS]);
    if (handler <= 1) {
        if (info->code <= 0 && handler == 1) /* which a true fault does not heed */
            return;
        struct thrum_linux_sigaction none = { 0 };
        thrum_linux_sigaction(signal, &none, NULL);
        if (info->code <= 0) /* somebody's kill(2): nothing would fault again */
            thrum_linux_call3(THRUM_LINUX_TGKILL, thrum_linux_call1(THRUM_LINUX_GETPID, 0),
                              thrum_linux_call1(THRUM_LINUX_GETTID, 0), signal);
        return;
    }
    struct thrum_linux_sigset mask = old->mask, kept;
    if (!(old->flags & THRUM_LINUX_SA_NODEFER))
        mask.words[0] |= 1ul << (signal - 1);
    thrum_linux_call4(THRUM_LINUX_RT_SIGPROCMASK, THRUM_LINUX_SIG_BLOCK, &mask, &kept, sizeof mask);
    if (old->flags & THRUM_LINUX_SA_SIGINFO)
        ((void (*)(int, struct thrum_linux_siginfo *, void *))handler)(signal, info, context);
    else
        ((void (*)(int))handler)(signal);
    thrum_linux_call4(THRUM_LINUX_RT_SIGPROCMASK, THRUM_LINUX_SIG_SETMASK, &kept, NULL,
                      sizeof mask);
}

static void on_fault(int signal, struct thrum_linux_siginfo *info, void *context)
{
    if (info->code > 0)
        overflow_check(info->address, info->code == SEGV_MAPERR);
    pass_on(signal, info, context);
}

thrum_status thrum_os_catch_faults(void (*overflow)(uintptr_t address, bool unmapped))
{
    const unsigned flags = THRUM_LINUX_SA_SIGINFO | THRUM_LINUX_SA_ONSTACK | THRUM_LINUX_SA_NODEFER;
    const struct thrum_linux_sigaction action = thrum_linux_action((uintptr_t)on_fault, flags);
    /* release: before the handlers that call it */
    __atomic_store_n(&overflow_check, overflow, __ATOMIC_RELEASE);
    if (!installed && thrum_linux_sigaction(SIGSEGV, &action, &before[0]) != 0)
        return THRUM_SYSTEM;
    if (thrum_linux_sigaction(SIGBUS, &action, &before[1]) == 0)
        return THRUM_OK;
    installed = thrum_linux_sigaction(SIGSEGV, &before[0], NULL) != 0;
    return THRUM_SYSTEM;
}
