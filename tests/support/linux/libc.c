/* What must not go past a libc, by its own calls. */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "../../test.h"
#include "../system.h"

bool linux_handle(int signal, void (*handler)(int signal), unsigned flags);
void (*linux_handler(int signal))(int signal);
long linux_fork(void);
enum linux_libc { LINUX_BARE = 1, LINUX_GLIBC = 2, LINUX_MUSL = 4 };
enum linux_libc linux_libc(void);
void linux_warm_libc(void);

bool linux_handle(int signal, void (*handler)(int signal), unsigned flags)
{
    struct sigaction action = { 0 };
    action.sa_handler = handler != NULL ? handler : SIG_DFL;
    action.sa_flags = (flags & SYSTEM_RESTART ? SA_RESTART : 0) |
                      (flags & SYSTEM_ON_ALTERNATE_STACK ? SA_ONSTACK : 0) |
                      (flags & SYSTEM_ONCE ? (int)SA_RESETHAND : 0);
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

enum linux_libc linux_libc(void)
{
#ifdef __GLIBC__
    return LINUX_GLIBC;
#else
    return LINUX_MUSL;
#endif
}

static void *end_at_once(void *unused)
{
    return unused;
}

void linux_warm_libc(void)
{
    enum { STACK = 1 << 18 };
    static _Alignas(64) char stack[STACK];
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, sizeof stack);
    if (pthread_create(&thread, &attributes, end_at_once, NULL) == 0)
        pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
}
