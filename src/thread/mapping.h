/* The one mapping a thread has, and the small cache of those whose threads are gone.
 *
 *   [ guard ][ stack, grows down … ][ signal stack ][ argument ][ TLS image, block, slots ]
 *   [ argument ][ signal stack ][ stack, grows up … ][ guard ][ TLS image, block, slots ]
 *
 *   [ guard ][ stack, grows down … ][ signal stack ][ argument ][ guard ][ TLS image, block, slots ]
 *
 * The last is a hardened thread's, whose stack starts at an address that differs from spawn to spawn.
 * Where the system's own library has something beyond the stack's start, that is between the stack
 * and the signal stack. Where the system gives stacks, there is only the rest. */
#ifndef THRUM_THREAD_MAPPING_H
#define THRUM_THREAD_MAPPING_H

#include "thread/block.h"

struct thrum_mapping_plan {
    size_t total, stack, guard, arg, fault_stack;
    size_t beside; /* of a hardened thread: the second guard and all above it; 0: there is none */
    bool hardened;
    uint32_t trims; /* how often the cache had been given back then */
    bool fresh;     /* set by take: mapped for this thread, not from the cache */
};

/* Whether threads are hardened that do not ask for it. */
extern const bool thrum_mapping_hardens;

/* Bytes of alternate stack that a new thread gets: 0 while overflow is not caught. */
extern THRUM_FORK_VISIBLE size_t thrum_mapping_fault_stack;

/* False: a size that overflows. */
bool thrum_mapping_plan(struct thrum_mapping_plan *plan, const thrum_spawn_options *options);

/* A zeroed block with its stack and mapping filled in, its TLS image installed; NULL if the kernel
 * refuses memory (and the cache had nothing to give up). */
struct thrum_block *thrum_mapping_take(struct thrum_mapping_plan *plan);

/* Where its stack starts, for a thread that is to be born; NULL if the system gives it one. */
static inline char *thrum_mapping_stack_start(const struct thrum_block *block)
{
    return THRUM_ARCH_STACK_GROWS_UP ? block->stack_low : block->stack_high;
}

/* The memory of a gone thread that is in the registry: out of it, and into the cache or back. */
void thrum_mapping_reap(struct thrum_block *block);
/* The memory of a thread that was not born, likewise. */
void thrum_mapping_undo(struct thrum_block *block, const struct thrum_mapping_plan *plan);

/* The memory of a thread that is not in this process (any more): back to the kernel. */
void thrum_mapping_drop(struct thrum_block *block);

/* The list is whole at every moment, but its count may have been copied half changed. */
void thrum_mapping_after_fork(void);

/* Where the thread has written beyond its stack, as far as a mark tells; NULL: nowhere. */
#ifdef THRUM_OS_GUARD_MARKS
const void *thrum_mapping_overflow(const struct thrum_block *block);
#else
static inline const void *thrum_mapping_overflow(const struct thrum_block *block)
{
    (void)block;
    return NULL; /* it would have faulted */
}
#endif

/* Gives the cache back to the kernel, for a caller that was refused memory. Whether that is worth another
 * try: there was something, or another thread has given it back since the plan's mapping was taken. */
bool thrum_mapping_trim(struct thrum_mapping_plan *plan);

#endif
