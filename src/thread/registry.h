/* Every thread from its spawn until it is reaped, main first, under one lock that also guards names
 * and the cache of mappings. */
#ifndef THRUM_THREAD_REGISTRY_H
#define THRUM_THREAD_REGISTRY_H

#include "sync/lock.h"
#include "thread/block.h"

struct thrum_registry {
    struct thrum_lock lock;
    /* Threads that have not ended, but for one: main counts from the start. Not under the lock. */
    THRUM_FORK_VISIBLE uint32_t others;
    /* A walk from the first is sound even in a forked child, which sets the last before it reads it. */
    struct thrum_block *THRUM_FORK_VISIBLE first;
    struct thrum_block *last;
    /* Detached ones that have ended: an atomic stack. */
    struct thrum_block *THRUM_FORK_VISIBLE retired;
    /* Adopted ones that are not in the list yet: an atomic stack, and the one that is on its way into the
     * list. Unused where no thread is adopted. */
    struct thrum_block *THRUM_FORK_VISIBLE newcomers, *THRUM_FORK_VISIBLE entering;
    /* The lock id that this process's leader kept across a fork, no longer its kernel id; 0: never
     * forked. */
    THRUM_FORK_VISIBLE uint32_t forked_lock_id;
    THRUM_FORK_VISIBLE uint32_t visiting; /* 1: the lock's holder is in thrum_each_thread */
    THRUM_FORK_VISIBLE uint32_t births;   /* not under the lock */
    /* An even number, to which the child of each fork adds 2: see sync/queue.c. */
    THRUM_FORK_VISIBLE uint32_t fork_generation;
};
extern struct thrum_registry thrum_registry;

/* Takes the lock to walk the list, or tries to: threads that are adopted without it (thread/adopt.c) are
 * in the list then. */
void thrum_registry_lock(void);
bool thrum_registry_try_lock(void);
/* Puts those into the list; under the lock. A dummy where no thread is adopted. */
void thrum_registry_take_in(void);

/* All under the lock. */
void thrum_registry_add(struct thrum_block *block);
/* NULL: first of all. */
void thrum_registry_add_after(struct thrum_block *previous, struct thrum_block *block);
void thrum_registry_remove(struct thrum_block *block);
/* The thread whose lock id this is, if it has not ended; under the lock. */
struct thrum_block *thrum_registry_find(uint32_t lock_id);

/* Makes the caller, whose block and thread pointer are set, the first and only thread. */
void thrum_registry_start(struct thrum_block *main_thread);

/* The number of a birth, for the lock id. */
static inline uint32_t thrum_registry_next_birth(void)
{
    return __atomic_add_fetch(&thrum_registry.births, 1, __ATOMIC_RELAXED);
}

/* The lock id of a thread whose kernel id is known; and of the two that it is made of. */
uint32_t thrum_registry_compose_id(uint32_t system_id, uint32_t birth);
uint32_t thrum_registry_lock_id(const struct thrum_block *block);
/* A lock id that no thread has: holds the registry's lock for a caller that has no block. */
enum { THRUM_LOCK_ID_NOBODY = (1 << 29) + 1 };

/* Gives the calling thread its lock id, if a handler on top of its birth has not done so. */
void thrum_registry_name_self(void);
/* The kernel id behind a lock id: 0 for 0. */
uint64_t thrum_registry_kernel_id(uint32_t lock_id);

/* The same without a look at the list, good for a thread that is not this process's leader. */
uint64_t thrum_registry_kernel_id_of_ended(uint32_t lock_id);

/* Misuse if the caller is inside the visitor of thrum_each_thread. */
void thrum_registry_not_visiting(const char *does);

#endif
