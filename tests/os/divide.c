/* Division and products of 64-bit times without the compiler's helpers, on every CPU. Quotient and
 * rest are right if they make the value again and the rest is less than the divisor; products are
 * compared with sums. */
#include "arch/divide.h"

#include "../test.h"

/* Bit by bit, modulo 2^64. */
static uint64_t times(uint64_t value, uint32_t factor)
{
    uint64_t sum = 0;
    for (; factor; factor >>= 1, value += value)
        sum += factor & 1 ? value : 0;
    return sum;
}

static uint32_t check_divided(uint64_t value, uint32_t divisor)
{
    uint32_t rest = UINT32_MAX;
    uint64_t quotient = thrum_divide(value, divisor, &rest);
    return times(quotient, divisor) + rest != value || rest >= divisor ||
           (divisor > 1 && quotient > value >> 1); /* nothing wrapped */
}

static uint32_t check_value(uint64_t value)
{
    static const uint32_t divisors[] = { 1,       2,          3,          7,         10,    125,
                                         1000,    15625,      65535,      65536,     99991, 1000000,
                                         1 << 30, 1000000000, 0x7ffffffe, 0x7fffffff };
    static const uint16_t factors[] = { 0, 1, 2, 10, 1000, 32768, 51712, 65535 };
    uint32_t wrong = 0, nanoseconds = UINT32_MAX;
    for (size_t i = 0; i < sizeof divisors / sizeof *divisors; ++i)
        wrong += check_divided(value, divisors[i]);
    for (size_t i = 0; i < sizeof factors / sizeof *factors; ++i)
        wrong += thrum_multiply(value, factors[i]) != times(value, factors[i]);
    uint64_t seconds = thrum_seconds(value, &nanoseconds);
    wrong += nanoseconds >= 1000000000u || seconds > value >> 29;
    wrong += thrum_nanoseconds(seconds) + nanoseconds != value;
    wrong += thrum_nanoseconds(value) != times(value, 1000000000u);
    return wrong;
}

TEST(divide_edges, 5)
{
    static const uint64_t steps[] = { 1,          10,         1000,       65535,     65536,
                                      1000000000, 1000000001, 4294967295, 4294967296 };
    for (unsigned shift = 0; shift < 64; ++shift) {
        uint64_t power = (uint64_t)1 << shift;
        for (uint64_t near = power - 3; near != power + 4; ++near)
            CHECK_EQ(check_value(near), 0);
    }
    for (size_t i = 0; i < sizeof steps / sizeof *steps; ++i) {
        for (uint32_t count = 0; count < 20; ++count) {
            CHECK_EQ(check_value(times(steps[i], count)), 0);
            CHECK_EQ(check_value(times(steps[i], count) - 1), 0);
            CHECK_EQ(check_value(UINT64_MAX - times(steps[i], count)), 0);
        }
    }
}

TEST(divide_random, 10)
{
    uint64_t state = test_seed();
    uint32_t rounds = test_scale(30000, 500), wrong = 0;
    for (uint32_t i = 0; i < rounds; ++i) {
        uint64_t value = test_random(&state) >> test_pick(&state, 64);
        wrong += check_value(value);
        wrong += check_divided(value, 1 + test_pick(&state, 0x7fffffff));
    }
    CHECK_EQ(wrong, 0);
}
