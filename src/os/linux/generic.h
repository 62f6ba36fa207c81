/* Linux's CPUs that came after 2.6 share these (include/uapi/asm-generic/unistd.h). */
#ifndef THRUM_OS_LINUX_GENERIC_H
#define THRUM_OS_LINUX_GENERIC_H

enum {
    THRUM_LINUX_OPENAT = 56,
    THRUM_LINUX_CLOSE = 57,
    THRUM_LINUX_READ = 63,
    THRUM_LINUX_WRITE = 64,
    THRUM_LINUX_EXIT = 93,
    THRUM_LINUX_EXIT_GROUP = 94,
    THRUM_LINUX_SCHED_SETAFFINITY = 122,
    THRUM_LINUX_SCHED_GETAFFINITY = 123,
    THRUM_LINUX_SCHED_YIELD = 124,
    THRUM_LINUX_TGKILL = 131,
    THRUM_LINUX_SIGALTSTACK = 132,
    THRUM_LINUX_RT_SIGACTION = 134,
    THRUM_LINUX_RT_SIGPROCMASK = 135,
    THRUM_LINUX_PRCTL = 167,
    THRUM_LINUX_GETPID = 172,
    THRUM_LINUX_GETTID = 178,
    THRUM_LINUX_MUNMAP = 215,
    THRUM_LINUX_MMAP = 222,
    THRUM_LINUX_MPROTECT = 226,
    THRUM_LINUX_MINCORE = 232,
    THRUM_LINUX_MADVISE = 233,
    THRUM_LINUX_PRLIMIT64 = 261,
    THRUM_LINUX_GETRANDOM = 278
};

/* The calls with 64-bit times: the first ones where a long has 64 bits. */
enum {
    THRUM_LINUX_FUTEX = sizeof(long) == 8 ? 98 : 422,
    THRUM_LINUX_CLOCK_GETTIME = sizeof(long) == 8 ? 113 : 403,
    THRUM_LINUX_CLOCK_NANOSLEEP = sizeof(long) == 8 ? 115 : 407
};

/* struct sigaction of those whose handlers return by a way of the kernel's own: it names no
 * restorer. Where an emulator (qemu 7.2) believes that there is one, it writes a word more. */
#define THRUM_LINUX_MEMBERS_WITHOUT_RESTORER \
    uintptr_t handler;                       \
    unsigned long flags;                     \
    struct thrum_linux_sigset mask;          \
    uintptr_t spare;

#endif
