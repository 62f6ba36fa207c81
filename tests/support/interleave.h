/* Two threads, one goes an instruction at a time, and the other does its part after the first, the
 * second, the third … instruction: every interleaving with one switch, for each pair of calls. A
 * lost wake hangs, an answer that does not fit the state is seen afterwards.
 * SPDX-License-Identifier: MIT */
#ifndef THRUM_TEST_INTERLEAVE_H
#define THRUM_TEST_INTERLEAVE_H

#include "../test.h"

enum {
    SCENE_NEAR_NS = 40000 /* a deadline that is soon over */
};

struct scene {
    union {
        thrum_mutex mutex;
        thrum_rwlock rwlock;
        thrum_sem sem;
        thrum_event event;
        thrum_waitgroup group;
        thrum_once once;
        thrum_barrier barrier;
        thrum_cond cond;
    } u;
    thrum_mutex mutex; /* of the condition */
    bool ready;        /* what the condition is about; under the mutex */
    void *page;        /* an object in a page of its own */
    thrum_status status;
    uint32_t runs;

    const struct pair *pair;
    uint32_t prepared, go, acted;
    uint64_t stepped_id;
    uint64_t step, at;   /* of this run; after which the other acts */
    thrum_time deadline; /* of a wait that began before, and ends there; or 0 */
    uint64_t queued_id;
};

struct pair {
    const char *name;
    void (*prepare)(struct scene *scene); /* by the other thread */
    void (*stepped)(struct scene *scene);
    void (*other)(struct scene *scene);
    void (*check)(struct scene *scene);  /* by the stepped one, when both are through */
    void (*queued)(struct scene *scene); /* by a third, asleep in it before the step; or NULL */
};

void scene_nothing(struct scene *scene);

/* Runs each pair in every interleaving. */
void run_pairs(const struct pair *pairs, size_t count);
/* The other is asleep in its call, with the deadline of the scene, which is over when the stepped
 * one has come so far; `prepare` is done by the stepped one. */
void run_timed_pairs(const struct pair *pairs, size_t count);

#endif
