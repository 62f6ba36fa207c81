/* How a freestanding program comes to life when its start-up is not thrum's own `_start`.
 * SPDX-License-Identifier: MIT */
#ifndef THRUM_START_H
#define THRUM_START_H

#include "status.h"

THRUM_PRIVATE_BEGIN

#ifdef THRUM_FREESTANDING

/* Makes the calling thread, the only one of the process, thrum's main thread: finds the TLS image
 * (PT_TLS), installs it and the control block, sets the thread pointer and a random stack protector
 * canary. `stack` is the stack pointer as the kernel left it at the program's entry (argc is the
 * first word there: System V psABI, "Initial Stack and Register State").
 *
 * For a program that has its own `_start` and no libc; thrum's own start object has called it
 * before `main`. A static-PIE must have relocated itself before. The caller and everything above it
 * that has not returned must be compiled without stack protector. Does not block. Constructors are
 * left to the caller.
 *
 * THRUM_OK; THRUM_BUSY: somebody (a libc, an earlier call) has set the thread pointer already, and
 * nothing was changed; THRUM_NO_MEMORY: a TLS image too large for the static area, and the kernel
 * refused a mapping; THRUM_INVALID: no program headers to be found; THRUM_SYSTEM: the kernel
 * refused the thread pointer. */
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK thrum_status thrum_init(const void *stack);

/* The same from the auxiliary vector (pairs of words, ended by AT_NULL). */
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK thrum_status thrum_init_auxv(const uintptr_t *auxv);

#endif

THRUM_PRIVATE_END

#endif
