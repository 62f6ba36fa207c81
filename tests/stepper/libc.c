/* Above a libc: its own calls, which it wants to know of. */
#define _XOPEN_SOURCE 700
#include <signal.h>
#include <unistd.h>

#include "stepper.h"

const bool stepper_has_libc = true;

long stepper_fork(void)
{
    return fork();
}

bool stepper_handle(int signo, void (*handler)(int signo), bool restart)
{
    struct sigaction action = { 0 };
    action.sa_handler = handler != NULL ? handler : SIG_DFL;
    action.sa_flags = restart ? SA_RESTART : 0;
    sigemptyset(&action.sa_mask);
    return sigaction(signo, &action, NULL) == 0;
}
