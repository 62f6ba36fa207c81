/* OpenBSD's part of a control block. */
#ifndef THRUM_OS_OPENBSD_THREAD_H
#define THRUM_OS_OPENBSD_THREAD_H

#include <stddef.h>

#include "os/fork_visible.h"
#include "thrum/private.h"

/* Mappings count against the limit of a process's data (RLIMIT_DATA), 128 MiB for the first of
 * them: what Linux gives would be 16 threads. The system's own library gives half as much. */
#define THRUM_OS_STACK_DEFAULT ((size_t)1 << 20)

/* The thread's own word until its last call; 0 is the kernel's, when it is off its stack
 * (__threxit). */
enum { THRUM_BSD_RUNS = 1, THRUM_BSD_ENDS = 2 };

#define THRUM_OS_MAY_LACK_AUXV 1

struct thrum_os_thread {
    THRUM_FORK_VISIBLE int32_t tid; /* written by the kernel before the thread runs (__tfork) */
    THRUM_FORK_VISIBLE thrum_private_word live;
    THRUM_FORK_VISIBLE uint32_t number; /* its part of lock ids */
    THRUM_FORK_VISIBLE bool own;        /* made by us */
};

void thrum_bsd_ending(struct thrum_os_thread *thread);

/* What os.h declares and is nothing here, seen by compilers. */
static inline size_t thrum_os_stack_overhead(void)
{
    return 0;
}

#endif
