/* A queue of waiting threads, first come first, under its object's own small lock. */
#ifndef THRUM_SYNC_QUEUE_H
#define THRUM_SYNC_QUEUE_H

#include "sync/lock.h"

struct thrum_queue {
    struct thrum_private_waiter **first, **last; /* the object's own fields */
};

/* Takes the object's small lock. In a forked child the threads that queued there have exited, and one
 * may have held the lock: the first user in the child resets lock and queue, and `*generation` is the
 * fork generation that they are valid for. So a child reads no link that another thread was changing. */
void thrum_queue_lock(struct thrum_lock *lock, struct thrum_queue queue, uint32_t *generation);

static inline void thrum_queue_push(struct thrum_queue queue, struct thrum_private_waiter *waiter)
{
    waiter->next = NULL;
    waiter->previous = *queue.last;
    if (*queue.last != NULL)
        (*queue.last)->next = waiter;
    else
        *queue.first = waiter;
    *queue.last = waiter;
}

static inline void thrum_queue_remove(struct thrum_queue queue, struct thrum_private_waiter *waiter)
{
    struct thrum_private_waiter *previous = waiter->previous, *next = waiter->next;
    if (previous != NULL)
        previous->next = next;
    else
        *queue.first = next;
    if (next != NULL)
        next->previous = previous;
    else
        *queue.last = previous;
}

/* Takes out all that stand before `end`; all if it is NULL. */
static inline void thrum_queue_cut(struct thrum_queue queue, struct thrum_private_waiter *end)
{
    *queue.first = end;
    if (end != NULL)
        end->previous = NULL;
    else
        *queue.last = NULL;
}

#endif
