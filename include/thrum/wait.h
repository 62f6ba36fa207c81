/* Wait on address: what every lock here is made of, for locks of your own. The idea is Linux's
 * futex (Franke, Russell, Kirkwood, "Fuss, Futexes and Furwocks", OLS 2002; futex(2)).
 * SPDX-License-Identifier: MIT
 *
 *     while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) == 0)
 *         thrum_wait(&ready, 0);
 */
#ifndef THRUM_WAIT_H
#define THRUM_WAIT_H

#include "status.h"
#include "time.h"

THRUM_PRIVATE_BEGIN

/* For thrum_wake: every thread that waits. */
#define THRUM_ALL UINT32_MAX

/* The word is at a multiple of 4, which is what compilers do unless told otherwise, but for those
 * of m68k: there it says _Alignas(4).
 *
 * Sleeps while the word at `address` holds `expected`, until a thrum_wake on the address. May
 * return early for no reason (a signal, a wake meant for an earlier use of the memory): call it in
 * a loop that looks at the word. The look at the word and the sleep are one step against
 * thrum_wake. */
THRUM_PRIVATE_API void thrum_wait(const uint32_t *address, uint32_t expected);

/* The same, until `deadline`. THRUM_OK (woken, early return, or the word differed) or
 * THRUM_TIMED_OUT. */
THRUM_PRIVATE_API thrum_status thrum_wait_until(const uint32_t *address, uint32_t expected,
                                                thrum_time deadline);

/* Wakes at most `count` threads that wait on the address; which ones is the kernel's choice. Reads
 * nothing there: the memory may be gone already. Never blocks; a signal handler may call it. */
THRUM_PRIVATE_API void thrum_wake(const uint32_t *address, uint32_t count);

THRUM_PRIVATE_END

#endif
