/* The proof that a thread is gone, where the kernel writes a word and wakes nobody: the thread
 * itself wakes those that wait before its last call, and the rest, which is short, is polled. */
#include "os/bsd/bsd.h"

void thrum_os_thread_expect(struct thrum_os_thread *thread)
{
    __atomic_store_n(&thread->live, THRUM_BSD_RUNS, __ATOMIC_RELAXED);
}

void thrum_bsd_ending(struct thrum_os_thread *thread)
{
    /* relaxed: the kernel's own store is the proof */
    __atomic_store_n(&thread->live, THRUM_BSD_ENDS, __ATOMIC_RELAXED);
    thrum_os_wake(&thread->live, UINT32_MAX);
}

bool thrum_os_thread_gone(struct thrum_os_thread *thread)
{
    bool gone = thrum_os_thread_ended(thread);
    if (gone)
        thrum_bsd_reap(thread);
    return gone;
}

bool thrum_os_thread_ended(const struct thrum_os_thread *thread)
{
    /* acquire: all the thread did comes before what is done with its memory */
    return __atomic_load_n(&thread->live, __ATOMIC_ACQUIRE) == 0;
}

/* From its last call to the kernel's store the thread may have to wait for a CPU. */
static bool poll(const struct thrum_os_thread *thread, thrum_time deadline)
{
    enum { YIELDS = 8 };
    const thrum_time most_ns = 1000000;
    thrum_time pause_ns = 10000;
    for (int i = 0; !thrum_os_thread_ended(thread); i++) {
        thrum_time now = thrum_os_now();
        if (now >= deadline)
            return false;
        if (i < YIELDS) {
            thrum_os_yield();
            continue;
        }
        thrum_os_sleep_until(deadline - now < pause_ns ? deadline : now + pause_ns);
        pause_ns = pause_ns < most_ns ? 2 * pause_ns : most_ns;
    }
    return true;
}

thrum_status thrum_os_thread_wait_gone(struct thrum_os_thread *thread, thrum_time deadline)
{
    while (__atomic_load_n(&thread->live, __ATOMIC_RELAXED) == THRUM_BSD_RUNS)
        if (thrum_os_wait(&thread->live, THRUM_BSD_RUNS, deadline) == THRUM_TIMED_OUT &&
            __atomic_load_n(&thread->live, __ATOMIC_RELAXED) == THRUM_BSD_RUNS)
            return THRUM_TIMED_OUT;
    if (!poll(thread, deadline))
        return THRUM_TIMED_OUT;
    thrum_bsd_reap(thread);
    return THRUM_OK;
}

void thrum_os_thread_mark_gone(struct thrum_os_thread *thread)
{
    /* release: what main did comes before what its joiner does */
    __atomic_store_n(&thread->live, 0, __ATOMIC_RELEASE);
    thrum_os_wake(&thread->live, UINT32_MAX);
}
