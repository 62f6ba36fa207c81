/* Threads that wait for each other, round after round. SPDX-License-Identifier: MIT */
#ifndef THRUM_BARRIER_H
#define THRUM_BARRIER_H

#include "private.h"

THRUM_PRIVATE_BEGIN

typedef struct thrum_barrier {
    thrum_private_word private_size, private_lock, private_fork, private_count;
    struct thrum_private_waiter *private_first, *private_last;
} thrum_barrier;

/* A barrier for rounds of `n` threads, at least 1. A zeroed one has n = 0: to wait on it is
 * misuse. */
/* clang-format off */
#define THRUM_BARRIER_INIT(n) { THRUM_PRIVATE_WORD(n), 0, 0, 0, 0, 0 }
/* clang-format on */

/* Blocks until n threads have called it; true in exactly one of them. What each did before is seen
 * by all after. More than n threads may share it: the next to come make the next round. The memory
 * may go when all n have returned. */
THRUM_PRIVATE_API bool thrum_barrier_wait(thrum_barrier *barrier);

THRUM_PRIVATE_END

#endif
