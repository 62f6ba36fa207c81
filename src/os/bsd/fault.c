/* Faults on alternate signal stacks (sigaltstack(2)): the overflow check sees each first, the rest
 * go where they would have gone. */
#include "os/bsd/bsd.h"

enum { SIGBUS = THRUM_BSD_SIGBUS, SIGSEGV = THRUM_BSD_SIGSEGV };
enum { SEGV_ACCERR = 2, SS_DISABLE = 4, SIGNAL_FRAME = 12288 };

/* A code of the thread's own doing: what others send has one that is not above 0, or (FreeBSD)
 * from here on. */
enum { SENT = 0x10000 };

static bool is_fault(const struct thrum_bsd_siginfo *info)
{
    return info->code > 0 && info->code < SENT;
}

static void (*THRUM_FORK_VISIBLE overflow_check)(uintptr_t address, bool unmapped);
static struct thrum_bsd_sigaction before[2]; /* of SIGSEGV and SIGBUS */
static uint32_t spent[2];                    /* they had SA_RESETHAND, and have run */

size_t thrum_os_fault_stack_size(void)
{
    /* A page more than is used: OpenBSD makes a stack of the whole pages alone. */
    size_t page = thrum_bsd_process.page_size;
    return (SIGNAL_FRAME + 8192 + 2 * page - 1) & ~(page - 1);
}

bool thrum_os_fault_stack(const struct thrum_os_fault_stack *stack,
                          struct thrum_os_fault_stack *earlier)
{
    struct thrum_bsd_stack next = { stack->base, stack->size, (int)stack->flags };
    struct thrum_bsd_stack old = { NULL, 0, SS_DISABLE };
    if (stack->base == NULL)
        next.flags = SS_DISABLE;
    if (thrum_bsd_sigaltstack(&next, &old) != 0)
        return false;
    if (earlier != NULL)
        *earlier = (old.flags & SS_DISABLE) != 0
                       ? (struct thrum_os_fault_stack){ NULL, 0, 0 }
                       : (struct thrum_os_fault_stack){ old.base, old.size, (unsigned)old.flags };
    return true;
}

/* SIG_DFL is 0, SIG_IGN 1. */
static uintptr_t handler_of(const struct thrum_bsd_sigaction *old, uint32_t *is_spent)
{
    if (old->handler <= 1 || !(old->flags & THRUM_BSD_SA_RESETHAND))
        return old->handler;
    return __atomic_exchange_n(is_spent, 1, __ATOMIC_RELAXED) == 0 ? old->handler : 0;
}

/* As if ours had not been there, but on the alternate stack: a handler of the program's is called, under
 * its mask, once if it is for once; else the default is put back and the instruction faults again. */
static void pass_on(int signal, struct thrum_bsd_siginfo *info, void *context)
{
    const struct thrum_bsd_sigaction *old = &before[signal == SIGBUS];
    const uintptr_t handler = handler_of(old, &spent[signal == SIGBUS]);
    bool fault = is_fault(info);
    if (handler <= 1) {
        if (!fault && handler == 1) /* which a true fault does not heed */
            return;
        const struct thrum_bsd_sigaction none = { 0 };
        thrum_bsd_set_action(signal, &none, NULL);
        if (!fault) /* somebody's kill(2): nothing would fault again */
            thrum_bsd_signal_self(signal);
        return;
    }
    struct thrum_bsd_sigset mask = old->mask, kept;
    if (!(old->flags & THRUM_BSD_SA_NODEFER))
        mask.words[0] |= 1u << (signal - 1);
    thrum_bsd_set_mask(THRUM_BSD_SIG_BLOCK, &mask, &kept);
    if (old->flags & THRUM_BSD_SA_SIGINFO)
        ((void (*)(int, struct thrum_bsd_siginfo *, void *))handler)(signal, info, context);
    else
        ((void (*)(int))handler)(signal);
    thrum_bsd_set_mask(THRUM_BSD_SIG_SETMASK, &kept, NULL);
}

static void on_fault(int signal, struct thrum_bsd_siginfo *info, void *context)
{
    if (is_fault(info))
        overflow_check(info->address,
                       info->code != SEGV_ACCERR); /* DragonFly has one code for all */
    pass_on(signal, info, context);
}

thrum_status thrum_os_catch_faults(void (*overflow)(uintptr_t address, bool unmapped))
{
    struct thrum_bsd_sigaction action = { 0 };
    action.handler = (uintptr_t)on_fault;
    action.flags = THRUM_BSD_SA_SIGINFO | THRUM_BSD_SA_ONSTACK | THRUM_BSD_SA_NODEFER;
    /* release: before the handlers that call it */
    __atomic_store_n(&overflow_check, overflow, __ATOMIC_RELEASE);
    if (thrum_bsd_set_action(SIGSEGV, &action, &before[0]) < 0)
        return THRUM_SYSTEM;
    if (thrum_bsd_set_action(SIGBUS, &action, &before[1]) < 0) {
        thrum_bsd_set_action(SIGSEGV, &before[0], NULL);
        return THRUM_SYSTEM;
    }
    return THRUM_OK;
}
