/* Time: nanoseconds on the monotonic clock. SPDX-License-Identifier: MIT */
#ifndef THRUM_TIME_H
#define THRUM_TIME_H

#include "private.h"

THRUM_PRIVATE_BEGIN

/* A point in time, or a length of it, in nanoseconds. 64 unsigned bits reach 584 years past the
 * clock's start (on Linux the boot). */
typedef uint64_t thrum_time;

/* The deadline that never comes. */
#define THRUM_FOREVER UINT64_MAX

/* The monotonic clock now (Linux: CLOCK_MONOTONIC, which a clock step does not move and which
 * stands still while the machine is suspended). No system call where the kernel maps a clock.
 * Never blocks, never fails. */
THRUM_PRIVATE_API thrum_time thrum_now(void);

/* The deadline `length` nanoseconds from now; saturates at THRUM_FOREVER. */
THRUM_PRIVATE_API thrum_time thrum_after(thrum_time length);

THRUM_PRIVATE_END

#endif
