/* What must not go past a libc, by its own calls. */
#include <signal.h>
#include <unistd.h>

#include "../../test.h"
#include "../system.h"

bool linux_handle(int signal, void (*handler)(int signal), unsigned flags);
void (*linux_handler(int signal))(int signal);
long linux_fork(void);

bool linux_handle(int signal, void (*handler)(int signal), unsigned flags)
{
    struct sigaction action = { 0 };
    action.sa_handler = handler != NULL ? handler : SIG_DFL;
    action.sa_flags = (flags & SYSTEM_RESTART ? SA_RESTART : 0) |
                      (flags & SYSTEM_ON_ALTERNATE_STACK ? SA_ONSTACK : 0);
    sigemptyset(&action.sa_mask);
    return sigaction(signal, &action, NULL) == 0;
}

void (*linux_handler(int signal))(int signal)
{
    struct sigaction action;
    if (sigaction(signal, NULL, &action) != 0)
        return NULL;
    return action.sa_handler != SIG_DFL ? action.sa_handler : NULL;
}

long linux_fork(void)
{
    return fork();
}
