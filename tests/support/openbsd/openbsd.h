/* What tests on OpenBSD call beside the library (sys/kern/syscalls.master). */
#ifndef THRUM_TEST_OPENBSD_H
#define THRUM_TEST_OPENBSD_H

#define TEST_BSD_CALLS(CALL) \
    CALL(fork, 2)            \
    CALL(getppid, 39)        \
    CALL(setrlimit, 195)     \
    CALL(read, 3)            \
    CALL(open, 5)            \
    CALL(close, 6)           \
    CALL(wait4, 11)          \
    CALL(setitimer, 69)      \
    CALL(mquery, 78)         \
    CALL(dup2, 90)           \
    CALL(pipe2, 101)         \
    CALL(kill, 122)          \
    CALL(getthrname, 142)    \
    CALL(poll, 252)

enum { TEST_BSD_CHOOSES_CPUS = 0, TEST_BSD_TELLS_RESIDENT = 0 };
enum { TEST_BSD_SIGNALS = 32 };

long test_bsd_mquery(const void *address, size_t size, int protection, int flags, int fd,
                     int64_t offset);

/* The question is whether there is room: there is none where anything is. */
static inline long test_bsd_mapped(const void *address, size_t size)
{
    return test_bsd_mquery(address, size, 1, THRUM_BSD_MAP_FIXED, -1, 0) < 0 ? 0 : -1;
}
#define TEST_BSD_MAPPED test_bsd_mapped

#endif
