/* What tests on NetBSD call beside the library (sys/kern/syscalls.master). */
#ifndef THRUM_TEST_NETBSD_H
#define THRUM_TEST_NETBSD_H

#define TEST_BSD_CALLS(CALL) \
    CALL(fork, 2)            \
    CALL(getppid, 39)        \
    CALL(setrlimit, 195)     \
    CALL(read, 3)            \
    CALL(open, 5)            \
    CALL(close, 6)           \
    CALL(kill, 37)           \
    CALL(dup2, 90)           \
    CALL(poll, 209)          \
    CALL(lwp_getname, 324)   \
    CALL(setitimer, 425)     \
    CALL(wait4, 449)         \
    CALL(pipe2, 453)

enum { TEST_BSD_CHOOSES_CPUS = 1, TEST_BSD_TELLS_RESIDENT = 1 };
enum { TEST_BSD_SIGNALS = 63 };

static inline long test_bsd_mapped(const void *address, size_t size)
{
    char answer;
    return thrum_bsd_mincore(address, size, &answer);
}
#define TEST_BSD_MAPPED test_bsd_mapped

#endif
