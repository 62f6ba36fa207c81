/* Faults on alternate signal stacks (POSIX): the overflow check sees each first, the rest go where
 * they would have gone. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>

#include "os/hosted/hosted.h"

static void (*THRUM_FORK_VISIBLE overflow_check)(uintptr_t address, bool unmapped);
static struct sigaction before[2]; /* of SIGSEGV and SIGBUS */
static bool installed;             /* ours for SIGSEGV, which `before` is not then */

size_t thrum_os_fault_stack_size(void)
{
    size_t page = thrum_os_page_size();
    return (thrum_hosted_signal_frame() + 12288 + page - 1) & ~(page - 1);
}

bool thrum_os_fault_stack(void *base, size_t size)
{
    stack_t stack = { .ss_sp = base, .ss_size = size, .ss_flags = base == NULL ? SS_DISABLE : 0 };
    int kept = errno;
    bool done = sigaltstack(&stack, NULL) == 0;
    errno = kept;
    return done;
}

/* As if ours had not been there: a handler of the program's is called, under its mask; else the
 * default is put back and the instruction faults again. */
static void pass_on(int signal, siginfo_t *info, void *context)
{
    const struct sigaction *old = &before[signal == SIGBUS];
    bool sent = thrum_hosted_fault(info) == THRUM_HOSTED_SENT; /* nothing would fault again */
    if (!(old->sa_flags & SA_SIGINFO) &&
        (old->sa_handler == SIG_DFL || old->sa_handler == SIG_IGN)) {
        if (sent && old->sa_handler == SIG_IGN)
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
