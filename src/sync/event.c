/* Events: one word, see thrum/event.h. */
#include "thrum/event.h"

#include "os/races.h"
#include "sync/lock.h"
#include "sync/record.h"

enum { SET = 1, ROUND = 2 };
#define ROUNDS 0x7ffffffeu

void thrum_event_set(thrum_event *event)
{
    uint32_t word = __atomic_load_n(&event->private_word, __ATOMIC_RELAXED), now;
    thrum_races_releases(event);
    do {
        /* A store even if it is set: what this setter did, too, comes before what waiters do. */
        now = ((word + ROUND) & ROUNDS) | SET;
        /* release: what the setter did comes before what those do that it lets through */
    } while (!__atomic_compare_exchange_n(&event->private_word, &word, now, false, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED));
    if (word & THRUM_WAITERS)
        thrum_os_wake(&event->private_word, THRUM_ALL);
}

void thrum_event_reset(thrum_event *event)
{
    /* acquire: what was done before a set that this undoes is seen by the look that follows it */
    __atomic_fetch_and(&event->private_word, ~(uint32_t)SET, __ATOMIC_ACQUIRE);
    thrum_races_acquired(event);
}

bool thrum_event_is_set(const thrum_event *event)
{
    /* acquire: what the setter did comes before what the caller does */
    bool set = __atomic_load_n(&event->private_word, __ATOMIC_ACQUIRE) & SET;
    if (set)
        thrum_races_acquired(event);
    return set;
}

thrum_status thrum_event_wait_until(thrum_event *event, thrum_time deadline)
{
    /* acquire, here and below: what the setter did comes before what the caller does */
    uint32_t word = __atomic_load_n(&event->private_word, __ATOMIC_ACQUIRE);
    if (word & SET) {
        thrum_races_acquired(event);
        return THRUM_OK;
    }
    if (deadline == 0)
        return THRUM_TIMED_OUT;
    const uint32_t round = word & ROUNDS;
    thrum_status status = THRUM_OK;
    thrum_wait_begin(THRUM_WAIT_EVENT, event, deadline);
    for (;;) {
        if ((word & SET) || (word & ROUNDS) != round) {
            status = THRUM_OK;
            break;
        }
        if (status == THRUM_TIMED_OUT)
            break;
        if (!(word & THRUM_WAITERS) &&
            !__atomic_compare_exchange_n(&event->private_word, &word, word | THRUM_WAITERS, false,
                                         __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
            continue;
        status = thrum_os_wait(&event->private_word, word | THRUM_WAITERS, deadline);
        word = __atomic_load_n(&event->private_word, __ATOMIC_ACQUIRE);
    }
    thrum_wait_end();
    if (status == THRUM_OK)
        thrum_races_acquired(event);
    return status;
}

void thrum_event_wait(thrum_event *event)
{
    (void)thrum_event_wait_until(event, THRUM_FOREVER);
}
