/* Barriers: a count and a list of the waiting threads' own nodes, under a small lock. The last to
 * come takes the whole list and lets each go; a node belongs to one wait, so however late its
 * thread looks, it cannot take another round's end for its own, or its own for another's. */
#include "thrum/barrier.h"

#include "diagnose/fatal.h"
#include "os/races.h"
#include "sync/queue.h"
#include "sync/record.h"

enum { WAITING, RELEASED };

static struct thrum_queue queue_of(thrum_barrier *barrier)
{
    return (struct thrum_queue){ &barrier->private_first, &barrier->private_last };
}

static struct thrum_lock *lock_of(thrum_barrier *barrier)
{
    return (struct thrum_lock *)(void *)&barrier->private_lock;
}

/* Counts the caller in. False: others are still to come, and it is in the list. True: it is the
 * last, and the list is its own. */
static bool arrive(thrum_barrier *barrier, struct thrum_private_waiter *self,
                   struct thrum_private_waiter **others)
{
    thrum_queue_lock(lock_of(barrier), queue_of(barrier), &barrier->private_fork);
    if (barrier->private_first == NULL) /* and after a fork that left the others behind */
        barrier->private_count = 0;
    bool last = barrier->private_count + 1 == barrier->private_size;
    if (last) {
        *others = barrier->private_first;
        thrum_queue_cut(queue_of(barrier), NULL);
    } else {
        __atomic_store_n(&self->state, WAITING, __ATOMIC_RELAXED);
        thrum_queue_push(queue_of(barrier), self);
        barrier->private_count++;
    }
    thrum_lock_release(lock_of(barrier));
    return last;
}

bool thrum_barrier_wait(thrum_barrier *barrier)
{
    struct thrum_private_waiter *self = &thrum_block_self()->waiter, *others = NULL;
    if (barrier->private_size == 0)
        thrum_fatal_object("waits at", "barrier", barrier, "of no size", THRUM_FATAL_NO_HOLDER);
    thrum_races_releases(barrier);
    if (arrive(barrier, self, &others)) {
        thrum_races_acquired(barrier);
        while (others != NULL) {
            struct thrum_private_waiter *next = others->next;
            thrum_races_releases(&others->state);
            /* release: what all did comes before what each does after. The node may be gone then:
             * the wake touches nothing. */
            __atomic_store_n(&others->state, RELEASED, __ATOMIC_RELEASE);
            thrum_os_wake(&others->state, 1);
            others = next;
        }
        return true;
    }
    thrum_wait_begin(THRUM_WAIT_BARRIER, barrier, THRUM_FOREVER);
    /* acquire: what all did comes before what this one does after */
    while (__atomic_load_n(&self->state, __ATOMIC_ACQUIRE) != RELEASED)
        (void)thrum_os_wait(&self->state, WAITING, THRUM_FOREVER);
    thrum_wait_end();
    thrum_races_acquired(&self->state);
    return false;
}
