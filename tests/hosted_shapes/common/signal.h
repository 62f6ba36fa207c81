#ifndef SHAPE_SIGNAL_H
#define SHAPE_SIGNAL_H

#include <shape.h>

#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGFPE 8
#define SIGBUS 10
#define SIGSEGV 11
#define SIGPIPE 13
#define SIG_BLOCK 1
#define SIG_UNBLOCK 2
#define SIG_SETMASK 3
#define SA_ONSTACK 0x0001
#define SA_RESETHAND 0x0004
#define SA_NODEFER 0x0010
#define SA_SIGINFO 0x0040
#define SS_DISABLE 0x0004
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2

int sigaction(int signal, const struct sigaction *restrict action, struct sigaction *restrict old);
int sigaltstack(const stack_t *restrict stack, stack_t *restrict old);
int sigaddset(sigset_t *set, int signal);
int sigdelset(sigset_t *set, int signal);
int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int pthread_kill(pthread_t thread, int signal);
int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old);

#include <shape_signal.h>

#endif
