/* The end of a thread, from within. */
#include "diagnose/fatal.h"
#include "thread/life.h"
#include "thread/mapping.h"
#include "thread/registry.h"

__attribute__((weak)) void thrum_tls_keys_end(struct thrum_block *block)
{
    (void)block;
}

/* One less that has not ended. The last one out ends the process. */
static void count_out(void)
{
    /* Both orders: the last one out finds all that the others did; the others' work is in it. */
    if (__atomic_fetch_sub(&thrum_registry.others, 1, __ATOMIC_ACQ_REL) == 0) {
        /* relaxed: alone. The program's destructors may spawn: theirs are not the last one out. */
        __atomic_store_n(&thrum_registry.others, 0, __ATOMIC_RELAXED);
        thrum_start_exit(0);
    }
}

void thrum_retired_push(struct thrum_block *block)
{
    struct thrum_block *first = __atomic_load_n(&thrum_registry.retired, __ATOMIC_RELAXED);
    do
        block->retired_next = first;
    while (!__atomic_compare_exchange_n(&thrum_registry.retired, &first, block, false,
                                        /* release: a sweeper finds retired_next */
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

void thrum_retired_sweep(void)
{
    if (__atomic_load_n(&thrum_registry.retired, __ATOMIC_RELAXED) == NULL)
        return;
    /* The whole list at once, so two sweeps never meet on one thread (and no ABA on the head).
     * acquire: with retired_next */
    struct thrum_block *block =
        __atomic_exchange_n(&thrum_registry.retired, NULL, __ATOMIC_ACQUIRE);
    while (block != NULL) {
        struct thrum_block *next = block->retired_next;
        if (thrum_os_thread_gone(&block->os)) {
            /* an adopted one whose system left the last step out */
            if (!(__atomic_load_n(&block->life, __ATOMIC_RELAXED) & THRUM_LIFE_ENDED))
                count_out();
            thrum_mapping_reap(block);
        } else
            thrum_retired_push(block);
        block = next;
    }
}

/* The process's first thread must stay: with it would go /proc's view of the process, and signals
 * and waits for it. */
static _Noreturn void park(struct thrum_block *block)
{
    /* release: a joiner finds the result. Its memory is not reaped, so nobody retires it. */
    __atomic_fetch_or(&block->life, THRUM_LIFE_ENDED, __ATOMIC_RELEASE);
    thrum_os_thread_mark_gone(&block->os);
    for (;;)
        thrum_os_sleep_until(THRUM_FOREVER);
}

void thrum_thread_ending(struct thrum_block *block)
{
    __atomic_store_n(&block->ending, THRUM_ENDING_SELF, __ATOMIC_RELAXED);
    thrum_tls_keys_end(block);
}

void thrum_thread_last(struct thrum_block *block)
{
    count_out();
    thrum_retired_sweep();
    /* release: result and everything else come before a joiner's or sweeper's turn;
     * acquire: if a detacher was first, what it did comes before the retirement */
    uint32_t life = __atomic_fetch_or(&block->life, THRUM_LIFE_ENDED, __ATOMIC_ACQ_REL);
    if ((life & THRUM_LIFE_DETACHED) && !block->adopted) /* those are retired at their first end */
        thrum_retired_push(block);
    for (; life >= THRUM_LIFE_HELD; life = __atomic_load_n(&block->life, __ATOMIC_ACQUIRE))
        (void)thrum_os_wait(&block->life, life,
                            THRUM_FOREVER); /* acquire: with the release there */
}

/* Inline: most programs have one of its two callers. */
__attribute__((always_inline)) static inline struct thrum_block *finish(void *result)
{
    struct thrum_block *block = thrum_block_self();
    thrum_registry_not_visiting("ends");
    if (block->ending != THRUM_ENDING_NOT)
        thrum_fatal_misuse("calls thrum_exit", block->ending == THRUM_ENDING_SELF
                                                   ? "in a destructor of its own end"
                                                   : "in a destructor of the program");
    if (!THRUM_OS_CALLS_ENDING || block->leader)
        thrum_thread_ending(block);
    __atomic_store_n(&block->ending, THRUM_ENDING_SELF, __ATOMIC_RELAXED); /* a dump tells it */
    const void *overflow = thrum_mapping_overflow(block);
    if (overflow != NULL)
        thrum_fatal_overflow(block, (size_t)(block->stack_high - block->stack_low), overflow);
    block->result = result;
    return block;
}

void thrum_thread_finish(void *result)
{
    (void)finish(result);
}

_Noreturn void thrum_thread_end(void *result)
{
    struct thrum_block *block = finish(result);
    if (!block->leader)
        thrum_os_thread_exit(block);
    count_out();
    thrum_retired_sweep();
    park(block);
}

_Noreturn void thrum_exit(void *result)
{
    thrum_thread_end(result);
}
