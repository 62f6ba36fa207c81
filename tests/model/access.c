/* What the compiler's thread instrumentation calls: atomic steps are points, plain accesses are
 * only looked at for memory that was freed. */
#include "machine.h"

/* The compiler has its own idea of these, with orders as int and any volatile. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#ifdef __GNUC__
#pragma GCC diagnostic ignored "-Wbuiltin-declaration-mismatch"
#endif

static void point(enum model_kind kind, const volatile void *address, size_t size)
{
    machine_point(kind, (const void *)(uintptr_t)address);
    machine_touch(address, size);
}

#define ATOMIC(bits)                                                                              \
    uint##bits##_t __tsan_atomic##bits##_load(const volatile uint##bits##_t *p, int order)        \
    {                                                                                             \
        point(MODEL_LOAD, p, sizeof *p);                                                          \
        orders_load((const void *)(uintptr_t)p, order);                                           \
        machine_saw("%#lx", (unsigned long)*p);                                                   \
        return *p;                                                                                \
    }                                                                                             \
    void __tsan_atomic##bits##_store(volatile uint##bits##_t *p, uint##bits##_t value, int order) \
    {                                                                                             \
        point(MODEL_STORE, p, sizeof *p);                                                         \
        orders_store((const void *)(uintptr_t)p, order, false);                                   \
        machine_saw("%#lx", (unsigned long)value);                                                \
        *p = value;                                                                               \
    }                                                                                             \
    int __tsan_atomic##bits##_compare_exchange_strong(volatile uint##bits##_t *p,                 \
                                                      uint##bits##_t *expected,                   \
                                                      uint##bits##_t desired, int yes, int no)    \
    {                                                                                             \
        point(MODEL_CHANGE, p, sizeof *p);                                                        \
        uint##bits##_t was = *p;                                                                  \
        bool same = was == *expected;                                                             \
        machine_saw(same ? "%#lx to %#lx" : "%#lx, not to %#lx", (unsigned long)was,              \
                    (unsigned long)desired);                                                      \
        orders_load((const void *)(uintptr_t)p, same ? yes : no);                                 \
        if (same)                                                                                 \
            orders_store((const void *)(uintptr_t)p, yes, true);                                  \
        if (same)                                                                                 \
            *p = desired;                                                                         \
        *expected = was;                                                                          \
        return same;                                                                              \
    }
ATOMIC(32)
ATOMIC(64)

#define CHANGE(bits, name, now)                                                                   \
    uint##bits##_t __tsan_atomic##bits##_##name(volatile uint##bits##_t *p, uint##bits##_t value, \
                                                int order)                                        \
    {                                                                                             \
        point(MODEL_CHANGE, p, sizeof *p);                                                        \
        orders_load((const void *)(uintptr_t)p, order);                                           \
        orders_store((const void *)(uintptr_t)p, order, true);                                    \
        uint##bits##_t was = *p;                                                                  \
        *p = now;                                                                                 \
        machine_saw("%#lx to %#lx", (unsigned long)was, (unsigned long)*p);                       \
        return was;                                                                               \
    }
CHANGE(32, exchange, value)
CHANGE(64, exchange, value)
CHANGE(32, fetch_add, was + value)
CHANGE(32, fetch_sub, was - value)
CHANGE(32, fetch_and, was &value)
CHANGE(32, fetch_or, was | value)

void __tsan_atomic_signal_fence(int order)
{
    (void)order;
}

static void plain(const void *address, size_t size, bool write)
{
    machine_touch(address, size);
    orders_plain(address, write);
}

#define PLAIN(size)                                  \
    void __tsan_read##size(void *address)            \
    {                                                \
        plain(address, size, false);                 \
    }                                                \
    void __tsan_write##size(void *address)           \
    {                                                \
        plain(address, size, true);                  \
    }                                                \
    void __tsan_unaligned_read##size(void *address)  \
    {                                                \
        machine_touch(address, size);                \
    }                                                \
    void __tsan_unaligned_write##size(void *address) \
    {                                                \
        machine_touch(address, size);                \
    }
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

void __tsan_read_range(void *address, size_t size)
{
    machine_touch(address, size);
}

void __tsan_write_range(void *address, size_t size)
{
    machine_touch(address, size);
}

void __tsan_init(void)
{
}

void __tsan_func_entry(void *caller)
{
    (void)caller;
}

void __tsan_func_exit(void)
{
}
