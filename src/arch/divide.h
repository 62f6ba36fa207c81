/* Division of 64 bits by a constant. Where a word has 32, compilers call a helper for it that a
 * program without their library does not have (and that knows nothing of the constant). */
#ifndef THRUM_ARCH_DIVIDE_H
#define THRUM_ARCH_DIVIDE_H

#include <stdint.h>

/* Schoolbook division, 16 bits a digit. A constant divisor makes each step a multiplication. */
__attribute__((always_inline)) static inline uint64_t
thrum_divide_in_steps(uint64_t value, uint16_t divisor, uint32_t *rest)
{
    uint32_t high = (uint32_t)(value >> 32), low = (uint32_t)value;
    uint32_t a = high >> 16;
    uint32_t b = (a % divisor) << 16 | (high & 0xffff);
    uint32_t c = (b % divisor) << 16 | low >> 16;
    uint32_t d = (c % divisor) << 16 | (low & 0xffff);
    *rest = d % divisor;
    high = (a / divisor) << 16 | b / divisor;
    low = (c / divisor) << 16 | d / divisor;
    return (uint64_t)high << 32 | low;
}

__attribute__((always_inline)) static inline uint64_t
thrum_divide(uint64_t value, uint16_t divisor, uint32_t *rest)
{
    if (sizeof(uintptr_t) < sizeof value)
        return thrum_divide_in_steps(value, divisor, rest);
    *rest = (uint32_t)(value % divisor);
    return value / divisor;
}

/* Nanoseconds to seconds and the rest of them: 1000000000 is 512 * 125 * 15625. */
static inline uint64_t thrum_seconds(uint64_t time, uint32_t *nanoseconds)
{
    if (sizeof(uintptr_t) == sizeof time) {
        *nanoseconds = (uint32_t)(time % 1000000000u);
        return time / 1000000000u;
    }
    uint32_t first, second, third;
    time = thrum_divide_in_steps(time, 512, &first);
    time = thrum_divide_in_steps(time, 125, &second);
    time = thrum_divide_in_steps(time, 15625, &third);
    *nanoseconds = (third * 125 + second) * 512 + first;
    return time;
}

#endif
