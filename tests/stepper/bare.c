/* Where there is no libc: the kernel's own calls. */
#include "stepper.h"

const bool stepper_has_libc = false;

long stepper_fork(void)
{
    enum { SIGCHLD_NO = 17 };
    return thrum_linux_call2(__NR_clone, SIGCHLD_NO, 0);
}

bool stepper_handle(int signo, void (*handler)(int signo), bool restart)
{
    /* SIGINFO, because the library's way back from a handler is that of handlers with one */
    unsigned flags = THRUM_LINUX_SA_SIGINFO | (restart ? THRUM_LINUX_SA_RESTART : 0);
    struct thrum_linux_sigaction action = thrum_linux_action((uintptr_t)handler, flags);
    return thrum_linux_sigaction(signo, &action, NULL) == 0;
}
