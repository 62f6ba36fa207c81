/* The kernel's calls for linux.c and linux_process.c. */
#ifndef THRUM_TEST_LINUX_H
#define THRUM_TEST_LINUX_H

#include "../test.h"
#include "system.h"

#if defined(__x86_64__)
#include "linux_x86_64.h"
#else
#error "tests/support has no file for this CPU yet"
#endif

enum { EINTR_NUMBER = 4 };

static inline bool refused(long result)
{
    return (unsigned long)result > -4096ul;
}

static inline long call1(long number, long a)
{
    return call6(number, a, 0, 0, 0, 0, 0);
}

static inline long call2(long number, long a, long b)
{
    return call6(number, a, b, 0, 0, 0, 0);
}

static inline long call3(long number, long a, long b, long c)
{
    return call6(number, a, b, c, 0, 0, 0);
}

static inline long call4(long number, long a, long b, long c, long d)
{
    return call6(number, a, b, c, d, 0, 0);
}

#endif
