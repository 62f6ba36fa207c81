/* What must not go past a libc, where there is none. */
#include <asm/signal.h>

#include "linux.h"

bool linux_handle(int signal, void (*handler)(int signal), unsigned flags)
{
    /* SIGINFO, because the library's way back from a handler is that of handlers with one. */
    unsigned kernel_flags = THRUM_LINUX_SA_SIGINFO;
    if (flags & SYSTEM_RESTART)
        kernel_flags |= THRUM_LINUX_SA_RESTART;
    if (flags & SYSTEM_ON_ALTERNATE_STACK)
        kernel_flags |= THRUM_LINUX_SA_ONSTACK;
    if (flags & SYSTEM_ONCE)
        kernel_flags |= THRUM_LINUX_SA_RESETHAND;
    struct thrum_linux_sigaction action = thrum_linux_action((uintptr_t)handler, kernel_flags);
    return thrum_linux_sigaction(signal, &action, NULL) == 0;
}

void (*linux_handler(int signal))(int signal)
{
    struct thrum_linux_sigaction action;
    if (thrum_linux_sigaction(signal, NULL, &action) != 0)
        return NULL;
    return (void (*)(int))action.handler;
}

/* Some CPUs tell that it is the child in a register of its own (sparc), so the id is asked, too. */
long linux_fork(void)
{
    uint64_t before = system_process_id();
#ifdef __NR_fork
    long child = thrum_linux_call1(__NR_fork, 0);
#else
    long child = thrum_linux_call2(__NR_clone, SIGCHLD, 0);
#endif
    return system_process_id() == before ? child : 0;
}

enum linux_libc linux_libc(void)
{
    return LINUX_BARE;
}

void linux_warm_libc(void)
{
}
