/* What gcc calls for __atomic_… and __sync_… on a CPU without such instructions (gcc's manual,
 * "Legacy __sync Built-in Functions"), 1, 2 and 4 bytes wide; made of the one operation that the
 * CPU's file has. Weak: where the compiler's own library has them too, either will do. */
#include "arch/arch.h"

#if defined THRUM_ARCH_SYNC_HELPERS || defined THRUM_ARCH_ATOMIC_HELPERS

/* The bytes at an address, as a part of the aligned word they are in. */
struct part {
    volatile uint32_t *word;
    uint32_t shift, mask;
};

static inline struct part part_at(volatile void *address, unsigned bytes)
{
    unsigned at = (uintptr_t)address % 4;
    if (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
        at = 4 - bytes - at;
    struct part part = { (volatile uint32_t *)((uintptr_t)address & ~(uintptr_t)3), 8 * at,
                         0xffffffffu >> (32 - 8 * bytes) };
    return part;
}

enum operation { SET, SET_IF, ADD, SUB, AND, OR, XOR, NAND };

static inline uint32_t result_of(enum operation operation, uint32_t found, uint32_t value,
                                 uint32_t expected)
{
    switch (operation) {
    case SET: return value;
    case SET_IF: return found == expected ? value : found;
    case ADD: return found + value;
    case SUB: return found - value;
    case AND: return found & value;
    case OR: return found | value;
    case XOR: return found ^ value;
    default: return ~(found & value);
    }
}

/* Tells what was there. The last swap is a full barrier, even if it changes nothing. */
__attribute__((always_inline)) static inline uint32_t change(volatile void *address, unsigned bytes,
                                                             enum operation operation,
                                                             uint32_t value, uint32_t expected)
{
    const struct part part = part_at(address, bytes);
    uint32_t word = *part.word;
    for (;;) {
        uint32_t before = word >> part.shift & part.mask;
        uint32_t after = result_of(operation, before, value, expected) & part.mask;
        uint32_t wanted = (word & ~(part.mask << part.shift)) | after << part.shift;
        uint32_t found = thrum_arch_compare_and_swap(part.word, word, wanted);
        if (found == word)
            return before;
        word = found;
    }
}

/* The compiler knows the names and their types, so they are given as labels. */
#ifdef THRUM_ARCH_SYNC_HELPERS
#define HELPER(type, name, ...)                                                         \
    __attribute__((weak)) type thrum_sync_##name(__VA_ARGS__) __asm__("__sync_" #name); \
    type thrum_sync_##name(__VA_ARGS__)

#define HELPERS(type, bytes, name, operation)                                                     \
    HELPER(type, fetch_and_##name##_##bytes, volatile void *address, type value)                  \
    {                                                                                             \
        return (type)change(address, bytes, operation, value, 0);                                 \
    }                                                                                             \
    HELPER(type, name##_and_fetch_##bytes, volatile void *address, type value)                    \
    {                                                                                             \
        return (type)result_of(operation, change(address, bytes, operation, value, 0), value, 0); \
    }

#define HELPERS_OF(type, bytes)                                                       \
    HELPER(type, val_compare_and_swap_##bytes, volatile void *address, type expected, \
           type desired)                                                              \
    {                                                                                 \
        return (type)change(address, bytes, SET_IF, desired, expected);               \
    }                                                                                 \
    HELPER(type, lock_test_and_set_##bytes, volatile void *address, type value)       \
    {                                                                                 \
        return (type)change(address, bytes, SET, value, 0);                           \
    }                                                                                 \
    HELPERS(type, bytes, add, ADD)                                                    \
    HELPERS(type, bytes, sub, SUB)                                                    \
    HELPERS(type, bytes, and, AND)                                                    \
    HELPERS(type, bytes, or, OR)                                                      \
    HELPERS(type, bytes, xor, XOR)                                                    \
    HELPERS(type, bytes, nand, NAND)

HELPERS_OF(uint8_t, 1)
HELPERS_OF(uint16_t, 2)
HELPERS_OF(uint32_t, 4)

HELPER(void, synchronize, void)
{
    volatile uint32_t word = 0;
    thrum_arch_compare_and_swap(&word, 0, 0);
}

#endif

/* The same for compilers that call __atomic_… instead (gcc's manual, "Built-in Functions for Memory
 * Model Aware Atomic Operations"): each is a full barrier, whatever order is asked for. */
#ifdef THRUM_ARCH_ATOMIC_HELPERS
#define ATOMIC(type, name, ...)                                                             \
    __attribute__((weak)) type thrum_atomic_##name(__VA_ARGS__) __asm__("__atomic_" #name); \
    type thrum_atomic_##name(__VA_ARGS__)

#define ATOMICS(type, bytes, name, operation)                                                     \
    ATOMIC(type, fetch_##name##_##bytes, volatile void *address, type value, int order)           \
    {                                                                                             \
        (void)order;                                                                              \
        return (type)change(address, bytes, operation, value, 0);                                 \
    }                                                                                             \
    ATOMIC(type, name##_fetch_##bytes, volatile void *address, type value, int order)             \
    {                                                                                             \
        (void)order;                                                                              \
        return (type)result_of(operation, change(address, bytes, operation, value, 0), value, 0); \
    }

#define ATOMICS_OF(type, bytes)                                                                  \
    ATOMIC(type, load_##bytes, const volatile void *address, int order)                          \
    {                                                                                            \
        __sync_synchronize();                                                                    \
        type value = *(const volatile type *)address;                                            \
        (void)order;                                                                             \
        __sync_synchronize();                                                                    \
        return value;                                                                            \
    }                                                                                            \
    ATOMIC(void, store_##bytes, volatile void *address, type value, int order)                   \
    {                                                                                            \
        (void)order;                                                                             \
        change(address, bytes, SET, value, 0);                                                   \
    }                                                                                            \
    ATOMIC(type, exchange_##bytes, volatile void *address, type value, int order)                \
    {                                                                                            \
        (void)order;                                                                             \
        return (type)change(address, bytes, SET, value, 0);                                      \
    }                                                                                            \
    ATOMIC(bool, compare_exchange_##bytes, volatile void *address, void *expected, type desired, \
           int success, int failure)                                                             \
    {                                                                                            \
        type wanted = *(type *)expected;                                                         \
        type found = (type)change(address, bytes, SET_IF, desired, wanted);                      \
        (void)success, (void)failure;                                                            \
        *(type *)expected = found;                                                               \
        return found == wanted;                                                                  \
    }                                                                                            \
    ATOMICS(type, bytes, add, ADD)                                                               \
    ATOMICS(type, bytes, sub, SUB)                                                               \
    ATOMICS(type, bytes, and, AND)                                                               \
    ATOMICS(type, bytes, or, OR)                                                                 \
    ATOMICS(type, bytes, xor, XOR)                                                               \
    ATOMICS(type, bytes, nand, NAND)

ATOMICS_OF(uint8_t, 1)
ATOMICS_OF(uint16_t, 2)
ATOMICS_OF(uint32_t, 4)

#endif

#endif
