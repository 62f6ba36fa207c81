/* The end of a thread, from outside. */
#include "diagnose/deadlock.h"
#include "diagnose/fatal.h"
#include "thread/handle.h"
#include "thread/life.h"
#include "thread/mapping.h"
#include "thread/registry.h"

/* The deadlock finder, in a program that uses a lock: a join is a link of its chains. */
__attribute__((weak)) thrum_time thrum_deadlock_from_join(bool first)
{
    (void)first;
    return THRUM_FOREVER;
}

static thrum_status wait_gone(struct thrum_block *block, thrum_time deadline)
{
    bool look = deadline == THRUM_FOREVER;
    thrum_status status;
    thrum_wait_begin(THRUM_WAIT_JOIN, block, deadline);
    if (look)
        deadline = thrum_deadlock_from_join(true);
    while ((status = thrum_os_thread_wait_gone(&block->os, deadline)) != THRUM_OK && look)
        deadline = thrum_deadlock_from_join(false);
    thrum_wait_end();
    return status;
}

enum { TAKEN = THRUM_LIFE_JOINING | THRUM_LIFE_DETACHED };

/* Sets a bit of the thread's life that only one may set; returns what it was before. */
static uint32_t claim(struct thrum_block *block, uint32_t bit, const char *does)
{
    uint32_t life = __atomic_load_n(&block->life, __ATOMIC_RELAXED);
    do
        if (life & TAKEN)
            thrum_fatal_thread_misuse(does, block, thrum_handle_of(block),
                                      "already joined or detached");
    /* release: what a detacher did comes before the memory's reuse;
     * acquire: if the end was first, it comes before the retirement */
    while (!__atomic_compare_exchange_n(&block->life, &life, life | bit, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED));
    return life;
}

thrum_status thrum_join_until(thrum_thread *thread, void **result, thrum_time deadline)
{
    struct thrum_block *block = thrum_handle_block(thread, "joins");
    if (block == thrum_block_self())
        thrum_fatal_misuse("joins", "itself");
    thrum_registry_not_visiting("joins a thread");
    (void)claim(block, THRUM_LIFE_JOINING, "joins");
    if (!thrum_os_thread_gone(&block->os)) {
        thrum_status status = wait_gone(block, deadline);
        if (status != THRUM_OK) {
            __atomic_fetch_and(&block->life, ~(uint32_t)THRUM_LIFE_JOINING, __ATOMIC_RELAXED);
            return status;
        }
    }
    /* acquire: with the thread's own release at its end, beside the system's proof, which no CPU has to
     * order after the thread's stores */
    (void)__atomic_load_n(&block->life, __ATOMIC_ACQUIRE);
    if (result != NULL)
        *result = block->result;
    if (!block->leader)
        thrum_mapping_reap(block);
    thrum_retired_sweep();
    return THRUM_OK;
}

thrum_status thrum_join(thrum_thread *thread, void **result)
{
    return thrum_join_until(thread, result, THRUM_FOREVER);
}

thrum_status thrum_detach(thrum_thread *thread)
{
    struct thrum_block *block = thrum_handle_block(thread, "detaches");
    thrum_registry_not_visiting("detaches a thread");
    uint32_t life = claim(block, THRUM_LIFE_DETACHED, "detaches");
    if (life & THRUM_LIFE_ENDED && !block->leader)
        thrum_retired_push(block);
    return THRUM_OK;
}
