/* Run a function once, whoever comes first. SPDX-License-Identifier: MIT */
#ifndef THRUM_ONCE_H
#define THRUM_ONCE_H

#include "private.h"

THRUM_PRIVATE_BEGIN

/* 0: not run yet. A lock id: runs in that thread (bit 31: others sleep). Bit 30 alone: done. */
typedef struct thrum_once {
    thrum_private_word private_word;
} thrum_once;

/* clang-format off */
#define THRUM_ONCE_INIT { 0 }
/* clang-format on */
#define THRUM_PRIVATE_ONCE_DONE 0x40000000u

THRUM_PRIVATE_API void thrum_private_once_slow(thrum_once *once, void (*function)(void *argument),
                                               void *argument);

/* Runs `function(argument)` if no call has yet, and returns when the one run has ended; what it did
 * is seen by every caller. Blocks while another thread runs it. A call from within `function` on
 * the same object is misuse, and so is to leave `function` by an exception, a jump or thrum_exit: an
 * exception is reported; after a jump or thrum_exit the run has no end. Not for signal handlers. */
#ifdef THRUM_PRIVATE_INLINE
static inline void thrum_once_run(thrum_once *once, void (*function)(void *argument),
                                  void *argument)
{
    /* acquire: what the one run did comes before what this caller does */
    if (!THRUM_PRIVATE_LIKELY(__atomic_load_n(&once->private_word, __ATOMIC_ACQUIRE) ==
                              THRUM_PRIVATE_ONCE_DONE))
        thrum_private_once_slow(once, function, argument);
}
#else
THRUM_PRIVATE_API void thrum_once_run(thrum_once *once, void (*function)(void *argument),
                                      void *argument);
#endif

THRUM_PRIVATE_END

#endif
