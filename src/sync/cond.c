/* Conditions: a small lock and a queue of the waiting threads' own nodes.
 *
 *   WAITING --signal--> CLAIMED --> SIGNALLED    let go when the signaller has left the condition's
 *                                                lock; the waiter touches the condition no more
 *   WAITING --broadcast--> CLAIMED --> SIGNALLED all are claimed at once, but each is let go by the
 *                                                one before it when that has the mutex: no herd
 *   WAITING --deadline--> LEFT                   by the waiter, which takes itself out of the queue
 *
 * One compare-and-swap decides between signal and deadline, so a signal goes to one that waits for
 * it, or to the next. A broadcast waits for those that had left but were still in the queue:
 * after it the condition may be freed. */
#include "thrum/cond.h"

#include "diagnose/fatal.h"
#include "sync/cond_state.h"
#include "sync/queue.h"
#include "sync/record.h"

enum {
    WAITING = THRUM_COND_WAITING,
    CLAIMED = THRUM_COND_CLAIMED,
    SIGNALLED = THRUM_COND_SIGNALLED,
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

/* Sleeps until the node is SIGNALLED or this thread has made it LEFT. */
static thrum_status sleep(struct thrum_private_waiter *waiter, thrum_time deadline)
{
    for (;;) {
        /* acquire: what the signaller did comes before what the waiter does */
        uint32_t state = __atomic_load_n(&waiter->state, __ATOMIC_ACQUIRE);
        if (state == SIGNALLED)
            return THRUM_OK;
        if (state == CLAIMED) /* it waits for the mutex, which has no deadline */
            deadline = THRUM_FOREVER;
        if (thrum_os_wait(&waiter->state, state, deadline) == THRUM_TIMED_OUT) {
            state = WAITING;
            if (__atomic_compare_exchange_n(&waiter->state, &state, LEFT, false, __ATOMIC_RELAXED,
                                            __ATOMIC_RELAXED))
                return THRUM_TIMED_OUT;
        }
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
    thrum_status status = sleep(waiter, deadline);
    if (status == THRUM_TIMED_OUT)
        leave(cond, waiter);
    thrum_wait_end();
    struct thrum_private_waiter *next = waiter->chain; /* the node may serve another wait below */
    thrum_mutex_lock(mutex);
    if (next != NULL)
        let_go(next);
    return status;
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

void thrum_cond_broadcast(thrum_cond *cond)
{
    bool leaving;
    thrum_queue_lock(lock_of(cond), queue_of(cond), &cond->private_fork);
    struct thrum_private_waiter *first = chain_all(cond, &leaving);
    thrum_lock_release(lock_of(cond));
    if (first != NULL)
        let_go(first);
    if (leaving)
        drain(cond);
}
