#ifndef SHAPE_TIME_H
#define SHAPE_TIME_H

#include <shape.h>

#define CLOCK_REALTIME 0
#define TIMER_ABSTIME 1

int clock_gettime(clockid_t clock, struct timespec *time);
int nanosleep(const struct timespec *length, struct timespec *rest);
#if SHAPE_HAS_CLOCK_NANOSLEEP
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *rest);
#endif

#endif
