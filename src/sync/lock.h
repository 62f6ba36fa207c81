/* The word that every lock here has, and the small locks that guard the library's own lists.
 *
 *   0                  free
 *   id                 held by the thread with that lock id
 *   id | WAITERS       held, and threads may sleep on the word
 *
 * Lock:   0 -> id, or 0 -> id|WAITERS by one that has slept or set the bit: others may still sleep.
 * Wait:   id -> id|WAITERS by whoever is about to sleep.
 * Unlock: anything -> 0 by one exchange, whose old value says whether to wake; the word is not
 *         touched after, so its memory may be gone by the time of the wake. */
#ifndef THRUM_SYNC_LOCK_H
#define THRUM_SYNC_LOCK_H

#include "os/os.h"
#include "thread/block.h"
#include "thrum/wait.h"

#define THRUM_WAITERS 0x80000000u
#define THRUM_HOLDER(word) ((word)&0x3fffffffu)

/* How often a held lock is looked at before sleeping, with a pause between: less than a
 * microsecond. More was measured (docs/performance.md): it gains nothing when all run, and a holder
 * that does not run makes it pure loss. */
enum { THRUM_SPIN_LIMIT = 10 };

/* After the one quick attempt has failed, looks for a short while; true if lock id `id` has it. */
bool thrum_word_spin(THRUM_FORK_VISIBLE uint32_t *word, uint32_t id);
/* Then sleeps until it has it: THRUM_OK or THRUM_TIMED_OUT. `bit` is THRUM_WAITERS if the thread may
 * have slept on the word already, else 0. */
thrum_status thrum_word_sleep(THRUM_FORK_VISIBLE uint32_t *word, uint32_t id, uint32_t bit,
                              thrum_time deadline);

static inline bool thrum_word_try(THRUM_FORK_VISIBLE uint32_t *word, uint32_t id)
{
    uint32_t free = 0;
    /* acquire: what the last holder did comes before what this one does */
    return __atomic_compare_exchange_n(word, &free, id, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/* A lock of the library's own: never held while the program's code runs (but for the visitor of
 * thrum_each_thread), never across a wait, so it needs no deadline and no place in a deadlock. */
struct thrum_lock {
    THRUM_FORK_VISIBLE thrum_private_word word;
};

static inline void thrum_lock_take_as(struct thrum_lock *lock, uint32_t id)
{
    if (!thrum_word_try(&lock->word, id) && !thrum_word_spin(&lock->word, id))
        (void)thrum_word_sleep(&lock->word, id, 0, THRUM_FOREVER);
}

static inline void thrum_lock_take(struct thrum_lock *lock)
{
    thrum_lock_take_as(lock, thrum_block_self()->head.lock_id);
}

static inline bool thrum_lock_try(struct thrum_lock *lock)
{
    return thrum_word_try(&lock->word, thrum_block_self()->head.lock_id);
}

static inline void thrum_lock_release(struct thrum_lock *lock)
{
    /* release: what this holder did comes before what the next one does */
    if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) & THRUM_WAITERS)
        thrum_os_wake(&lock->word, 1);
}

static inline bool thrum_lock_mine(const struct thrum_lock *lock)
{
    return THRUM_HOLDER(__atomic_load_n(&lock->word, __ATOMIC_RELAXED)) ==
           thrum_block_self()->head.lock_id;
}

#endif
