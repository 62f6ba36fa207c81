/* NetBSD's part of a control block. */
#ifndef THRUM_OS_NETBSD_THREAD_H
#define THRUM_OS_NETBSD_THREAD_H

#include "os/fork_visible.h"
#include "thrum/private.h"

/* RUNS and ENDS are the thread's own words; GONE is that of whoever has waited for it (_lwp_wait).
 */
enum { THRUM_BSD_GONE = 0, THRUM_BSD_RUNS = 1, THRUM_BSD_ENDS = 2 };

#define THRUM_OS_MAY_LACK_AUXV 1

struct thrum_os_thread {
    THRUM_FORK_VISIBLE int32_t tid; /* written by the kernel before the thread runs */
    THRUM_FORK_VISIBLE thrum_private_word live;
    THRUM_FORK_VISIBLE uint32_t number; /* its part of lock ids */
    THRUM_FORK_VISIBLE bool own;        /* made by us */
};

/* What os.h declares and is nothing here, seen by compilers. */
static inline size_t thrum_os_stack_overhead(void)
{
    return 0;
}

#endif
