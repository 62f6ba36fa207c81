/* FreeBSD 12 and later (sys/kern/syscalls.master, sys/sys/{signal,thr,umtx,_umtx}.h). */
#ifndef THRUM_OS_FREEBSD_FREEBSD_H
#define THRUM_OS_FREEBSD_FREEBSD_H

#include <stdint.h>

#include THRUM_BSD_SYSTEM_CPU_FILE

#define THRUM_BSD_CALLS(CALL)     \
    CALL(exit, 1)                 \
    CALL(write, 4)                \
    CALL(getpid, 20)              \
    CALL(sigaltstack, 53)         \
    CALL(munmap, 73)              \
    CALL(mprotect, 74)            \
    CALL(mincore, 78)             \
    CALL(fcntl, 92)               \
    CALL(getrlimit, 194)          \
    CALL(sysctl, 202)             \
    CALL(clock_gettime, 232)      \
    CALL(nanosleep, 240)          \
    CALL(sched_yield, 331)        \
    CALL(sigprocmask, 340)        \
    CALL(sigaction, 416)          \
    CALL(thr_exit, 431)           \
    CALL(thr_self, 432)           \
    CALL(thr_kill, 433)           \
    CALL(umtx_op, 454)            \
    CALL(thr_new, 455)            \
    CALL(thr_set_name, 464)       \
    CALL(mmap, 477)               \
    CALL(cpuset_getaffinity, 487) \
    CALL(cpuset_setaffinity, 488) \
    CALL(openat, 499)             \
    THRUM_FREEBSD_CPU_CALLS(CALL)
#define THRUM_BSD_PIN(name, number) ""

/* MAP_STACK (0x400) is another thing here: a mapping that grows. */
enum { THRUM_BSD_CLOCK_MONOTONIC = 4, THRUM_BSD_MAP_STACK = 0, THRUM_BSD_KERN_ARND = 37 };
enum { THRUM_BSD_AT_RANDOM = 16 /* AT_CANARY */ };

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
