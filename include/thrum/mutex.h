/* Mutexes that know their holder. SPDX-License-Identifier: MIT
 *
 *     static thrum_mutex lock;
 *     thrum_mutex_lock(&lock);
 *     …
 *     thrum_mutex_unlock(&lock);
 *
 * The word is 0 when free, else the holder's lock id, with bit 31 set when threads may sleep on it
 * (Drepper, "Futexes Are Tricky", 2011, with the holder in place of his 1). A lock is not handed
 * over but set free: a running thread may take it before the one that was woken. Unlock by a thread
 * that does not hold the lock and relock by its holder are misuse: one line, then abort. The memory
 * of a mutex may go as soon as its owner knows, by having locked it last, that nobody will lock it
 * again. None of these calls is for signal handlers. */
#ifndef THRUM_MUTEX_H
#define THRUM_MUTEX_H

#include "status.h"
#include "time.h"

THRUM_PRIVATE_BEGIN

typedef struct thrum_mutex {
    thrum_private_word private_word;
} thrum_mutex;

/* clang-format off */
#define THRUM_MUTEX_INIT { 0 }
/* clang-format on */

/* thrum_mutex_lock blocks until the caller holds the mutex; a wait that never ends because holders
 * wait for each other in a circle is reported (thrum/diagnose.h).
 * thrum_mutex_try_lock never blocks; false if anybody holds it, the caller included.
 * thrum_mutex_lock_until answers THRUM_OK or THRUM_TIMED_OUT; a deadline in the past makes it a
 * try, but by the holder it is misuse whatever the deadline. thrum_mutex_unlock frees it and wakes one
 * sleeper if there are any; never blocks. */
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK thrum_status thrum_mutex_lock_until(thrum_mutex *mutex,
                                                                               thrum_time deadline);

/* The kernel thread id of the holder, 0 if the mutex is free: out of date as soon as it is read,
 * unless the caller holds the mutex. Never blocks long. */
THRUM_PRIVATE_API uint64_t thrum_mutex_holder(const thrum_mutex *mutex);

THRUM_PRIVATE_API void thrum_private_mutex_lock_slow(thrum_mutex *mutex);
THRUM_PRIVATE_API void thrum_private_mutex_unlock_slow(thrum_mutex *mutex, uint32_t was);

#ifdef THRUM_PRIVATE_INLINE

static inline bool thrum_mutex_try_lock(thrum_mutex *mutex)
{
    uint32_t word = __atomic_load_n(&mutex->private_word, __ATOMIC_RELAXED);
    if (word != 0)
        return false;
    if (!__atomic_load_n(&thrum_private_threaded, __ATOMIC_RELAXED)) {
        __atomic_store_n(&mutex->private_word, thrum_private_lock_id(), __ATOMIC_RELAXED);
        return true;
    }
    /* acquire: what the last holder did comes before what this one does */
    return __atomic_compare_exchange_n(&mutex->private_word, &word, thrum_private_lock_id(), false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void thrum_mutex_lock(thrum_mutex *mutex)
{
    uint32_t word = 0;
    if (THRUM_PRIVATE_LIKELY(__atomic_load_n(&thrum_private_threaded, __ATOMIC_RELAXED))) {
        /* acquire: what the last holder did comes before what this one does */
        if (THRUM_PRIVATE_LIKELY(__atomic_compare_exchange_n(&mutex->private_word, &word,
                                                             thrum_private_lock_id(), false,
                                                             __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)))
            return;
    } else if (THRUM_PRIVATE_LIKELY(__atomic_load_n(&mutex->private_word, __ATOMIC_RELAXED) == 0)) {
        __atomic_store_n(&mutex->private_word, thrum_private_lock_id(), __ATOMIC_RELAXED);
        return;
    }
    thrum_private_mutex_lock_slow(mutex);
}

static inline void thrum_mutex_unlock(thrum_mutex *mutex)
{
    uint32_t was;
    if (THRUM_PRIVATE_LIKELY(__atomic_load_n(&thrum_private_threaded, __ATOMIC_RELAXED))) {
        /* release: what this holder did comes before what the next one does; the old value says
         * whether to wake, so nothing of the mutex is read after it is free */
        was = __atomic_exchange_n(&mutex->private_word, 0, __ATOMIC_RELEASE);
    } else {
        was = __atomic_load_n(&mutex->private_word, __ATOMIC_RELAXED);
        __atomic_store_n(&mutex->private_word, 0, __ATOMIC_RELAXED);
    }
    if (!THRUM_PRIVATE_LIKELY(was == thrum_private_lock_id()))
        thrum_private_mutex_unlock_slow(mutex, was);
}

#else

THRUM_PRIVATE_API void thrum_mutex_lock(thrum_mutex *mutex);
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK bool thrum_mutex_try_lock(thrum_mutex *mutex);
THRUM_PRIVATE_API void thrum_mutex_unlock(thrum_mutex *mutex);

#endif

/* A mutex its holder may lock again; it is free after as many unlocks. */
typedef struct thrum_recursive_mutex {
    thrum_mutex private_mutex;
    uint32_t private_depth;
} thrum_recursive_mutex;

/* clang-format off */
#define THRUM_RECURSIVE_MUTEX_INIT { THRUM_MUTEX_INIT, 0 }
/* clang-format on */

/* As the mutex's calls above, but the holder always succeeds at once, with one more level; more
 * than 2^32-1 of them are misuse. */
THRUM_PRIVATE_API void thrum_recursive_mutex_lock(thrum_recursive_mutex *mutex);
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK bool
thrum_recursive_mutex_try_lock(thrum_recursive_mutex *mutex);
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK thrum_status
thrum_recursive_mutex_lock_until(thrum_recursive_mutex *mutex, thrum_time deadline);
THRUM_PRIVATE_API void thrum_recursive_mutex_unlock(thrum_recursive_mutex *mutex);
THRUM_PRIVATE_API uint64_t thrum_recursive_mutex_holder(const thrum_recursive_mutex *mutex);

/* How many levels the caller holds; 0 if it does not hold the mutex. */
THRUM_PRIVATE_API uint32_t thrum_recursive_mutex_depth(const thrum_recursive_mutex *mutex);

THRUM_PRIVATE_END

#endif
