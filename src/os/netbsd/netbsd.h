/* NetBSD 7 and later (sys/kern/syscalls.master, sys/sys/{signal,siginfo,ucontext,lwp}.h). */
#ifndef THRUM_OS_NETBSD_NETBSD_H
#define THRUM_OS_NETBSD_NETBSD_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the kernel is NetBSD 10 or later. Asked of the kernel once, not tried: for a call that it
 * does not know it sends SIGSYS. Development kernels between the two (9.99) count as older. */
bool thrum_netbsd_is_10(void);

#define THRUM_BSD_CALLS(CALL)     \
    CALL(exit, 1)                 \
    CALL(write, 4)                \
    CALL(getpid, 20)              \
    CALL(munmap, 73)              \
    CALL(mprotect, 74)            \
    CALL(mincore, 78)             \
    CALL(fcntl, 92)               \
    CALL(futex, 166)              \
    CALL(getrlimit, 194)          \
    CALL(mmap, 197)               \
    CALL(sysctl, 202)             \
    CALL(sigaltstack, 281)        \
    CALL(sigprocmask, 293)        \
    CALL(getcontext, 307)         \
    CALL(lwp_create, 309)         \
    CALL(lwp_exit, 310)           \
    CALL(lwp_self, 311)           \
    CALL(lwp_wait, 312)           \
    CALL(lwp_continue, 314)       \
    CALL(lwp_getprivate, 316)     \
    CALL(lwp_setprivate, 317)     \
    CALL(lwp_kill, 318)           \
    CALL(lwp_unpark, 321)         \
    CALL(lwp_setname, 323)        \
    CALL(sigaction_sigtramp, 340) \
    CALL(sched_setaffinity, 348)  \
    CALL(sched_getaffinity, 349)  \
    CALL(sched_yield, 350)        \
    CALL(clock_gettime, 427)      \
    CALL(nanosleep, 430)          \
    CALL(openat, 468)             \
    CALL(lwp_park, 478)
#define THRUM_BSD_PIN(name, number) ""

enum { THRUM_BSD_CLOCK_MONOTONIC = 3, THRUM_BSD_MAP_STACK = 0, THRUM_BSD_KERN_ARND = 81 };
enum { THRUM_BSD_AT_RANDOM = 0 };

#define THRUM_BSD_SIGSET_WORDS 4
#define THRUM_BSD_SIGACTION_MEMBERS \
    uintptr_t handler;              \
    struct thrum_bsd_sigset mask;   \
    int flags;
#define THRUM_BSD_SIGINFO_MEMBERS   \
    int signal, code, error, spare; \
    uintptr_t address;

#endif
