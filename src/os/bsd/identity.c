/* A thread's ids: the kernel's, which it has stored before the thread runs, and the number that goes into
 * lock ids. */
#include "os/bsd/bsd.h"
#include "os/numbers.h"

/* In which the first thread was adopted. A thread's id would not do: NetBSD gives them again in each
 * process. */
static long adopted_in;

enum thrum_os_fork thrum_os_thread_forked(const struct thrum_block *self,
                                          const struct thrum_block *first)
{
    (void)self, (void)first;
    return thrum_bsd_getpid() != adopted_in ? THRUM_OS_FORK_PENDING : THRUM_OS_FORK_NONE;
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
    return thread->number;
}

void thrum_bsd_check_id(int64_t id)
{
    static const char line[] = "thrum: the system gives a thread an id that is not above 0\n";
    if (id > 0 && id <= UINT32_MAX)
        return;
    thrum_os_write_error(line, sizeof line - 1);
    thrum_os_abort();
}

thrum_status thrum_bsd_number(struct thrum_os_thread *thread)
{
    __atomic_store_n(&thread->number, thrum_number_take(), __ATOMIC_RELAXED);
    __atomic_store_n(&thread->own, true, __ATOMIC_RELAXED);
    return thread->number != 0 ? THRUM_OK : THRUM_NO_MEMORY;
}

thrum_status thrum_bsd_unborn(struct thrum_os_thread *thread, long error)
{
    thrum_number_free(thread->number);
    if (error == -THRUM_BSD_EAGAIN)
        return THRUM_THREAD_LIMIT;
    return error == -THRUM_BSD_ENOMEM ? THRUM_NO_MEMORY : THRUM_SYSTEM;
}

void thrum_bsd_born_as(const struct thrum_os_thread *thread)
{
    thrum_number_own(thread->number, (uint32_t)thrum_os_thread_id(thread));
}

void thrum_bsd_reap(struct thrum_os_thread *thread)
{
    if (thread->own)
        thrum_number_free(thread->number);
}

void thrum_bsd_adopt(struct thrum_os_thread *thread)
{
    static const char line[] = "thrum: the system refuses memory for the first thread\n";
    thrum_bsd_check_id((int64_t)thrum_os_thread_id(thread));
    adopted_in = thrum_bsd_getpid();
    thrum_numbers_free_all();
    __atomic_store_n(&thread->number, thrum_number_take(), __ATOMIC_RELAXED);
    __atomic_store_n(&thread->own, false, __ATOMIC_RELAXED);
    if (thread->number == 0) {
        thrum_os_write_error(line, sizeof line - 1);
        thrum_os_abort();
    }
    thrum_bsd_born_as(thread);
}
