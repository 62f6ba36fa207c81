/* The control block: all that thrum knows of a thread, at the thread pointer. Above it, in the same
 * mapping, the key slots; below it (variant II) the TLS image; below all that the copied argument,
 * the stack, the guard (thread/mapping.h). Read this, os/os.h and arch/arch.h, and you know the
 * machine. */
#ifndef THRUM_THREAD_BLOCK_H
#define THRUM_THREAD_BLOCK_H

#include "arch/arch.h"
#include "os/fork_visible.h"
#include "os/os.h"
#include "thrum/mutex.h"
#include "thrum/thread.h"
#include "thrum/tls.h"

/* How the block begins. Where the ABI has words at the thread pointer (variant II), these are they:
 * the block's own address, the DTV, and among the reserved ones the canary. */
struct thrum_block_head {
    void *self;
    void *dtv;
    THRUM_FORK_VISIBLE uint32_t lock_id; /* where inline paths look for it */
    uint32_t reserved;
    thrum_thread *handle; /* of the thread that it is now, see thread/handle.h; NULL: of none */
    uintptr_t abi[3];
};

/* A thread's life, one word:
 *
 *             spawn                 join               gone, joiner reaps
 *   (nothing) -----> 0 (joinable) ------------> JOINING ------------------> (nothing)
 *                    |       ^----------------- time-out
 *                    | detach
 *                    v          end, or detach of an ended one       gone, a sweep reaps
 *                 DETACHED --------------------------------> retired -----------------> (nothing)
 *
 *   ENDED is set by the thread itself when its result is there and its destructors have run.
 *   Whichever of ENDED and DETACHED is set second, by one read-modify-write each, sees the other
 *   and puts the thread on the retired list: exactly once. JOINING or DETACHED found by a second
 *   joiner or detacher is misuse. The memory is reused only when the system says that the thread is
 *   gone.
 *
 *   From HELD on the word counts who names the thread to the system by its id just now, before it has
 *   ENDED: it makes its last step when none does, so its id is no other's meanwhile. */
enum { THRUM_LIFE_DETACHED = 1, THRUM_LIFE_JOINING = 2, THRUM_LIFE_ENDED = 4, THRUM_LIFE_HELD = 8 };

/* The end that a thread is in: its key destructors run, or have run; the program's destructors do. */
enum thrum_ending { THRUM_ENDING_NOT, THRUM_ENDING_SELF, THRUM_ENDING_PROCESS };

/* What a thread waits for: written by itself around every sleep in sync/, read by the deadlock
 * finder and the dump, which may pin it:
 *
 *   NONE -> WAITING (self)   WAITING -> PINNED -> WAITING (finder)   WAITING -> NONE (self)
 *
 * A thread leaves its wait only by WAITING -> NONE, so while it is pinned the object it waits for
 * is still there to be looked at. */
enum thrum_wait_state { THRUM_WAIT_NONE, THRUM_WAIT_WAITING, THRUM_WAIT_PINNED };

enum thrum_wait_kind {
    THRUM_WAIT_MUTEX,
    THRUM_WAIT_READ,
    THRUM_WAIT_WRITE,
    THRUM_WAIT_COND,
    THRUM_WAIT_SEM,
    THRUM_WAIT_EVENT,
    THRUM_WAIT_GROUP,
    THRUM_WAIT_ONCE,
    THRUM_WAIT_BARRIER,
    THRUM_WAIT_JOIN,
    THRUM_WAIT_ADDRESS,
    THRUM_WAIT_SLEEP
};

struct thrum_wait_record {
    THRUM_FORK_VISIBLE thrum_private_word state;
    THRUM_FORK_VISIBLE uint32_t kind;
    const volatile void *THRUM_FORK_VISIBLE object;
    THRUM_FORK_VISIBLE uint32_t timed;
    THRUM_FORK_VISIBLE uint32_t reported; /* 1: in a deadlock that has been reported: its other
                                             threads keep still */
    THRUM_FORK_VISIBLE uint32_t looks;    /* of its own for a deadlock, in this wait */
};

