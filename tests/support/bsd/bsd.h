/* The kernel's calls for this folder: those of the library, by its own functions, and a few more,
 * whose numbers a system's header has:
 *
 *   TEST_BSD_CALLS(CALL)     CALL(name, number): fork, read, open, close, wait4, getppid,
 *   setrlimit, kill, dup2, pipe2, poll,
 *                            setitimer, and the system's own
 *   TEST_BSD_CHOOSES_CPUS, _TELLS_RESIDENT   whether the system does
 *   TEST_BSD_SIGNALS         how many signals there are
 *   TEST_BSD_MAPPED(address, size)   0 if there is a mapping at each page of the range */
#ifndef THRUM_TEST_BSD_H
#define THRUM_TEST_BSD_H

#include "../../test.h"
#include "../thread_system.h"
#include "os/bsd/bsd.h"

#include TEST_BSD_SYSTEM_FILE

enum { PROT_READ_AND_WRITE = 3, MAP_SHARED = 1 };

long test_bsd_fork(void);
long test_bsd_read(int fd, void *buffer, size_t size);
long test_bsd_open(const char *path, int flags, int mode);
long test_bsd_close(int fd);
long test_bsd_wait4(int process, int *status, int options, void *usage);
long test_bsd_getppid(void);
long test_bsd_kill(int process, int signal);
long test_bsd_dup2(int fd, int target);
long test_bsd_pipe2(int fds[2], int flags);
long test_bsd_poll(void *wanted, unsigned count, int timeout_ms);
long test_bsd_setrlimit(int resource, const uint64_t limit[2]);
long test_bsd_setitimer(int which, const void *timer, void *old);

static inline bool refused(long result)
{
    return (unsigned long)result > -4096ul;
}

#endif
