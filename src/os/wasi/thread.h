/* WASI's part of a control block, and what of it the assembly in thread.S reads. */
#ifndef THRUM_OS_WASI_THREAD_H
#define THRUM_OS_WASI_THREAD_H

#define THRUM_WASI_STACK_AT 0
#define THRUM_WASI_POINTER_AT 4
#define THRUM_WASI_LIVE_AT 8

#ifndef __ASSEMBLER__

#include "thrum/private.h"

struct thrum_os_thread {
    void *stack;   /* where the new thread's stack and thread pointer start out */
    void *pointer; /* the same, of its TLS image */
    thrum_private_word
        live; /* 1 from before the birth until the thread's last step, in thread.S, when
                                it uses neither its stack nor its TLS any more */
};

_Static_assert(offsetof(struct thrum_os_thread, stack) == THRUM_WASI_STACK_AT &&
                   offsetof(struct thrum_os_thread, pointer) == THRUM_WASI_POINTER_AT &&
                   offsetof(struct thrum_os_thread, live) == THRUM_WASI_LIVE_AT,
               "thread.S finds them there");

/* A worker thread of an engine is no small thing, and memory that has grown never shrinks. */
#define THRUM_OS_STACK_DEFAULT ((size_t)256 << 10)
/* Nothing takes access from memory here. */
#define THRUM_OS_GUARD_MARKS 1

#define THRUM_OS_MAIN_STACK_FIXED 1

/* What os.h declares and is nothing here, seen by compilers. */
static inline size_t thrum_os_stack_overhead(void)
{
    return 0;
}

static inline uint64_t thrum_os_lock_id_owner(uint32_t part)
{
    return part;
}

#endif
#endif
