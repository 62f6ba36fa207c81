/* A crew that uses everything at once, for storms from outside: it locks, waits, sleeps, spawns and
 * ends, and counts what must come out. Nothing in it polls, so threads of any priority may share a
 * CPU. SPDX-License-Identifier: MIT */
#ifndef THRUM_TEST_WORKLOAD_H
#define THRUM_TEST_WORKLOAD_H

#include "locks.h"

enum { WORKLOAD_MAX = 64, WORKLOAD_KINDS = 8 };

struct workload_lock {
    const struct lock_kind *kind;
    union any_lock lock;
    uint32_t inside; /* plain: guarded by it */
    uint64_t count;  /* likewise */
    uint32_t taken;
};

struct workload {
    /* By the caller: */
    uint32_t threads;
    uint32_t least;   /* rounds that each makes, however late it is */
    thrum_time until; /* then each goes on until then, */
    uint32_t hold;    /* and until this is 0: atomic, and set to that by workload_let_go */
    uint32_t
        rest_ns; /* how long, at most, each sleeps between rounds, so that the CPU is not theirs */
    void (*begin)(struct workload *workload, uint32_t index); /* each one's first step, or NULL */

    /* For storms: kernel ids of the crew and of those it spawns, 0 while there is none; and the crew's
     * handles, good until workload_end. */
    uint32_t ids[2 * WORKLOAD_MAX];
    thrum_thread *handles[WORKLOAD_MAX];
    uint32_t rounds, left; /* made so far; of the crew, how many are still at it */

    struct workload_lock locks[4];
    thrum_mutex mutex;
    thrum_cond cond;
    uint32_t tokens, waiting; /* guarded by the mutex */
    thrum_tls_key key;
    uint32_t keyed, destroyed, starts;
    uint32_t kinds[WORKLOAD_KINDS];
    uint32_t wrong;
    const char *first_wrong;
};

/* All by one thread. False: not all could be spawned; workload_end is called nonetheless. */
bool workload_begin(struct workload *workload);
/* Ends the hold when `count` has come to `least` of what the storm does, or at `limit`. */
void workload_let_go(struct workload *workload, const uint32_t *count, uint32_t least,
                     thrum_time limit);
/* Joins, and adds up. NULL if all held, else what did not first. */
const char *workload_end(struct workload *workload);
/* Says how much was done, as a note. */
void workload_note(const struct workload *workload);

#endif
