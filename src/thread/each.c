/* A walk over the live threads. */
#include "thread/handle.h"
#include "thread/registry.h"

static bool shown(const struct thrum_block *block)
{
    return !(__atomic_load_n(&block->life, __ATOMIC_RELAXED) & THRUM_LIFE_ENDED);
}

/* Whether one of the first `births` is still without an id; under the lock. */
static bool any_unborn(uint32_t births)
{
    for (struct thrum_block *block = thrum_registry.first; block != NULL; block = block->next)
        if ((int32_t)(births - block->birth) >= 0 && shown(block) &&
            thrum_os_thread_id(&block->os) == 0)
            return true;
    return false;
}

/* Takes the lock, when those that were spawned by now have their ids, for which a little time is
 * given: nobody is shown without one, and a spawned thread is not left out. */
static void lock_born(void)
{
    enum { MOST_LOOKS = 5000, PAUSE_NS = 100000 };
    thrum_registry_lock();
    const uint32_t births = __atomic_load_n(&thrum_registry.births, __ATOMIC_RELAXED);
    for (int i = 0; i < MOST_LOOKS && any_unborn(births); i++) {
        thrum_lock_release(&thrum_registry.lock);
        if (i < 8)
            thrum_os_yield();
        else
            thrum_os_sleep_until(thrum_os_now() + PAUSE_NS);
        thrum_registry_lock();
    }
}

__attribute__((noinline)) static void visit_all(bool (*visit)(thrum_thread *thread, void *context),
                                                void *context)
{
    THRUM_OS_REPORT_UNWINDING(visitor);
    for (struct thrum_block *block = thrum_registry.first; block != NULL; block = block->next)
        if (shown(block) && thrum_os_thread_id(&block->os) != 0 &&
            !visit(thrum_handle_of(block), context))
            break;
}

void thrum_each_thread(bool (*visit)(thrum_thread *thread, void *context), void *context)
{
    thrum_registry_not_visiting("calls thrum_each_thread");
    lock_born();
    THRUM_FORK_STORE(&thrum_registry.visiting, 1);
    visit_all(visit, context);
    THRUM_FORK_STORE(&thrum_registry.visiting, 0);
    thrum_lock_release(&thrum_registry.lock);
}
