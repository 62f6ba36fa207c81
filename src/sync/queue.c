/* Queues across a fork. */
#include "sync/queue.h"

#include "thread/registry.h"

#define RENEWING UINT32_MAX /* in place of a number: one thread makes the object anew */

static void renew(struct thrum_lock *lock, struct thrum_queue queue, uint32_t *fork, uint32_t now)
{
    /* acquire, here and below: with the release; another may just have made it anew */
    uint32_t was = __atomic_load_n(fork, __ATOMIC_ACQUIRE);
    while (was != now) {
        if (was != RENEWING && __atomic_compare_exchange_n(fork, &was, RENEWING, false,
                                                           __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            *queue.first = *queue.last = NULL;
            __atomic_store_n(&lock->word, 0, __ATOMIC_RELAXED);
            /* release: whoever sees the number finds lock and queue new */
            __atomic_store_n(fork, now, __ATOMIC_RELEASE);
            thrum_os_wake(fork, THRUM_ALL);
            return;
        }
        if (was == RENEWING) /* no yield: under a real-time class it may go on for ever */
            (void)thrum_os_wait(fork, RENEWING, THRUM_FOREVER);
        was = __atomic_load_n(fork, __ATOMIC_ACQUIRE);
    }
}

void thrum_queue_lock(struct thrum_lock *lock, struct thrum_queue queue, uint32_t *fork)
{
    uint32_t now = __atomic_load_n(&thrum_registry.forks, __ATOMIC_RELAXED);
    /* acquire: with the release in renew */
    if (__atomic_load_n(fork, __ATOMIC_ACQUIRE) != now)
        renew(lock, queue, fork, now);
    thrum_lock_take(lock);
}
