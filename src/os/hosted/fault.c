/* Faults on alternate signal stacks (POSIX): the overflow check sees each first, the rest go where
 * they would have gone. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "os/hosted/hosted.h"

static void (*THRUM_FORK_VISIBLE overflow_check)(uintptr_t address, bool unmapped);
static struct sigaction before[2]; /* of SIGSEGV and SIGBUS */
static uint32_t spent[2];          /* they had SA_RESETHAND, and have run */
static bool installed;             /* ours for SIGSEGV, which `before` is not then */

size_t thrum_os_fault_stack_size(void)
{
    size_t page = thrum_os_page_size();
    return (thrum_hosted_signal_frame() + 12288 + page - 1) & ~(page - 1);
}

bool thrum_os_fault_stack(const struct thrum_os_fault_stack *stack,
                          struct thrum_os_fault_stack *earlier)
{
    stack_t next = { .ss_sp = stack->base, .ss_size = stack->size }, old = { .ss_size = 0 };
    next.ss_flags = stack->base == NULL ? SS_DISABLE : (int)stack->flags;
    int kept = errno;
    bool done = sigaltstack(&next, &old) == 0;
    errno = kept;
    if (done && earlier != NULL)
        *earlier =
            (old.ss_flags & SS_DISABLE) != 0
                ? (struct thrum_os_fault_stack){ NULL, 0, 0 }
                : (struct thrum_os_fault_stack){ old.ss_sp, old.ss_size, (unsigned)old.ss_flags };
    return done;
}

static bool is_handler(const struct sigaction *old)
{
    return (old->sa_flags & SA_SIGINFO) ||
           (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN);
}

/* As if ours had not been there, but on the alternate stack: a handler of the program's is called, under
 * its mask, once if it is for once; else the default is put back and the instruction faults again. */
static void pass_on(int signal, siginfo_t *info, void *context)
{
    const struct sigaction *old = &before[signal == SIGBUS];
    bool sent = thrum_hosted_fault(info) == THRUM_HOSTED_SENT; /* nothing would fault again */
    bool has_run = is_handler(old) && ((unsigned)old->sa_flags & (unsigned)SA_RESETHAND) != 0 &&
                   __atomic_exchange_n(&spent[signal == SIGBUS], 1, __ATOMIC_RELAXED) != 0;
    if (!is_handler(old) || has_run) {
        if (sent && !has_run && old->sa_handler == SIG_IGN)
            return;
        struct sigaction none = { 0 };
        none.sa_handler = SIG_DFL;
        (void)sigaction(signal, &none, NULL);
        if (sent)
            (void)pthread_kill(pthread_self(), signal);
        return;
    }
    sigset_t mask = old->sa_mask, kept;
    if (!(old->sa_flags & SA_NODEFER))
        sigaddset(&mask, signal);
    (void)pthread_sigmask(SIG_BLOCK, &mask, &kept);
    if (old->sa_flags & SA_SIGINFO)
        old->sa_sigaction(signal, info, context);
    else
        old->sa_handler(signal);
    (void)pthread_sigmask(SIG_SETMASK, &kept, NULL);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
    int kept = errno;
    enum thrum_hosted_fault fault = thrum_hosted_fault(info);
    if (fault != THRUM_HOSTED_SENT)
        overflow_check((uintptr_t)info->si_addr, fault == THRUM_HOSTED_UNMAPPED);
    pass_on(signal, info, context);
    errno = kept;
}

thrum_status thrum_os_catch_faults(void (*overflow)(uintptr_t address, bool unmapped))
{
    struct sigaction action = { 0 };
    thrum_status status = THRUM_OK;
    int kept = errno;
    action.sa_sigaction = on_fault;
    action.sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_NODEFER);
    sigemptyset(&action.sa_mask);
    /* release: before the handlers that call it */
    __atomic_store_n(&overflow_check, overflow, __ATOMIC_RELEASE);
    if (!installed && sigaction(SIGSEGV, &action, &before[0]) != 0) {
        status = THRUM_SYSTEM;
    } else if (sigaction(SIGBUS, &action, &before[1]) != 0) {
        installed = sigaction(SIGSEGV, &before[0], NULL) != 0;
        status = THRUM_SYSTEM;
    }
    errno = kept;
    return status;
}
