/* Linux on x86-64, for thread_linux.c: the numbers that linux_x86_64.h does not have. */
#ifndef THRUM_TEST_THREAD_LINUX_X86_64_H
#define THRUM_TEST_THREAD_LINUX_X86_64_H

enum {
    CALL_MINCORE = 27,
    CALL_MKDIR = 83,
    CALL_RMDIR = 84,
    CALL_SETRESUID = 117,
    CALL_SETRESGID = 119,
    CALL_MLOCKALL = 151,
    CALL_MUNLOCKALL = 152,
    CALL_MOUNT = 165,
    CALL_SCHED_GETAFFINITY = 204,
    CALL_CLOCK_GETTIME = 228,
    CALL_UNSHARE = 272
};

#endif
