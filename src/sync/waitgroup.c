/* Waitgroups: a count, and a queue of the waiting threads' own nodes under a small lock.
 *
 * The count goes to 0 only under the lock, by the last thrum_waitgroup_done, which then owns the
 * queue and tells each node when it has let go of the lock. A waiter looks at the count under the
 * lock too, so whoever learns that all is done learns it after the last done has ceased to touch
 * the group. And a node belongs to one wait: however late its thread looks, and whatever the group
 * is used for by then, its wait is over. */
#include "thrum/waitgroup.h"

#include "diagnose/fatal.h"
#include "os/races.h"
#include "sync/queue.h"
#include "sync/record.h"

enum { WAITING, TOLD };

static struct thrum_queue queue_of(thrum_waitgroup *group)
{
    return (struct thrum_queue){ &group->private_first, &group->private_last };
}

static struct thrum_lock *lock_of(thrum_waitgroup *group)
{
    return (struct thrum_lock *)(void *)&group->private_lock;
}

static void lock_queue(thrum_waitgroup *group)
{
    thrum_queue_lock(lock_of(group), queue_of(group), &group->private_fork);
}

void thrum_waitgroup_add(thrum_waitgroup *group, uint32_t n)
{
    uint32_t count = __atomic_load_n(&group->private_count, __ATOMIC_RELAXED), sum;
    do
        if (__builtin_add_overflow(count, n, &sum))
            thrum_fatal_object("adds to", "waitgroup", group, "beyond its largest count",
                               THRUM_FATAL_NO_HOLDER);
    while (!__atomic_compare_exchange_n(&group->private_count, &count, sum, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED));
}

/* One less, if that leaves `least` or more; false if it does not. */
static bool take_one(thrum_waitgroup *group, uint32_t least, uint32_t *left)
{
    uint32_t count = __atomic_load_n(&group->private_count, __ATOMIC_RELAXED);
    do
        if (count <= least)
            return false;
    /* release: what was done comes before what waiters do; acquire: and what the others did, whose
     * releases this one passes on */
    while (!__atomic_compare_exchange_n(&group->private_count, &count, count - 1, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    *left = count - 1;
    return true;
}

static void tell(struct thrum_private_waiter *waiter)
{
    while (waiter != NULL) {
        struct thrum_private_waiter *next = waiter->next;
        /* release: what all did comes before what the waiter does. After it the node may be gone:
         * the wake touches nothing. */
        __atomic_store_n(&waiter->state, TOLD, __ATOMIC_RELEASE);
        thrum_os_wake(&waiter->state, 1);
        waiter = next;
    }
}

void thrum_waitgroup_done(thrum_waitgroup *group)
{
    uint32_t left;
    thrum_races_releases(group);
    if (take_one(group, 1, &left))
        return;
    lock_queue(group);
    struct thrum_private_waiter *waiters = NULL;
    bool any = take_one(group, 0, &left);
    if (any && left == 0) {
        waiters = group->private_first;
        thrum_queue_cut(queue_of(group), NULL);
    }
    thrum_lock_release(lock_of(group));
    if (!any)
        thrum_fatal_object("counts", "waitgroup", group, "below zero", THRUM_FATAL_NO_HOLDER);
    tell(waiters);
}

/* False if nothing is left to wait for; else the node is in the queue. */
static bool enqueue(thrum_waitgroup *group, struct thrum_private_waiter *waiter)
{
    lock_queue(group);
    /* acquire: what was done comes before what the caller does */
    bool wait = __atomic_load_n(&group->private_count, __ATOMIC_ACQUIRE) != 0;
    if (wait) {
        __atomic_store_n(&waiter->state, WAITING, __ATOMIC_RELAXED);
        thrum_queue_push(queue_of(group), waiter);
    }
    thrum_lock_release(lock_of(group));
    return wait;
}

/* After a time-out: false if the node is out of the queue already, and only remains to be told. */
static bool leave(thrum_waitgroup *group, struct thrum_private_waiter *waiter)
{
    lock_queue(group);
    struct thrum_private_waiter *at = group->private_first;
    while (at != NULL && at != waiter)
        at = at->next;
    if (at != NULL)
        thrum_queue_remove(queue_of(group), waiter);
    thrum_lock_release(lock_of(group));
    return at != NULL;
}

thrum_status thrum_waitgroup_wait_until(thrum_waitgroup *group, thrum_time deadline)
{
    struct thrum_private_waiter *waiter = &thrum_block_self()->waiter;
    if (!enqueue(group, waiter)) {
        thrum_races_acquired(group);
        return THRUM_OK;
    }
    thrum_status status = THRUM_OK;
    thrum_wait_begin(THRUM_WAIT_GROUP, group, deadline);
    /* acquire: what all did comes before what the caller does */
    while (__atomic_load_n(&waiter->state, __ATOMIC_ACQUIRE) != TOLD) {
        if (thrum_os_wait(&waiter->state, WAITING, deadline) != THRUM_TIMED_OUT)
            continue;
        if (leave(group, waiter)) {
            status = THRUM_TIMED_OUT;
            break;
        }
        deadline = THRUM_FOREVER;
    }
    thrum_wait_end();
    if (status == THRUM_OK)
        thrum_races_acquired(group);
    return status;
}

void thrum_waitgroup_wait(thrum_waitgroup *group)
{
    (void)thrum_waitgroup_wait_until(group, THRUM_FOREVER);
}
