/* Linux's part of a control block. */
#ifndef THRUM_OS_LINUX_THREAD_H
#define THRUM_OS_LINUX_THREAD_H

#include "os/fork_visible.h"
#include "thrum/private.h"

struct thrum_os_thread {
    THRUM_FORK_VISIBLE uint32_t
        tid; /* written by the kernel before the thread runs (CLONE_PARENT_SETTID) */
    THRUM_FORK_VISIBLE thrum_private_word
        live; /* 1 from before the birth until the kernel clears it,
                                                   with a shared wake, when the thread is off its
                                                   stack (CLONE_CHILD_CLEARTID) */
};

/* What os.h declares and is nothing here, seen by compilers. */
static inline size_t thrum_os_stack_overhead(void)
{
    return 0;
}

static inline uint64_t thrum_os_lock_id_owner(uint32_t part)
{
    return part; /* it is the kernel's id */
}

#endif
