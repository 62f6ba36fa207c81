/* Time: nanoseconds on the monotonic clock; and what the wall clock says. SPDX-License-Identifier: MIT */
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
 * stands still while the machine is suspended; Windows: the performance counter, which goes on). No
 * system call where the kernel maps a clock. Never blocks, never fails. */
THRUM_PRIVATE_API thrum_time thrum_now(void);

/* The deadline `length` nanoseconds from now; saturates at THRUM_FOREVER. */
THRUM_PRIVATE_API thrum_time thrum_after(thrum_time length);

/* The wall clock now: seconds since 1970 began in UTC, without leap seconds, and in `*nanoseconds`
 * those beyond, below 10^9. Good beyond 2038 on every CPU. It jumps when somebody sets it. Never
 * blocks, never fails. */
THRUM_PRIVATE_API int64_t thrum_wall_clock(uint32_t *nanoseconds);

/* The deadline at which the wall clock will show that time, if nobody sets it meanwhile: whoever has
 * to know asks again when the deadline has passed. 0 if the clock shows that time or a later one
 * already; THRUM_FOREVER if it is more than 584 years ahead. */
THRUM_PRIVATE_API thrum_time thrum_wall_deadline(int64_t seconds, uint32_t nanoseconds);

/* So many seconds and nanoseconds as a length; saturates at THRUM_FOREVER. */
THRUM_PRIVATE_API thrum_time thrum_private_length(uint64_t seconds, uint32_t nanoseconds);

THRUM_PRIVATE_END

#endif