/* A thread's place in the queue of a condition or an rwlock: here, not on the stack, because it
 * outlives the wait and a thread waits for one thing at a time. See sync/queue.h. */
struct thrum_private_waiter {
    struct thrum_private_waiter *next, *previous;
    struct thrum_private_waiter *chain; /* the next that the same broadcast has claimed */
    thrum_private_word state;
    uint32_t lock_id;
    uint32_t kind;
    thrum_mutex *mutex;
};

struct thrum_block {
    struct thrum_block_head head;
    struct thrum_os_thread os;
    THRUM_FORK_VISIBLE uint32_t life;
    THRUM_FORK_VISIBLE uint32_t leader; /* 1: the process's first thread: parks at its end, its
                                           memory is never reaped */
    THRUM_FORK_VISIBLE uint32_t ending; /* enum thrum_ending: a dump tells it, and thrum_exit is
                                            misuse */
    THRUM_FORK_VISIBLE uint32_t dying;  /* 1: it has reported a fatal line */
    uint32_t birth;                     /* its number, for the lock id */
    bool adopted;  /* made by others: its block is no mapping of ours, its stack neither */
    bool named;    /* at its spawn */
    bool grows;    /* its stack is main's, which the kernel grows */
    bool hardened; /* its mapping is laid out otherwise, and never kept */
    void *(*run)(void *arg);
    void *arg;
    void *result;

    char *map; /* the mapping; NULL for main, and for adopted threads */
    size_t map_size, guard_size;
    char *stack_low;
    char *THRUM_FORK_VISIBLE stack_high; /* NULL: neither is known yet; stored last */
    size_t stack_wanted;                 /* where the system gives stacks: at least so many bytes */
    size_t stack_overhead; /* what the system's own library has beyond the stack's start */
    char *THRUM_FORK_VISIBLE fault_stack; /* alternate signal stack, NULL while overflow is not
                                             caught */
    THRUM_FORK_VISIBLE size_t fault_size; /* not 0 if it is a mapping of its own, at fault_stack */

    struct thrum_block *THRUM_FORK_VISIBLE next; /* the registry's, or the cache's */
    struct thrum_block *previous;                /* a child sets it before it reads it */
    struct thrum_block *retired_next;            /* the list is not the child's */
    THRUM_FORK_VISIBLE uint32_t slots_high;      /* highest key ever set */
    uint32_t destroy_rounds;    /* of the keys' destructors, that found something to do */
    char name[THRUM_NAME_SIZE]; /* guarded by the registry's lock; half changed it still ends */
    struct thrum_wait_record wait;
    struct thrum_private_waiter waiter;
};

/* The key slots follow the block at a fixed distance, index 0 unused. */
#define THRUM_BLOCK_SIZE (THRUM_PRIVATE_SLOTS_AT + (THRUM_KEY_MAX + 1) * sizeof(void *))
/* Rounded so that the first slots share the page of the block and the top of the stack. */
#define THRUM_BLOCK_AREA ((THRUM_BLOCK_SIZE + 1023) & ~(size_t)1023)

_Static_assert(sizeof(struct thrum_block) <= THRUM_PRIVATE_SLOTS_AT, "slots overlap the block");
_Static_assert(offsetof(struct thrum_block, head.lock_id) == THRUM_PRIVATE_LOCK_ID_AT,
               "inline paths look for the lock id there");
_Static_assert(offsetof(struct thrum_block, head.handle) == THRUM_PRIVATE_HANDLE_AT,
               "inline paths look for the handle there");

static inline void *THRUM_FORK_VISIBLE *thrum_block_slots(struct thrum_block *block)
{
    return (void *THRUM_FORK_VISIBLE *)(void *)((char *)block + THRUM_PRIVATE_SLOTS_AT);
}

/* How the calling thread finds its block, chosen by the build as the system is:
 *
 *   struct thrum_block *thrum_block_self(void)   in signal handlers, too
 *
 * and THRUM_BLOCK_TO_TP, how far below the ABI's thread pointer a block lies in a mapping. */
#include THRUM_SELF_FILE

#endif
