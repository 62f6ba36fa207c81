/* Many readers or one writer. SPDX-License-Identifier: MIT
 *
 * First come, first served as soon as there is a queue: a reader that arrives while a writer waits
 * queues behind it, so writers are not starved, and the readers that queue next to each other enter
 * together, so readers are not starved either. A release hands the lock to whoever is first. (So a
 * thread that takes a second read lock while a writer waits deadlocks with it.)
 *
 * Write-unlock by a thread that is not the writer, read-unlock of a lock that nobody reads, a lock
 * of any kind by the writer (but for a try, which answers false) are misuse: one line, then abort.
 * Readers are counted, not named; more than 2^30-1 of them are misuse. The memory may go as soon as
 * the caller knows by its own acquire that the last release happened. None of these calls is for
 * signal handlers. */
#ifndef THRUM_RWLOCK_H
#define THRUM_RWLOCK_H

#include "status.h"
#include "time.h"

THRUM_PRIVATE_BEGIN

typedef struct thrum_rwlock {
    thrum_private_word private_word;
    thrum_private_word private_lock, private_fork;
    struct thrum_private_waiter *private_first, *private_last;
} thrum_rwlock;

/* clang-format off */
#define THRUM_RWLOCK_INIT { 0, 0, 0, 0, 0 }
/* clang-format on */

/* The plain forms block; `try` never does; `_until` answers THRUM_OK or THRUM_TIMED_OUT, and a
 * deadline in the past makes it a try, but by the writer it is misuse whatever the deadline. Unlocks
 * never block long. */
THRUM_PRIVATE_API void thrum_rwlock_read_lock(thrum_rwlock *rwlock);
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK bool thrum_rwlock_try_read_lock(thrum_rwlock *rwlock);
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK thrum_status
thrum_rwlock_read_lock_until(thrum_rwlock *rwlock, thrum_time deadline);
THRUM_PRIVATE_API void thrum_rwlock_read_unlock(thrum_rwlock *rwlock);

THRUM_PRIVATE_API void thrum_rwlock_write_lock(thrum_rwlock *rwlock);
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK bool thrum_rwlock_try_write_lock(thrum_rwlock *rwlock);
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK thrum_status
thrum_rwlock_write_lock_until(thrum_rwlock *rwlock, thrum_time deadline);
THRUM_PRIVATE_API void thrum_rwlock_write_unlock(thrum_rwlock *rwlock);

/* The kernel thread id of the writer; 0 if nobody or readers hold the lock. */
THRUM_PRIVATE_API uint64_t thrum_rwlock_holder(const thrum_rwlock *rwlock);

THRUM_PRIVATE_END

#endif
