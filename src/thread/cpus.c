/* Processors. */
#include "thread/handle.h"
#include "thread/life.h"

unsigned thrum_cpu_count(void)
{
    return thrum_os_cpu_count();
}

void thrum_yield(void)
{
    thrum_os_yield();
}

thrum_status thrum_set_affinity(thrum_thread *thread, const unsigned *cpus, size_t count)
{
    struct thrum_block *block = thrum_handle_block(thread, "sets the CPUs of");
    (void)thrum_os_thread_await_id(&block->os); /* the system is asked by id */
    if (!thrum_thread_hold(block))
        return THRUM_NOT_FOUND;
    thrum_status status = thrum_os_set_affinity(&block->os, cpus, count);
    thrum_thread_let_go(block);
    return status;
}

thrum_status thrum_get_affinity(thrum_thread *thread, unsigned *cpus, size_t capacity,
                                size_t *count)
{
    struct thrum_block *block = thrum_handle_block(thread, "asks the CPUs of");
    (void)thrum_os_thread_await_id(&block->os);
    if (!thrum_thread_hold(block))
        return THRUM_NOT_FOUND;
    thrum_status status = thrum_os_get_affinity(&block->os, cpus, capacity, count);
    thrum_thread_let_go(block);
    return status;
}
