/* The end of a thread, from outside. */
#include "diagnose/deadlock.h"
#include "diagnose/fatal.h"
#include "thread/life.h"
#include "thread/mapping.h"
#include "thread/registry.h"

/* The deadlock finder, in a program that uses a lock: a join is a link of its chains. */
__attribute__((weak)) thrum_time thrum_deadlock_from_join(bool first)
{
    (void)first;
    return THRUM_FOREVER;
}

static thrum_status wait_gone(thrum_thread *thread, thrum_time deadline)
{
    bool look = deadline == THRUM_FOREVER;
    thrum_status status;
    thrum_wait_begin(THRUM_WAIT_JOIN, thread, deadline);
    if (look)
        deadline = thrum_deadlock_from_join(true);
    while ((status = thrum_os_thread_wait_gone(&thread->os, deadline)) != THRUM_OK && look)
        deadline = thrum_deadlock_from_join(false);
    thrum_wait_end();
    return status;
}

enum { TAKEN = THRUM_LIFE_JOINING | THRUM_LIFE_DETACHED };

/* Sets a bit of the thread's life that only one may set; returns what it was before. */
static uint32_t claim(thrum_thread *thread, uint32_t bit, const char *does)
{
    uint32_t life = __atomic_load_n(&thread->life, __ATOMIC_RELAXED);
    do
        if (life & TAKEN)
            thrum_fatal_thread_misuse(does, thread, "already joined or detached");
    /* release: what a detacher did comes before the memory's reuse;
     * acquire: if the end was first, it comes before the retirement */
    while (!__atomic_compare_exchange_n(&thread->life, &life, life | bit, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED));
    return life;
}

thrum_status thrum_join_until(thrum_thread *thread, void **result, thrum_time deadline)
{
    if (thread == thrum_block_self())
        thrum_fatal_misuse("joins", "itself");
    thrum_registry_not_visiting("joins a thread");
    (void)claim(thread, THRUM_LIFE_JOINING, "joins");
    if (!thrum_os_thread_gone(&thread->os)) {
        thrum_status status = wait_gone(thread, deadline);
        if (status != THRUM_OK) {
            __atomic_fetch_and(&thread->life, ~(uint32_t)THRUM_LIFE_JOINING, __ATOMIC_RELAXED);
            return status;
        }
    }
    /* acquire: with the thread's own release at its end, beside the system's proof, which no CPU has to
     * order after the thread's stores */
    (void)__atomic_load_n(&thread->life, __ATOMIC_ACQUIRE);
    if (result != NULL)
        *result = thread->result;
    if (!thread->leader)
        thrum_mapping_reap(thread);
    thrum_retired_sweep();
    return THRUM_OK;
}

thrum_status thrum_join(thrum_thread *thread, void **result)
{
    return thrum_join_until(thread, result, THRUM_FOREVER);
}

thrum_status thrum_detach(thrum_thread *thread)
{
    thrum_registry_not_visiting("detaches a thread");
    uint32_t life = claim(thread, THRUM_LIFE_DETACHED, "detaches");
    if (life & THRUM_LIFE_ENDED && !thread->leader)
        thrum_retired_push(thread);
    return THRUM_OK;
}
