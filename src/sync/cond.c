/* Conditions: a small lock and a queue of the waiting threads' own nodes.
 *
 *   WAITING --signal-----> CLAIMED --> SIGNALLED  woken when the signaller has left the condition's lock
 *   WAITING --broadcast--> CLAIMED --> MOVED      the same, but the kernel moves the sleeping thread
 *                                                 to the mutex's word, where unlocks wake one by one
 *   WAITING --deadline---> LEFT                   by the waiter, which takes itself out of the queue
 *           CLAIMED --the waiter, awake--> AWAKE --> SIGNALLED, MOVED
 *
 * One compare-and-swap decides between signal and deadline, so a signal goes to one that waits for
 * it, or to the next. A claimed waiter stays in its wait, and its node where it is, until it is
 * SIGNALLED or MOVED; then it touches neither the condition nor the node, but locks the mutex.
 *
 * A broadcast moves the waiters it has claimed one at a time, because each sleeps on its own node.
 * (1) The kernel moves a thread only while its node is CLAIMED, so never out of a later wait. (2) The
 * mutex's word is touched while one waiter is CLAIMED: until that is MOVED the mutex cannot be freed.
 * (3) A waiter that is MOVED locks as one that has slept on the mutex's word, because an unlock's
 * wake-up may have been spent on it. (4) If the caller holds the mutex, the waiters bit makes its
 * unlock wake one of those that were moved; else the broadcast wakes one after the last move, because
 * no unlock need come after that. Where the kernel cannot move threads, all are woken.
 *
 * A broadcast waits for those that had left but were still in the queue: after it the condition may be
 * freed. */
#include "thrum/cond.h"

#include "diagnose/fatal.h"
#include "os/races.h"
#include "sync/cond_state.h"
#include "sync/moved.h"
#include "sync/queue.h"
#include "sync/record.h"

enum {
    WAITING = THRUM_COND_WAITING,
    CLAIMED = THRUM_COND_CLAIMED,
    AWAKE = THRUM_COND_AWAKE,
    SIGNALLED = THRUM_COND_SIGNALLED,
    MOVED = THRUM_COND_MOVED,
    LEFT = THRUM_COND_LEFT
};
enum { AWAITED = 1 }; /* a node's kind: a broadcast waits for it to leave */

static struct thrum_queue queue_of(thrum_cond *cond)
{
    return (struct thrum_queue){ &cond->private_first, &cond->private_last };
}

static struct thrum_lock *lock_of(thrum_cond *cond)
{
    return (struct thrum_lock *)(void *)&cond->private_lock;
}

static void let_go(struct thrum_private_waiter *waiter)
{
    thrum_races_releases(&waiter->state);
    /* release: what the signaller did comes before what the waiter does. After this the node may be
     * gone: the wake touches nothing. */
    __atomic_store_n(&waiter->state, SIGNALLED, __ATOMIC_RELEASE);
    thrum_os_wake(&waiter->state, 1);
}

static _Noreturn void not_held(const thrum_cond *cond, const thrum_mutex *mutex, uint32_t word)
{
    char space[64];
    struct thrum_text does = thrum_text(space, sizeof space);
    thrum_text_string(&does, "waits on the condition at ");
    thrum_text_address(&does, cond);
    thrum_text_string(&does, " with");
    thrum_fatal_object(thrum_text_end(&does), "mutex", mutex, NULL, word & ~THRUM_WAITERS);
}

static void enqueue(thrum_cond *cond, thrum_mutex *mutex, struct thrum_private_waiter *waiter)
{
    uint32_t word = __atomic_load_n(&mutex->private_word, __ATOMIC_RELAXED);
    if (THRUM_HOLDER(word) != thrum_block_self()->head.lock_id)
        not_held(cond, mutex, word);
    waiter->mutex = mutex;
    waiter->chain = NULL;
    waiter->kind = 0;
    __atomic_store_n(&waiter->state, WAITING, __ATOMIC_RELAXED);
    thrum_queue_lock(lock_of(cond), queue_of(cond), &cond->private_fork);
    bool other = cond->private_first != NULL && cond->private_first->mutex != mutex;
    if (!other)
        thrum_queue_push(queue_of(cond), waiter);
    thrum_lock_release(lock_of(cond));
    if (other)
        thrum_fatal_object("waits with a second mutex on", "condition", cond, NULL,
                           THRUM_FATAL_NO_HOLDER);
}

/* Claimed, and awake: it waits to be SIGNALLED or MOVED. It may have been moved, and woken by an unlock
 * of the mutex, which it cannot lock yet. */
static void await_release(struct thrum_private_waiter *waiter)
{
    uint32_t state = CLAIMED;
    if (!__atomic_compare_exchange_n(&waiter->state, &state, AWAKE, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED) &&
        state != AWAKE)
        return;
    thrum_mutex_pass_on(waiter->mutex);
    (void)thrum_os_wait(&waiter->state, AWAKE, THRUM_FOREVER);
}

/* Sleeps until the node is SIGNALLED or MOVED, or this thread has made it LEFT; returns which. */
static uint32_t sleep(struct thrum_private_waiter *waiter, thrum_time deadline)
{
    for (;;) {
        /* acquire: what the signaller did comes before what the waiter does */
        uint32_t state = __atomic_load_n(&waiter->state, __ATOMIC_ACQUIRE);
        if (state == SIGNALLED || state == MOVED) {
            thrum_races_acquired(&waiter->state);
            return state;
        }
        if (state != WAITING)
            await_release(waiter);
        else if (thrum_os_wait(&waiter->state, WAITING, deadline) == THRUM_TIMED_OUT &&
                 __atomic_compare_exchange_n(&waiter->state, &state, LEFT, false, __ATOMIC_RELAXED,
                                             __ATOMIC_RELAXED))
            return LEFT;
    }
}

