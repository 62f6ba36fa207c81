/* A thread's ids, which the kernel has stored before the thread runs. */
#include "os/bsd/bsd.h"

bool thrum_os_thread_forked(const struct thrum_os_thread *thread)
{
    (void)thread;
    return true; /* nobody else tells */
}

uint64_t thrum_os_thread_id(const struct thrum_os_thread *thread)
{
    return (uint64_t)__atomic_load_n(&thread->tid, __ATOMIC_RELAXED); /* written by the kernel */
}

uint64_t thrum_os_thread_await_id(struct thrum_os_thread *thread)
{
    return thrum_os_thread_id(thread);
}

uint32_t thrum_os_thread_lock_id(const struct thrum_os_thread *thread)
{
    return (uint32_t)thrum_os_thread_id(thread); /* thrum_bsd_check_id has seen it */
}

uint64_t thrum_os_lock_id_owner(uint32_t part)
{
    return part;
}

void thrum_bsd_check_id(int64_t id)
{
    static const char line[] = "thrum: the system gives a thread an id that is 0 or beyond 2^22\n";
    if (id > 0 && id < THRUM_BSD_IDS)
        return;
    thrum_os_write(2, line, sizeof line - 1);
    thrum_os_abort();
}
