/* What went wrong, and who did it. SPDX-License-Identifier: MIT */
#ifndef THRUM_DIAGNOSE_H
#define THRUM_DIAGNOSE_H

#include "status.h"

THRUM_PRIVATE_BEGIN

/* Writes to the file descriptor `fd` one line a thread: id, name, state, stack used of stack size,
 * what it waits for and who holds that; in a signal handler, what the interrupted code waits for. It
 * only tries locks, so it works from a signal handler and in a program that hangs; what it could not
 * look at, it says. Needs about 1 KiB of stack. A pipe without a reader raises SIGPIPE, as with any
 * write. Windows: 1 and 2 are the standard handles, another number is a handle. */
THRUM_PRIVATE_API void thrum_dump(int fd);

/* `hook` gets each fatal line (without newline) in place of standard error: misuse, deadlock, stack
 * overflow. It runs in the thread that did it, possibly in a signal handler, and must not return to
 * the program: if it returns, the process is aborted. NULL restores the print. */
THRUM_PRIVATE_API void thrum_set_fatal_hook(void (*hook)(const char *message));

/* From now on a stack overflow of the calling thread, and of threads spawned from now on, is
 * reported by thread, name and stack size before the abort, instead of a bare segmentation fault.
 * It installs handlers for SIGSEGV and SIGBUS on alternate signal stacks (sigaltstack(2)), on Windows a
 * vectored exception handler. A thread that has an alternate stack as large of its own keeps it.
 * Faults that are no overflow go where they would have gone: to a handler of the program's under its
 * mask and flags, but on the alternate stack, also without SA_ONSTACK. A second call only adds the
 * calling thread.
 *
 * THRUM_OK; THRUM_NO_MEMORY: no memory for the caller's alternate stack; THRUM_UNSUPPORTED: the
 * system has no such means; THRUM_SYSTEM: the kernel refused. On failure nothing is changed. */
THRUM_PRIVATE_API thrum_status thrum_catch_overflow(void);

/* Deadlocks need no call: a thread that has waited 50 ms without a deadline for a mutex, an
 * rwlock, a once or (in a program that uses one of these) a thread's end looks whether its holder
 * waits for something whose holder …, and if the chain closes, the whole circle is reported as a
 * fatal line. So is a wait for a mutex, a writer or a once whose holder has ended. The thread looks
 * again after twice the time, and so on. Readers of an rwlock are counted, not named, so a circle
 * through a reader is not found; neither is one through a timed wait. */

THRUM_PRIVATE_END

#endif
