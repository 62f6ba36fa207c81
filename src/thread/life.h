/* The steps of a thread's life that more than one file takes part in. */
#ifndef THRUM_THREAD_LIFE_H
#define THRUM_THREAD_LIFE_H

#include "thread/block.h"

/* Reaps the detached threads that have ended and are gone. */
void thrum_retired_sweep(void);
/* Puts a detached thread that has ended where the next sweep finds it; the caller does not touch it
 * again, unless it is itself, on its way out. */
void thrum_retired_push(struct thrum_block *block);

/* Keeps the thread from its last step, and its id from being another's, for a short call of the system;
 * false, and it is not held: it has ended. */
bool thrum_thread_hold(struct thrum_block *thread);
void thrum_thread_let_go(struct thrum_block *thread);

/* Gives back what thrum_thread_adopt has taken; a dummy where no thread is adopted. */
void thrum_adopted_free(struct thrum_block *block);
/* In the child of a fork, before its registry is emptied: drops those that were adopted and are not in
 * it; a dummy likewise. */
void thrum_adopted_after_fork(const struct thrum_block *self);

/* Where a stack is, as far as it is known: `high` is NULL if not. Main's limit is asked anew (handler). */
void thrum_stack_bounds(const struct thrum_block *thread, char **low, char **high);
/* thrum_stack_info, for handlers too: what is not known of the stack is not asked. */
thrum_status thrum_stack_measure(struct thrum_block *block, thrum_stack *info);
/* Asks the system where the calling thread's stack is, if that is not known; it may allocate. A dummy
 * where no thread is adopted. */
void thrum_stack_ask(struct thrum_block *self);

/* In the child of a fork, whose one thread is `self`; NULL: one that has no block yet. */
void thrum_thread_after_fork(struct thrum_block *self);

/* The first of the calling thread's ends, or another round of it: runs the keys' destructors. */
void thrum_thread_ending(struct thrum_block *block);
/* All of the calling thread's end but its last step. */
void thrum_thread_finish(void *result);
/* Ends the calling thread. */
_Noreturn void thrum_thread_end(void *result);

/* The last thread is out, or main has returned: the program's destructors, then the process's end.
 * In start/, or the libc's. */
_Noreturn void thrum_start_exit(int status);
/* Its first step, where it runs the destructors itself. */
static inline void thrum_thread_ends_process(void)
{
    __atomic_store_n(&thrum_block_self()->ending, THRUM_ENDING_PROCESS, __ATOMIC_RELAXED);
}

/* What optional parts hook in; each is a dummy until its part is linked. */
void thrum_tls_keys_inherit(struct thrum_block *child, struct thrum_block *parent);
void thrum_tls_keys_end(struct thrum_block *block);
void thrum_tls_keys_after_fork(struct thrum_block *self);
void thrum_overflow_arm(struct thrum_block *block);

#endif
