/* Counting semaphores (Dijkstra, EWD 74). SPDX-License-Identifier: MIT */
#ifndef THRUM_SEM_H
#define THRUM_SEM_H

#include "status.h"
#include "time.h"

THRUM_PRIVATE_BEGIN

/* Low 31 bits: the count. Bit 31: threads may sleep. */
typedef struct thrum_sem {
    thrum_private_word private_word;
} thrum_sem;

/* A semaphore that starts at `n`, 0 to THRUM_SEM_MAX. */
/* clang-format off */
#define THRUM_SEM_INIT(n) { THRUM_PRIVATE_WORD(n) }
/* clang-format on */
#define THRUM_SEM_MAX 0x7fffffffu

/* Takes one, blocking while there is none. */
THRUM_PRIVATE_API void thrum_sem_wait(thrum_sem *sem);
/* Takes one if there is one; never blocks. */
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK bool thrum_sem_try_wait(thrum_sem *sem);
/* THRUM_OK or THRUM_TIMED_OUT; a deadline in the past makes it a try. */
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK thrum_status thrum_sem_wait_until(thrum_sem *sem,
                                                                             thrum_time deadline);

/* Gives `n` back. More than THRUM_SEM_MAX in all is misuse. Never blocks; a signal handler may call
 * it. Touches nothing of the semaphore after the count is there for others to take. */
THRUM_PRIVATE_API void thrum_sem_post(thrum_sem *sem, uint32_t n);

THRUM_PRIVATE_END

#endif
