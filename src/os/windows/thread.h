/* Windows' part of a control block. */
#ifndef THRUM_OS_WINDOWS_THREAD_H
#define THRUM_OS_WINDOWS_THREAD_H

#include "thrum/private.h"

#define THRUM_OS_GIVES_STACKS 1
#define THRUM_OS_ENDS_LATE 1 /* by callbacks of other libraries */
#define THRUM_OS_MAIN_STACK_FIXED 1

struct thrum_os_thread {
    void *handle;             /* of the thread; closed when it is gone */
    uint32_t id;              /* the system's, written by the thread itself before `known` */
    uint32_t number;          /* its part of lock ids: ids do not fit there */
    thrum_private_word known; /* whether `id` and the stack's place are there; see thread.c */
    thrum_private_word held;  /* whether `handle` is there */
    thrum_private_word live;  /* the leader: 1 until it is declared gone; bit 31: awaited */
    thrum_private_word looks; /* at its stack just now; bit 31: it is on its way out */
    bool own;                 /* made by us */
    bool leader;              /* the process's first thread */
    bool finished;            /* it has taken thrum's last step */
    void *kept_stack[3];      /* the system's idea of its stack, while it is on another (fault.c) */
    void *areas;              /* what emutls.c has of memory for it, a list */
    void **variables;         /* and where its variables are, by number */
    uint32_t variable_count;
};

/* What os.h declares and is nothing here, seen by compilers. */
static inline size_t thrum_os_stack_overhead(void)
{
    return 0;
}

#endif
