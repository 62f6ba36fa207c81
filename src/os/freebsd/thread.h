/* FreeBSD's part of a control block. */
#ifndef THRUM_OS_FREEBSD_THREAD_H
#define THRUM_OS_FREEBSD_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/fork_visible.h"

#define THRUM_OS_MAY_LACK_AUXV 1

struct thrum_os_thread {
    THRUM_FORK_VISIBLE int64_t tid; /* written by the kernel before the thread runs (thr_new) */
    THRUM_FORK_VISIBLE int64_t
        ended; /* 1, by the kernel, with a wake, when the thread is off its stack (thr_exit) */
    THRUM_FORK_VISIBLE uint32_t number; /* its part of lock ids */
    THRUM_FORK_VISIBLE bool own;        /* made by us */
};

/* What os.h declares and is nothing here, seen by compilers. */
static inline size_t thrum_os_stack_overhead(void)
{
    return 0;
}

#endif
