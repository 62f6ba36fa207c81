/* The hosted system's part of a control block. */
#ifndef THRUM_OS_HOSTED_THREAD_H
#define THRUM_OS_HOSTED_THREAD_H

#include "os/fork_visible.h"
#include "thrum/private.h"
#include "thrum/time.h"

struct thrum_os_thread {
    uintptr_t handle; /* its pthread_t, written by itself */
    void *base;       /* own threads: where in the first frame thrum_exit goes back to */
    uint64_t mask[2]; /* own threads: the signals that wait once it is born */
    THRUM_FORK_VISIBLE thrum_private_word tid;  /* the kernel's id, published by the thread itself;
                                                   see thread.c */
    THRUM_FORK_VISIBLE thrum_private_word live; /* 1 until its last step, then 0; bit 31: somebody
                                                   waits for that */
    uint32_t rounds;                 /* of destructors that its key's has had, see self.c */
    THRUM_FORK_VISIBLE uint32_t own; /* 1: made by us */
    THRUM_FORK_VISIBLE bool let_go;  /* detached there too: nobody joins it, its id tells when it is
                                       gone */
    uint32_t asked;                  /* join_polled.c: how often its id was found, */
    thrum_time asked_first;          /* and when first */
    THRUM_FORK_VISIBLE uint32_t number; /* for lock ids, with THRUM_HOSTED_NUMBERS */
};

/* A thread's end calls thrum_thread_ending when the destructors of C++'s thread_local objects have run,
 * as a libc destroys its own keys' values, however the thread ends. */
#define THRUM_OS_CALLS_ENDING 1

/* 1: ids may not fit into lock ids. */
#ifndef THRUM_HOSTED_NUMBERS
#define THRUM_HOSTED_NUMBERS 0
#endif

/* Other destructors follow ours. */
#define THRUM_OS_ENDS_LATE 1

/* Linux's futex alone moves sleeping threads, and there ids fit. */
#define THRUM_OS_REQUEUES (!THRUM_HOSTED_NUMBERS)

/* In a function that calls one of the program's: an exception that would go past it, and the unwinding by
 * which pthread_exit and pthread_cancel end a thread, ask its personality routine, which reports (process.c).
 * Without unwind tables nothing goes past: the C++ run-time ends the program. */
#ifdef __GCC_HAVE_DWARF2_CFI_ASM
#define THRUM_OS_REPORT_UNWINDING(of) \
    __asm__ volatile(".cfi_personality 0x1b, thrum_hosted_left_" #of) /* pcrel, sdata4 */
#endif

/* What os.h declares and is nothing here, seen by compilers. */
#if !THRUM_HOSTED_NUMBERS
static inline uint64_t thrum_os_lock_id_owner(uint32_t part)
{
    return part; /* it is the kernel's id */
}
#endif

#endif
