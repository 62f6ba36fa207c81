/* Queues across a fork.
 *
 * An object's generation word, of which `now` is the process's own (thrum_registry.fork_generation):
 *
 *   now         lock and queue are this process's
 *   now | 1     one of this process's threads resets them: wait for it
 *   any other   an earlier process's, reset or half reset: whoever is first takes over
 *
 *   other --one thread--> now | 1 --the same, with a wake--> now
 *
 * Generations are even, so the word names the process whose thread resets: one that a fork left behind
 * in the middle of it is not waited for. */
#include "sync/queue.h"

#include "thread/registry.h"

#define RESETTING 1u

static void reset(struct thrum_lock *lock, struct thrum_queue queue, uint32_t *generation,
                  uint32_t now)
{
    /* acquire, here and below: with the release; another may just have reset it */
    uint32_t was = __atomic_load_n(generation, __ATOMIC_ACQUIRE);
    while (was != now) {
        if (was == (now | RESETTING)) {
            /* no yield: under a real-time class it may go on for ever */
            (void)thrum_os_wait(generation, was, THRUM_FOREVER);
        } else if (__atomic_compare_exchange_n(generation, &was, now | RESETTING, false,
                                               __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
            *queue.first = *queue.last = NULL;
            __atomic_store_n(&lock->word, 0, __ATOMIC_RELAXED);
            /* release: whoever sees the generation finds lock and queue reset */
            __atomic_store_n(generation, now, __ATOMIC_RELEASE);
            thrum_os_wake(generation, THRUM_ALL);
            return;
        }
        was = __atomic_load_n(generation, __ATOMIC_ACQUIRE);
    }
}

void thrum_queue_lock(struct thrum_lock *lock, struct thrum_queue queue, uint32_t *generation)
{
    uint32_t now = __atomic_load_n(&thrum_registry.fork_generation, __ATOMIC_RELAXED);
    /* acquire: with the release in reset */
    if (__atomic_load_n(generation, __ATOMIC_ACQUIRE) != now)
        reset(lock, queue, generation, now);
    thrum_lock_take(lock);
}
