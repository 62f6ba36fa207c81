/* Waitgroups.
 *
 *   word    low 30 bits: the count; OPENING (bit 30): a new round begins; WAITERS (bit 31)
 *   round   counts how often the count has left zero
 *
 * A waiter that wakes late may find the group in use again: the round tells it that its own is
 * over. The step from zero, not the one to it, counts the round, so that the last
 * thrum_waitgroup_done is one atomic and touches nothing after it. */
#include "thrum/waitgroup.h"

#include "diagnose/fatal.h"
#include "sync/lock.h"
#include "sync/record.h"

#define OPENING 0x40000000u
#define COUNT 0x3fffffffu

void thrum_waitgroup_add(thrum_waitgroup *group, uint32_t n)
{
    uint32_t word = __atomic_load_n(&group->private_word, __ATOMIC_RELAXED);
    if (n == 0)
        return;
    for (;;) {
        if (word & OPENING) { /* by another adder, between two instructions */
            thrum_os_yield();
            word = __atomic_load_n(&group->private_word, __ATOMIC_RELAXED);
            continue;
        }
        if (n > COUNT || (word & COUNT) + n > COUNT)
            thrum_fatal_object("adds to", "waitgroup", group, "beyond its largest count",
                               THRUM_FATAL_NO_HOLDER);
        bool first = (word & COUNT) == 0;
        uint32_t now = first ? OPENING : word + n;
        /* acquire: the round is counted after the step from zero */
        if (!__atomic_compare_exchange_n(&group->private_word, &word, now, false, __ATOMIC_ACQUIRE,
                                         __ATOMIC_RELAXED))
            continue;
        if (first) {
            __atomic_fetch_add(&group->private_round, 1, __ATOMIC_RELAXED);
            /* release: whoever sees the new count sees the new round */
            __atomic_store_n(&group->private_word, n, __ATOMIC_RELEASE);
        }
        return;
    }
}

void thrum_waitgroup_done(thrum_waitgroup *group)
{
    uint32_t word = __atomic_load_n(&group->private_word, __ATOMIC_RELAXED), now;
    do {
        if ((word & COUNT) == 0)
            thrum_fatal_object("counts", "waitgroup", group, "below zero", THRUM_FATAL_NO_HOLDER);
        now = (word & COUNT) == 1 ? 0 : word - 1;
        /* release: what was done comes before what waiters do; acquire: what the others did, whose
         * releases this one passes on */
    } while (!__atomic_compare_exchange_n(&group->private_word, &word, now, false, __ATOMIC_ACQ_REL,
                                          __ATOMIC_RELAXED));
    if (now == 0 && (word & THRUM_WAITERS))
        thrum_os_wake(&group->private_word, THRUM_ALL);
}

static bool over(uint32_t word)
{
    return (word & COUNT) == 0; /* zero, or from zero to the next round */
}

thrum_status thrum_waitgroup_wait_until(thrum_waitgroup *group, thrum_time deadline)
{
    /* The round before the word: if the word is of a later round, that shows below.
     * acquire, here and below: what was done comes before what the caller does */
    const uint32_t round = __atomic_load_n(&group->private_round, __ATOMIC_ACQUIRE);
    uint32_t word = __atomic_load_n(&group->private_word, __ATOMIC_ACQUIRE);
    if (over(word))
        return THRUM_OK;
    if (deadline == 0)
        return THRUM_TIMED_OUT;
    thrum_status status = THRUM_OK;
    thrum_wait_begin(THRUM_WAIT_GROUP, group, deadline);
    for (;;) {
        if (over(word) || __atomic_load_n(&group->private_round, __ATOMIC_ACQUIRE) != round) {
            status = THRUM_OK;
            break;
        }
        if (status == THRUM_TIMED_OUT)
            break;
        if (!(word & THRUM_WAITERS)) {
            /* and then look at the round again: the word may be a later round's by now */
            if (__atomic_compare_exchange_n(&group->private_word, &word, word | THRUM_WAITERS,
                                            false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
                word |= THRUM_WAITERS;
            continue;
        }
        status = thrum_os_wait(&group->private_word, word, deadline);
        word = __atomic_load_n(&group->private_word, __ATOMIC_ACQUIRE);
    }
    thrum_wait_end();
    return status;
}

void thrum_waitgroup_wait(thrum_waitgroup *group)
{
    (void)thrum_waitgroup_wait_until(group, THRUM_FOREVER);
}
