/* Threads by thr_new(2): birth with everything in place, and the kernel's proof of the end. */
#include "os/freebsd/umtx.h"
#include "thread/block.h"

enum { EPROCLIM = 67 };

/* struct thr_param (sys/thr.h) */
struct thr_param {
    void (*start)(void *argument);
    void *argument;
    char *stack_base;
    size_t stack_size;
    void *tls_base;
    size_t tls_size;
    THRUM_FORK_VISIBLE int64_t *child_tid;
    int64_t *parent_tid;
    int flags;
    void *priority;
    void *spare[3];
};
_Static_assert(sizeof(struct thr_param) == 104, "the kernel tells versions apart by the size");

long thrum_bsd_thr_new(const struct thr_param *param, int size);
long thrum_bsd_thr_self(int64_t *tid);
long thrum_bsd_thr_exit(THRUM_FORK_VISIBLE int64_t *ended);

void thrum_os_thread_expect(struct thrum_os_thread *thread)
{
    __atomic_store_n(&thread->ended, 0, __ATOMIC_RELAXED);
}

static void born(void *argument)
{
    struct thrum_block *block = argument;
    thrum_bsd_born_as(&block->os);
    thrum_thread_main(block);
}

thrum_status thrum_os_thread_start(struct thrum_block *block, void *stack)
{
    struct thr_param param = { .start = born,
                               .argument = block,
                               .stack_base = block->stack_low,
                               .stack_size = (size_t)((char *)stack - block->stack_low),
                               .tls_base = thrum_block_register(block),
                               .child_tid = &block->os.tid };
    int64_t tid = 0; /* the block may be gone when the call returns */
    param.parent_tid = &tid;
    if (thrum_bsd_number(&block->os) != THRUM_OK)
        return THRUM_NO_MEMORY;
    long result = thrum_bsd_thr_new(&param, sizeof param);
    if (result >= 0) {
        thrum_bsd_check_id(tid);
        return THRUM_OK;
    }
    return thrum_bsd_unborn(&block->os, result == -EPROCLIM ? -THRUM_BSD_EAGAIN : result);
}

_Noreturn void thrum_os_thread_exit(struct thrum_block *block)
{
    thrum_thread_last(block);
    /* all of the thread's stores, those to its stack too, come before the kernel's own, which says that
     * it is gone */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    thrum_bsd_thr_exit(&block->os.ended);
    thrum_os_exit(0); /* the kernel lets the last thread of a process come back */
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
    return __atomic_load_n(&thread->ended, __ATOMIC_ACQUIRE) != 0;
}

thrum_status thrum_os_thread_wait_gone(struct thrum_os_thread *thread, thrum_time deadline)
{
    while (!thrum_os_thread_ended(thread)) {
        if (thrum_freebsd_wait(&thread->ended, THRUM_FREEBSD_WAIT, 0, deadline) ==
                THRUM_TIMED_OUT &&
            !thrum_os_thread_ended(thread))
            return THRUM_TIMED_OUT;
    }
    thrum_bsd_reap(thread);
    return THRUM_OK;
}

void thrum_os_thread_mark_gone(struct thrum_os_thread *thread)
{
    /* release: what main did comes before what its joiner does */
    __atomic_store_n(&thread->ended, 1, __ATOMIC_RELEASE);
    thrum_freebsd_wake(&thread->ended, THRUM_FREEBSD_WAKE, UINT32_MAX);
}

void thrum_os_thread_adopt(struct thrum_os_thread *thread)
{
    int64_t tid = 0;
    long result = thrum_bsd_thr_self(&tid);
    if (result < 0)
        thrum_os_refused("thr_self", -result);
    __atomic_store_n(&thread->tid, tid, __ATOMIC_RELAXED);
    __atomic_store_n(&thread->ended, 0, __ATOMIC_RELAXED);
    thrum_bsd_adopt(thread);
}
