/* What compilers call a function for where a word has 32 bits, or the CPU has no such instruction,
 * and which a program without the compiler's own library does not have: division of 64 bits, and
 * products of 64 bits. */
#ifndef THRUM_ARCH_DIVIDE_H
#define THRUM_ARCH_DIVIDE_H

#include <stdint.h>

/* Bit by bit, in halves; `divisor` is below 2^31. */
static inline uint64_t thrum_divide(uint64_t value, uint32_t divisor, uint32_t *rest)
{
    uint32_t high = (uint32_t)(value >> 32), low = (uint32_t)value, left = 0;
    for (int i = 0; i < 64; i++) {
        left = left << 1 | high >> 31;
        high = high << 1 | low >> 31;
        low <<= 1;
        if (left >= divisor) {
            left -= divisor;
            low |= 1;
        }
    }
    *rest = left;
    return (uint64_t)high << 32 | low;
}

/* Nanoseconds to seconds and the rest of them. */
static inline uint64_t thrum_seconds(uint64_t time, uint32_t *nanoseconds)
{
    if (sizeof(uintptr_t) < sizeof time)
        return thrum_divide(time, 1000000000u, nanoseconds);
    *nanoseconds = (uint32_t)(time % 1000000000u);
    return time / 1000000000u;
}

static inline uint64_t thrum_multiply(uint64_t value, uint16_t factor)
{
    if (sizeof(uintptr_t) == sizeof value)
        return value * factor;
    uint32_t high = (uint32_t)(value >> 32) * factor;
    uint32_t middle = ((uint32_t)value >> 16) * factor, low = ((uint32_t)value & 0xffff) * factor;
    return ((uint64_t)high << 32) + ((uint64_t)middle << 16) + low;
}

/* 1000000000 is 0x3b9aca00. */
static inline uint64_t thrum_nanoseconds(uint64_t seconds)
{
    if (sizeof(uintptr_t) == sizeof seconds)
        return seconds * 1000000000u;
    return (thrum_multiply(seconds, 0x3b9a) << 16) + thrum_multiply(seconds, 0xca00);
}

#endif
