/* DragonFly 6, and 5.9 (sys/kern/syscalls.master, sys/sys/{signal,lwp,tls}.h). */
#ifndef THRUM_OS_DRAGONFLY_DRAGONFLY_H
#define THRUM_OS_DRAGONFLY_DRAGONFLY_H

#include <stdint.h>

#define THRUM_BSD_CALLS(CALL)  \
    CALL(exit, 1)              \
    CALL(write, 4)             \
    CALL(getpid, 20)           \
    CALL(sigaltstack, 53)      \
    CALL(munmap, 73)           \
    CALL(mprotect, 74)         \
    CALL(mincore, 78)          \
    CALL(fcntl, 92)            \
    CALL(getrlimit, 194)       \
    CALL(mmap, 197)            \
    CALL(sysctl, 202)          \
    CALL(clock_gettime, 232)   \
    CALL(nanosleep, 240)       \
    CALL(sched_yield, 331)     \
    CALL(sigprocmask, 340)     \
    CALL(sigaction, 342)       \
    CALL(umtx_sleep, 469)      \
    CALL(umtx_wakeup, 470)     \
    CALL(set_tls_area, 472)    \
    CALL(get_tls_area, 473)    \
    CALL(extexit, 494)         \
    CALL(lwp_create, 495)      \
    CALL(lwp_gettid, 496)      \
    CALL(lwp_kill, 497)        \
    CALL(openat, 504)          \
    CALL(lwp_setname, 542)     \
    CALL(lwp_setaffinity, 544) \
    CALL(lwp_getaffinity, 545) \
    CALL(getrandom, 550)
#define THRUM_BSD_PIN(name, number) ""

/* MAP_STACK (0x400) is another thing here: a mapping that grows. */
enum { THRUM_BSD_CLOCK_MONOTONIC = 4, THRUM_BSD_MAP_STACK = 0 };
enum { THRUM_BSD_AT_RANDOM = 0 };

long thrum_dragonfly_random(void *buffer, unsigned long size);
#define THRUM_BSD_RANDOM thrum_dragonfly_random

#define THRUM_BSD_SIGSET_WORDS 4
#define THRUM_BSD_SIGACTION_MEMBERS \
    uintptr_t handler;              \
    int flags;                      \
    struct thrum_bsd_sigset mask;
#define THRUM_BSD_SIGINFO_MEMBERS           \
    int signal, error, code, process, user; \
    int status;                             \
    uintptr_t address;

#endif
