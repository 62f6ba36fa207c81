/* What the child of a fork, or a signal handler, may read while a thread is in the middle of changing
 * it. Both see that thread stopped between two instructions, so its stores must be whole and in the
 * order of the source. A field or variable with the mark THRUM_FORK_VISIBLE is therefore written by
 * atomics only; tools/lint-forks compiles the mark as `const` and fails on any other store.
 *
 * Between such stores only the compiler's order matters. A child has all stores of a thread up to one
 * of its instructions and none after it: the kernel takes write access from pages, and whoever writes
 * to one from then on faults, which is precise, and waits until the fork is complete. A handler runs on
 * the same CPU. What other threads read without a lock needs orders of its own. */
#ifndef THRUM_OS_FORK_VISIBLE_H
#define THRUM_OS_FORK_VISIBLE_H

#ifndef THRUM_FORK_VISIBLE
#define THRUM_FORK_VISIBLE
#endif

/* Keeps the compiler from moving any access from one side to the other. */
static inline void thrum_fork_order(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* A store from which a lock, or its being the thread's own, keeps all other threads: whole, and after
 * what precedes it. */
#ifndef THRUM_FORK_STORE
#define THRUM_FORK_STORE(place, value) \
    (thrum_fork_order(), __atomic_store_n(place, value, __ATOMIC_RELAXED))
#endif

#endif
