/* Processors. */
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
    (void)thrum_os_thread_await_id(&thread->os); /* the system is asked by id */
    if (!thrum_thread_hold(thread))
        return THRUM_NOT_FOUND;
    thrum_status status = thrum_os_set_affinity(&thread->os, cpus, count);
    thrum_thread_let_go(thread);
    return status;
}

thrum_status thrum_get_affinity(thrum_thread *thread, unsigned *cpus, size_t capacity,
                                size_t *count)
{
    (void)thrum_os_thread_await_id(&thread->os);
    if (!thrum_thread_hold(thread))
        return THRUM_NOT_FOUND;
    thrum_status status = thrum_os_get_affinity(&thread->os, cpus, capacity, count);
    thrum_thread_let_go(thread);
    return status;
}
