/* Threads by _lwp_create(2), from a context that the kernel itself has filled; gone is what
 * _lwp_wait(2) says: a detached one would have to be believed when it says so itself, on its stack.
 */
#include "os/bsd/bsd.h"
#include "os/netbsd/park_table.h"
#include "thread/block.h"

#include THRUM_BSD_SYSTEM_CPU_FILE

enum { LWP_SUSPENDED = 0x80, EDEADLK = 11 };
enum { UC_CPU = 0x04, UC_TLSBASE = 0x80000 };

long thrum_bsd_getcontext(struct thrum_netbsd_context *context);
long thrum_bsd_lwp_create(const struct thrum_netbsd_context *context, unsigned long flags,
                          THRUM_FORK_VISIBLE int32_t *tid);
long thrum_bsd_lwp_continue(int32_t tid);
long thrum_bsd_lwp_exit(void);
long thrum_bsd_lwp_self(void);
long thrum_bsd_lwp_wait(int32_t tid, int32_t *departed);

void thrum_os_thread_expect(struct thrum_os_thread *thread)
{
    __atomic_store_n(&thread->live, THRUM_BSD_RUNS, __ATOMIC_RELAXED);
}

static void born(struct thrum_block *block)
{
    thrum_bsd_check_id(block->os.tid);
    thrum_bsd_born_as(&block->os);
    thrum_thread_main(block);
}

/* The thread's id must be in its block before it runs, for the handlers of signals that come first.
 *
 * NetBSD 10 (sys_lwp.c, sys__lwp_create) stores the id and then starts the thread. LWP_SUSPENDED must not
 * be used there: such a thread is started all the same and suspends itself on its way to user mode, in
 * lwp_userret, which reads LW_WSUSPEND without the lock; an _lwp_continue between that read and the
 * change of state clears the flag, finds no suspended thread and returns 0, and the thread never
 * begins.
 *
 * NetBSD 7 to 9 (do_lwp_create) start the thread before they store the id, so it is made suspended.
 * There its state is LSSUSPENDED before the call returns, set under the process's lock and the
 * thread's; _lwp_continue takes both, finds that state and makes the thread runnable. */
static long create(const struct thrum_netbsd_context *context, struct thrum_os_thread *thread)
{
    if (thrum_netbsd_is_10())
        return thrum_bsd_lwp_create(context, 0, &thread->tid); /* its block may be gone now */
    long result = thrum_bsd_lwp_create(context, LWP_SUSPENDED, &thread->tid);
    if (result < 0)
        return result;
    result = thrum_bsd_lwp_continue(thread->tid);
    if (result < 0)
        thrum_os_refused("_lwp_continue", -result);
    return 0;
}

thrum_status thrum_os_thread_start(struct thrum_block *block, void *stack)
{
    struct thrum_netbsd_context context;
    /* segments, flags and mask are the caller's */
    long result = thrum_bsd_getcontext(&context);
    if (result < 0)
        return THRUM_SYSTEM;
    if (thrum_bsd_number(&block->os) != THRUM_OK)
        return THRUM_NO_MEMORY;
    context.flags |= UC_CPU | UC_TLSBASE;
    context.link = NULL;
    thrum_netbsd_set_birth(&context, (uintptr_t)born, block, stack, thrum_block_register(block));
    result = create(&context, &block->os);
    return result < 0 ? thrum_bsd_unborn(&block->os, result) : THRUM_OK;
}

_Noreturn void thrum_os_thread_exit(struct thrum_block *block)
{
    thrum_thread_last(block);
    /* relaxed: who sees it asks the kernel; there is no memory to be freed before that has answered
     */
    __atomic_store_n(&block->os.live, THRUM_BSD_ENDS, __ATOMIC_RELAXED);
    thrum_os_wake(&block->os.live, UINT32_MAX);
    for (;;)
        thrum_bsd_lwp_exit();
}

/* Of a thread that ends: waits for the rest of its last call. */
static void await(struct thrum_os_thread *thread)
{
    int32_t departed;
    long result;
    while ((result = thrum_bsd_lwp_wait(thread->tid, &departed)) == -THRUM_BSD_EINTR ||
           result == -EDEADLK)
        thrum_os_yield();
    if (result < 0)
        thrum_os_refused("_lwp_wait", -result);
    /* release: seen by those that ask by thrum_os_thread_ended */
    __atomic_store_n(&thread->live, THRUM_BSD_GONE, __ATOMIC_RELEASE);
}

bool thrum_os_thread_gone(struct thrum_os_thread *thread)
{
    uint32_t live = __atomic_load_n(&thread->live, __ATOMIC_ACQUIRE); /* acquire: as below */
    if (live == THRUM_BSD_RUNS)
        return false;
    if (live == THRUM_BSD_ENDS)
        await(thread);
    thrum_bsd_reap(thread);
    return true;
}

bool thrum_os_thread_ended(const struct thrum_os_thread *thread)
{
    /* acquire: all the thread did comes before what is done with its memory */
    return __atomic_load_n(&thread->live, __ATOMIC_ACQUIRE) == THRUM_BSD_GONE;
}

thrum_status thrum_os_thread_wait_gone(struct thrum_os_thread *thread, thrum_time deadline)
{
    while (!thrum_os_thread_gone(thread))
        if (thrum_os_wait(&thread->live, THRUM_BSD_RUNS, deadline) == THRUM_TIMED_OUT &&
            !thrum_os_thread_gone(thread))
            return THRUM_TIMED_OUT;
    return THRUM_OK;
}

void thrum_os_thread_mark_gone(struct thrum_os_thread *thread)
{
    /* release: what main did comes before what its joiner does */
    __atomic_store_n(&thread->live, THRUM_BSD_GONE, __ATOMIC_RELEASE);
    thrum_os_wake(&thread->live, UINT32_MAX);
}

void thrum_os_thread_adopt(struct thrum_os_thread *thread)
{
    __atomic_store_n(&thread->tid, (int32_t)thrum_bsd_lwp_self(), __ATOMIC_RELAXED);
    __atomic_store_n(&thread->live, THRUM_BSD_RUNS, __ATOMIC_RELAXED);
    thrum_bsd_adopt(thread);
    thrum_netbsd_forget_parked(); /* of the process that was forked */
}
