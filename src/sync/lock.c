/* The slow path of every lock word. */
#include "sync/lock.h"

bool thrum_word_spin(THRUM_FORK_VISIBLE uint32_t *word, uint32_t id)
{
    for (int i = 0; i < THRUM_SPIN_LIMIT; i++) {
        uint32_t now = __atomic_load_n(word, __ATOMIC_RELAXED);
        if (now == 0 && thrum_word_try(word, id))
            return true;
        if (now & THRUM_WAITERS)
            return false; /* others sleep already: the wait is not a short one */
        thrum_arch_relax();
    }
    return false;
}

/* The rule that keeps sleepers from being lost: one that has set WAITERS, or has slept, takes the
 * word with the bit set; one that leaves without it and finds the bit clear wakes one other,
 * because the wake that came with clearing it may have been meant for a thread that does not
 * look. */
thrum_status thrum_word_sleep(THRUM_FORK_VISIBLE uint32_t *word, uint32_t id, thrum_time deadline)
{
    uint32_t bit = 0; /* WAITERS once this thread has set it or slept */
    uint32_t now = __atomic_load_n(word, __ATOMIC_RELAXED);
    bool late = false;
    for (;;) {
        if (now == 0) {
            /* acquire: what the last holder did comes before what this one does */
            if (__atomic_compare_exchange_n(word, &now, id | bit, false, __ATOMIC_ACQUIRE,
                                            __ATOMIC_RELAXED))
                return THRUM_OK;
            continue;
        }
        if (late) {
            if (!(now & THRUM_WAITERS))
                thrum_os_wake(word, 1);
            return THRUM_TIMED_OUT;
        }
        if (!(now & THRUM_WAITERS)) {
            if (!__atomic_compare_exchange_n(word, &now, now | THRUM_WAITERS, false,
                                             __ATOMIC_RELAXED, __ATOMIC_RELAXED))
                continue;
            now |= THRUM_WAITERS;
        }
        bit = THRUM_WAITERS;
        late = thrum_os_wait(word, now, deadline) == THRUM_TIMED_OUT;
        now = __atomic_load_n(word, __ATOMIC_RELAXED);
    }
}
