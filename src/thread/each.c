/* A walk over the live threads. */
#include "thread/registry.h"

void thrum_each_thread(bool (*visit)(thrum_thread *thread, void *context), void *context)
{
    thrum_registry_not_visiting("calls thrum_each_thread");
    thrum_lock_take(&thrum_registry.lock);
    for (struct thrum_thread *block = thrum_registry.first; block != NULL; block = block->next)
        if (thrum_os_thread_id(&block->os) != 0 && /* born */
            !(__atomic_load_n(&block->life, __ATOMIC_RELAXED) & THRUM_LIFE_ENDED) &&
            !visit(block, context))
            break;
    thrum_lock_release(&thrum_registry.lock);
}
