/* Waiting for the kernel's proof that a thread is off its stack, and main's word in its place. */
#include "os/linux/linux.h"

thrum_status thrum_os_thread_wait_gone(struct thrum_os_thread *thread, thrum_time deadline)
{
    /* acquire: all the thread did comes before what is done with its memory */
    while (__atomic_load_n(&thread->live, __ATOMIC_ACQUIRE) != 0) {
        /* The kernel's wake of a cleared id is for shared futexes: not private. */
        if (thrum_linux_wait(&thread->live, 1, deadline, true) == THRUM_TIMED_OUT &&
            !thrum_os_thread_ended(thread))
            return THRUM_TIMED_OUT;
    }
    return THRUM_OK;
}

void thrum_os_thread_mark_gone(struct thrum_os_thread *thread)
{
    /* release: what main did comes before what its joiner does */
    __atomic_store_n(&thread->live, 0, __ATOMIC_RELEASE);
    thrum_linux_wake(&thread->live, UINT32_MAX, true);
}
