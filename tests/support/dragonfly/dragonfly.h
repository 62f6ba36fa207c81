/* What tests on DragonFly call beside the library (sys/kern/syscalls.master). */
#ifndef THRUM_TEST_DRAGONFLY_H
#define THRUM_TEST_DRAGONFLY_H

#define TEST_BSD_CALLS(CALL) \
    CALL(fork, 2)            \
    CALL(getppid, 39)        \
    CALL(setrlimit, 195)     \
    CALL(read, 3)            \
    CALL(open, 5)            \
    CALL(close, 6)           \
    CALL(wait4, 7)           \
    CALL(kill, 37)           \
    CALL(setitimer, 83)      \
    CALL(dup2, 90)           \
    CALL(poll, 209)

enum { TEST_BSD_CHOOSES_CPUS = 1, TEST_BSD_TELLS_RESIDENT = 1 };
enum { TEST_BSD_SIGNALS = 128 };

static inline long test_bsd_mapped(const void *address, size_t size)
{
    char answer;
    return thrum_bsd_mincore(address, size, &answer);
}
#define TEST_BSD_MAPPED test_bsd_mapped

#endif
