/* What compilers call where a CPU lacks the instruction, for those that come without a library of
 * their own for it: divisions. Weak, should the compiler have them all the same. */
#include <stdint.h>

uint64_t __udivdi3(uint64_t value, uint64_t divisor);
uint64_t __umoddi3(uint64_t value, uint64_t divisor);

/* Bit by bit; what is left stays below the divisor. */
static uint64_t divide(uint64_t value, uint64_t divisor, uint64_t *rest)
{
    uint64_t left = 0;
    for (int i = 0; i < 64; ++i) {
        uint64_t out = left >> 63;
        left = left << 1 | value >> 63;
        value <<= 1;
        if (out || left >= divisor) {
            left -= divisor;
            value |= 1;
        }
    }
    *rest = left;
    return value;
}

__attribute__((weak)) uint64_t __udivdi3(uint64_t value, uint64_t divisor)
{
    uint64_t rest;
    return divide(value, divisor, &rest);
}

__attribute__((weak)) uint64_t __umoddi3(uint64_t value, uint64_t divisor)
{
    uint64_t rest;
    divide(value, divisor, &rest);
    return rest;
}

/* Clang's names on Hexagon, which has no division of any size. */
#ifdef __hexagon__
#define QUOTIENTS(type, unsigned_type, signed_size, unsigned_size)                           \
    unsigned_type __hexagon_udiv##unsigned_size(unsigned_type value, unsigned_type divisor); \
    unsigned_type __hexagon_umod##unsigned_size(unsigned_type value, unsigned_type divisor); \
    type __hexagon_div##signed_size(type value, type divisor);                               \
    type __hexagon_mod##signed_size(type value, type divisor);                               \
    __attribute__((weak))                                                                    \
    unsigned_type __hexagon_udiv##unsigned_size(unsigned_type value, unsigned_type divisor)  \
    {                                                                                        \
        return (unsigned_type)__udivdi3(value, divisor);                                     \
    }                                                                                        \
    __attribute__((weak))                                                                    \
    unsigned_type __hexagon_umod##unsigned_size(unsigned_type value, unsigned_type divisor)  \
    {                                                                                        \
        return (unsigned_type)__umoddi3(value, divisor);                                     \
    }                                                                                        \
    __attribute__((weak)) type __hexagon_div##signed_size(type value, type divisor)          \
    {                                                                                        \
        uint64_t a = value < 0 ? -(uint64_t)value : (uint64_t)value;                         \
        uint64_t b = divisor < 0 ? -(uint64_t)divisor : (uint64_t)divisor;                   \
        uint64_t quotient = __udivdi3(a, b);                                                 \
        return (type)((value < 0) != (divisor < 0) ? -quotient : quotient);                  \
    }                                                                                        \
    __attribute__((weak)) type __hexagon_mod##signed_size(type value, type divisor)          \
    {                                                                                        \
        uint64_t a = value < 0 ? -(uint64_t)value : (uint64_t)value;                         \
        uint64_t rest = __umoddi3(a, divisor < 0 ? -(uint64_t)divisor : (uint64_t)divisor);  \
        return (type)(value < 0 ? -rest : rest);                                             \
    }
QUOTIENTS(int32_t, uint32_t, si3, si3)
QUOTIENTS(int64_t, uint64_t, di3, di3)
#endif

/* Run-time ABI for the Arm architecture, 4.2 and 4.3.1: quotient and rest in r0-r3, r0 and r1. */
#ifdef __arm__
struct divided {
    uint64_t quotient, rest;
};
void test_divide_64(struct divided *result, uint64_t value, uint64_t divisor);
uint64_t test_divide_32(uint32_t value, uint32_t divisor);
uint64_t test_divide_signed_32(int32_t value, int32_t divisor);
uint32_t __aeabi_uidiv(uint32_t value, uint32_t divisor);
int32_t __aeabi_idiv(int32_t value, int32_t divisor);

__attribute__((used)) void test_divide_64(struct divided *result, uint64_t value, uint64_t divisor)
{
    result->quotient = divide(value, divisor, &result->rest);
}

static uint32_t divide_32(uint32_t value, uint32_t divisor, uint32_t *rest)
{
    uint32_t left = 0;
    for (int i = 0; i < 32; ++i) {
        uint32_t out = left >> 31;
        left = left << 1 | value >> 31;
        value <<= 1;
        if (out || left >= divisor) {
            left -= divisor;
            value |= 1;
        }
    }
    *rest = left;
    return value;
}

/* In the order of registers: the quotient is the word that is returned first. */
static uint64_t in_registers(uint32_t quotient, uint32_t rest)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (uint64_t)rest << 32 | quotient;
#else
    return (uint64_t)quotient << 32 | rest;
#endif
}

__attribute__((used)) uint64_t test_divide_32(uint32_t value, uint32_t divisor)
{
    uint32_t rest, quotient = divide_32(value, divisor, &rest);
    return in_registers(quotient, rest);
}

__attribute__((weak)) uint32_t __aeabi_uidiv(uint32_t value, uint32_t divisor)
{
    uint32_t rest;
    return divide_32(value, divisor, &rest);
}

__attribute__((weak)) int32_t __aeabi_idiv(int32_t value, int32_t divisor)
{
    uint32_t rest, a = value < 0 ? -(uint32_t)value : (uint32_t)value;
    uint32_t quotient = divide_32(a, divisor < 0 ? -(uint32_t)divisor : (uint32_t)divisor, &rest);
    return (int32_t)((value < 0) != (divisor < 0) ? -quotient : quotient);
}

__attribute__((used)) uint64_t test_divide_signed_32(int32_t value, int32_t divisor)
{
    int32_t quotient = __aeabi_idiv(value, divisor);
    return in_registers((uint32_t)quotient,
                        (uint32_t)value - (uint32_t)quotient * (uint32_t)divisor);
}

__asm__(".text\n"
        ".arm\n"
        ".weak __aeabi_uldivmod\n"
        ".type __aeabi_uldivmod, %function\n"
        "__aeabi_uldivmod:\n"
        "    push {r4, lr}\n"
        "    sub sp, sp, #24\n"
        "    str r2, [sp]\n" /* the divisor: on the stack, after the aligned value */
        "    str r3, [sp, #4]\n"
        "    mov r3, r1\n"
        "    mov r2, r0\n"
        "    add r0, sp, #8\n"
        "    bl test_divide_64\n"
        "    add r0, sp, #8\n"
        "    ldm r0, {r0, r1, r2, r3}\n"
        "    add sp, sp, #24\n"
        "    pop {r4, pc}\n"
        ".size __aeabi_uldivmod, . - __aeabi_uldivmod\n"
        ".weak __aeabi_uidivmod\n"
        ".type __aeabi_uidivmod, %function\n"
        "__aeabi_uidivmod:\n"
        "    b test_divide_32\n"
        ".size __aeabi_uidivmod, . - __aeabi_uidivmod\n"
        ".weak __aeabi_idivmod\n"
        ".type __aeabi_idivmod, %function\n"
        "__aeabi_idivmod:\n"
        "    b test_divide_signed_32\n"
        ".size __aeabi_idivmod, . - __aeabi_idivmod\n");
#endif
