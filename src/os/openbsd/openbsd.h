/* OpenBSD 7.5 and later (sys/kern/syscalls.master, sys/sys/{signal,siginfo,proc,futex}.h). */
#ifndef THRUM_OS_OPENBSD_OPENBSD_H
#define THRUM_OS_OPENBSD_OPENBSD_H

#include <stdint.h>

#define THRUM_BSD_CALLS(CALL) \
    CALL(exit, 1)             \
    CALL(write, 4)            \
    CALL(getentropy, 7)       \
    CALL(getpid, 20)          \
    CALL(sigaction, 46)       \
    CALL(sigprocmask, 48)     \
    CALL(mmap, 49)            \
    CALL(munmap, 73)          \
    CALL(mprotect, 74)        \
    CALL(futex, 83)           \
    CALL(clock_gettime, 87)   \
    CALL(nanosleep, 91)       \
    CALL(fcntl, 92)           \
    CALL(thrkill, 119)        \
    CALL(setthrname, 143)     \
    CALL(getrlimit, 194)      \
    CALL(sysctl, 202)         \
    CALL(sigaltstack, 288)    \
    CALL(sched_yield, 298)    \
    CALL(getthrid, 299)       \
    CALL(threxit, 302)        \
    CALL(openat, 321)         \
    CALL(set_tcb, 329)        \
    CALL(get_tcb, 330)
/* The kernel ends a program that makes a call from a place that its table has not for that call. An
 * entry goes where its function goes: no program has one for a call that it has not. */
#define THRUM_BSD_PIN(name, number)                                \
    ".section .openbsd.syscalls,\"o\",%progbits,.text." #name "\n" \
    "    .p2align 2\n"                                             \
    "    .long .Lcall_" #name "\n"                                 \
    "    .long " #number "\n"

/* Every stack pointer in a call must be within MAP_STACK. */
enum { THRUM_BSD_CLOCK_MONOTONIC = 3, THRUM_BSD_MAP_STACK = 0x4000 };
enum { THRUM_BSD_AT_RANDOM = 0 };

long thrum_bsd_getentropy(void *buffer, unsigned long size);
#define THRUM_BSD_RANDOM thrum_bsd_getentropy

#define THRUM_BSD_SIGSET_WORDS 1
#define THRUM_BSD_SIGACTION_MEMBERS \
    uintptr_t handler;              \
    struct thrum_bsd_sigset mask;   \
    int flags;
#define THRUM_BSD_SIGINFO_MEMBERS   \
    int signal, code, error, spare; \
    uintptr_t address;

#endif
