/* Barriers: low 24 bits, how many have come; high 8 bits, the round. One word, so that a thread that
 * comes for the next round cannot be counted in this one. */
#include "thrum/barrier.h"

#include "diagnose/fatal.h"
#include "sync/lock.h"
#include "sync/record.h"

#define COUNT 0xffffffu
#define ROUND 0x1000000u

bool thrum_barrier_wait(thrum_barrier *barrier)
{
    const uint32_t size = barrier->private_size;
    if (size == 0 || size > THRUM_BARRIER_MAX)
        thrum_fatal_object("waits at", "barrier", barrier, "of no size", THRUM_FATAL_NO_HOLDER);
    uint32_t word = __atomic_load_n(&barrier->private_word, __ATOMIC_RELAXED), now;
    bool last;
    do {
        last = (word & COUNT) + 1 == size;
        now = last ? (word & ~COUNT) + ROUND : word + 1;
        /* release: what this thread did comes before what all do after;
         * acquire, here and below: what all did comes before what this thread does */
    } while (!__atomic_compare_exchange_n(&barrier->private_word, &word, now, false,
                                          __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    if (last) {
        thrum_os_wake(&barrier->private_word, THRUM_ALL);
        return true;
    }
    const uint32_t round = now & ~COUNT;
    thrum_wait_begin(THRUM_WAIT_BARRIER, barrier, THRUM_FOREVER);
    while ((now & ~COUNT) == round) {
        (void)thrum_os_wait(&barrier->private_word, now, THRUM_FOREVER);
        now = __atomic_load_n(&barrier->private_word, __ATOMIC_ACQUIRE);
    }
    thrum_wait_end();
    return false;
}
