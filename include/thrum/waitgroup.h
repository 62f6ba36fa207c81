/* Wait until a number of things is done (the idea is Go's sync.WaitGroup).
 * SPDX-License-Identifier: MIT */
#ifndef THRUM_WAITGROUP_H
#define THRUM_WAITGROUP_H

#include "status.h"
#include "time.h"

THRUM_PRIVATE_BEGIN

typedef struct thrum_waitgroup {
    thrum_private_word private_count;
    thrum_private_word private_lock, private_fork;
    struct thrum_private_waiter *private_first, *private_last;
} thrum_waitgroup;

/* clang-format off */
#define THRUM_WAITGROUP_INIT { 0, 0, 0, 0, 0 }
/* clang-format on */

/* `n` more things to wait for: call it before the thing begins, not within it. At most 2^32-1 in
 * all; more is misuse. Never blocks long. */
THRUM_PRIVATE_API void thrum_waitgroup_add(thrum_waitgroup *group, uint32_t n);
/* One thing is done; the last one releases all who wait. Below zero is misuse. Never blocks
 * long. */
THRUM_PRIVATE_API void thrum_waitgroup_done(thrum_waitgroup *group);

/* Blocks until the count is, or since the call began has once been, zero: a group may be used again
 * while earlier waiters are still on their way out. */
THRUM_PRIVATE_API void thrum_waitgroup_wait(thrum_waitgroup *group);
/* THRUM_OK or THRUM_TIMED_OUT. */
THRUM_PRIVATE_API thrum_status thrum_waitgroup_wait_until(thrum_waitgroup *group,
                                                          thrum_time deadline);

THRUM_PRIVATE_END

#endif