static void leave(thrum_cond *cond, struct thrum_private_waiter *waiter)
{
    thrum_lock_take(lock_of(cond));
    thrum_queue_remove(queue_of(cond), waiter);
    bool awaited = cond->private_drain != 0;
    __atomic_store_n(&cond->private_drain, 0, __ATOMIC_RELAXED);
    thrum_lock_release(lock_of(cond));
    if (awaited)
        thrum_os_wake(&cond->private_drain, THRUM_ALL);
}

thrum_status thrum_cond_wait_until(thrum_cond *cond, thrum_mutex *mutex, thrum_time deadline)
{
    struct thrum_private_waiter *waiter = &thrum_block_self()->waiter;
    enqueue(cond, mutex, waiter);
    thrum_mutex_unlock(mutex);
    thrum_wait_begin(THRUM_WAIT_COND, cond, deadline);
    uint32_t state = sleep(waiter, deadline);
    if (state == LEFT)
        leave(cond, waiter);
    thrum_wait_end();
    if (state == MOVED)
        thrum_mutex_lock_moved(mutex);
    else
        thrum_mutex_lock(mutex);
    return state == LEFT ? THRUM_TIMED_OUT : THRUM_OK;
}

void thrum_cond_wait(thrum_cond *cond, thrum_mutex *mutex)
{
    (void)thrum_cond_wait_until(cond, mutex, THRUM_FOREVER);
}

/* True if the waiter is the caller's to let go: it stays where it is until then. */
static bool claim(struct thrum_private_waiter *waiter)
{
    uint32_t waiting = WAITING;
    return __atomic_compare_exchange_n(&waiter->state, &waiting, CLAIMED, false, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED);
}

void thrum_cond_signal(thrum_cond *cond)
{
    thrum_queue_lock(lock_of(cond), queue_of(cond), &cond->private_fork);
    struct thrum_private_waiter *waiter = cond->private_first;
    while (waiter != NULL) {
        if (claim(waiter)) {
            thrum_queue_remove(queue_of(cond), waiter);
            break;
        }
        waiter = waiter->next; /* it has left, and takes itself out */
    }
    thrum_lock_release(lock_of(cond));
    if (waiter != NULL)
        let_go(waiter);
}

/* Takes all that wait out of the queue into a chain; returns its first. Those that have left are
 * marked, and `*leaving` says whether there are any. Under the lock. */
static struct thrum_private_waiter *chain_all(thrum_cond *cond, bool *leaving)
{
    struct thrum_private_waiter *first = NULL, *last = NULL;
    struct thrum_private_waiter *waiter = cond->private_first;
    *leaving = false;
    while (waiter != NULL) {
        struct thrum_private_waiter *next = waiter->next;
        if (claim(waiter)) {
            thrum_queue_remove(queue_of(cond), waiter);
            if (last != NULL)
                last->chain = waiter;
            else
                first = waiter;
            last = waiter;
        } else {
            waiter->kind = AWAITED;
            *leaving = true;
        }
        waiter = next;
    }
    return first;
}

/* Waits until none that was marked is in the queue. */
static void drain(thrum_cond *cond)
{
    thrum_lock_take(lock_of(cond));
    struct thrum_private_waiter *waiter = cond->private_first;
    while (waiter != NULL) {
        if (waiter->kind != AWAITED) {
            waiter = waiter->next;
            continue;
        }
        __atomic_store_n(&cond->private_drain, 1, __ATOMIC_RELAXED);
        thrum_lock_release(lock_of(cond));
        (void)thrum_os_wait(&cond->private_drain, 1, THRUM_FOREVER);
        thrum_lock_take(lock_of(cond));
        waiter = cond->private_first;
    }
    thrum_lock_release(lock_of(cond));
}

/* Lets go of one that was moved, if it slept. */
static void release_moved(struct thrum_private_waiter *waiter)
{
    thrum_races_releases(&waiter->state);
    /* release: what the broadcaster did comes before what the waiter does */
    if (__atomic_exchange_n(&waiter->state, MOVED, __ATOMIC_RELEASE) == AWAKE)
        thrum_os_wake(&waiter->state, 1);
}

/* Moves a chain of claimed waiters to the word of their mutex. */
static void move_all(struct thrum_private_waiter *waiter)
{
    thrum_mutex *mutex = waiter->mutex;
    bool any = false, wake = false;
    while (waiter != NULL) {
        struct thrum_private_waiter *next =
            waiter->chain; /* the node may serve another wait below */
        if (!thrum_os_requeue(&waiter->state, CLAIMED, &mutex->private_word)) {
            let_go(waiter);
        } else {
            if (!any)
                wake = thrum_mutex_announce_moved(mutex);
            any = true;
            release_moved(waiter);
        }
        waiter = next;
    }
    if (wake) /* the mutex may be gone by now: the wake touches nothing */
        thrum_os_wake(&mutex->private_word, 1);
}

void thrum_cond_broadcast(thrum_cond *cond)
{
    bool leaving;
    thrum_queue_lock(lock_of(cond), queue_of(cond), &cond->private_fork);
    struct thrum_private_waiter *first = chain_all(cond, &leaving);
    thrum_lock_release(lock_of(cond));
    if (first != NULL && first->chain == NULL)
        let_go(first); /* alone: it may as well look itself */
    else if (first != NULL)
        move_all(first);
    if (leaving)
        drain(cond);
}
