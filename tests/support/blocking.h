/* Every call of thrum that blocks, behind one face: the checks of signals, deadlines and stray
 * wakes run over all of them. SPDX-License-Identifier: MIT */
#ifndef THRUM_TEST_BLOCKING_H
#define THRUM_TEST_BLOCKING_H

#include "../test.h"

struct blocking_object {
    union {
        thrum_mutex mutex;
        thrum_recursive_mutex recursive;
        thrum_rwlock rwlock;
        thrum_sem sem;
        thrum_event event;
        thrum_waitgroup waitgroup;
        thrum_once once;
        thrum_barrier barrier;
        struct {
            thrum_cond cond;
            thrum_mutex mutex;
        } pair;
    } u;
    uint32_t open;        /* lets a helper thread go on */
    thrum_thread *helper; /* of once and join */
};

struct blocking {
    const char *name;
    /* By the checking thread: makes calls block; lets one of them return; takes what is left. */
    void (*close)(struct blocking_object *object);
    void (*open)(struct blocking_object *object);
    /* By the other: blocks until opened, and undoes what it got. One of the two is NULL. */
    void (*wait)(struct blocking_object *object);
    thrum_status (*wait_until)(struct blocking_object *object, thrum_time deadline);
};

extern const struct blocking blocking_calls[];
extern const uint32_t blocking_count;

#endif
