/* Condition variables (Hoare 1974 in the form of Mesa, Lampson & Redell 1980; the queue of waiters
 * in their own threads' memory is that of Birrell, "Implementing Condition Variables with
 * Semaphores", 2003). SPDX-License-Identifier: MIT
 *
 *     thrum_mutex_lock(&mutex);
 *     while (!ready)
 *         thrum_cond_wait(&cond, &mutex);
 *     thrum_mutex_unlock(&mutex);
 *
 * First come, first woken. A signal goes to a thread that waited before it, never to a later one,
 * and is not lost to one that times out. No wait returns without a signal, a broadcast or its
 * deadline (still, wait in a loop: another thread may change the state before the mutex is
 * reacquired). A broadcast makes all who wait wait for the mutex: an unlock wakes one of them, the one
 * of the highest priority where the kernel goes by that, and nobody waits for one that gets no CPU.
 * Where the kernel cannot move a sleeping thread to another word (other systems than Linux), it wakes
 * them all.
 *
 * To wait on a mutex that the caller does not hold, and with two mutexes at once on one condition,
 * is misuse. The memory may go after a broadcast has returned, if nobody begins a new wait. None of
 * these calls is for signal handlers. */
#ifndef THRUM_COND_H
#define THRUM_COND_H

#include "mutex.h"

THRUM_PRIVATE_BEGIN

typedef struct thrum_cond {
    thrum_private_word private_lock, private_fork;
    thrum_private_word private_drain;
    struct thrum_private_waiter *private_first, *private_last;
} thrum_cond;

/* clang-format off */
#define THRUM_COND_INIT { 0, 0, 0, 0, 0 }
/* clang-format on */

/* Frees the mutex, sleeps until signalled, takes the mutex again. */
THRUM_PRIVATE_API void thrum_cond_wait(thrum_cond *cond, thrum_mutex *mutex);

/* The same until `deadline`: THRUM_OK if signalled, else THRUM_TIMED_OUT. The mutex is held again
 * in both cases, and taking it again has no deadline. */
THRUM_PRIVATE_API thrum_status thrum_cond_wait_until(thrum_cond *cond, thrum_mutex *mutex,
                                                     thrum_time deadline);

/* Wakes the thread that has waited longest, or every waiting thread; with or without the mutex.
 * Signal never blocks long; broadcast may wait for threads that are just leaving with a
 * time-out. */
THRUM_PRIVATE_API void thrum_cond_signal(thrum_cond *cond);
THRUM_PRIVATE_API void thrum_cond_broadcast(thrum_cond *cond);

THRUM_PRIVATE_END

#endif
