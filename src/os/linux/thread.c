/* Threads by clone(2): birth with everything in place, and the kernel's proof of the end. */
#include "os/linux/linux.h"
#include "thread/block.h"

__asm__(THRUM_LINUX_CLONE_ASM);

long thrum_linux_clone(long flags, void *stack, THRUM_FORK_VISIBLE uint32_t *parent_tid,
                       THRUM_FORK_VISIBLE uint32_t *child_tid, void *thread_pointer,
                       struct thrum_block *block);

enum {
    CLONE_VM = 0x100,
    CLONE_FS = 0x200,
    CLONE_FILES = 0x400,
    CLONE_SIGHAND = 0x800,
    CLONE_THREAD = 0x10000,
    CLONE_SYSVSEM = 0x40000,
    CLONE_SETTLS = 0x80000,
    CLONE_PARENT_SETTID = 0x100000,
    CLONE_CHILD_CLEARTID = 0x200000
};

void thrum_os_thread_expect(struct thrum_os_thread *thread)
{
    __atomic_store_n(&thread->live, 1, __ATOMIC_RELAXED);
}

thrum_status thrum_os_thread_start(struct thrum_block *block, void *stack)
{
    /* PARENT_SETTID, not CHILD_SETTID: the id is there before clone returns; and the word that the
     * kernel clears is preset, so a joiner never sees an end before the birth. */
    const long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                       CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
    long result = thrum_linux_clone(flags, stack, &block->os.tid, &block->os.live,
                                    thrum_block_register(block), block);
    if (result > 0)
        return THRUM_OK;
    if (result == -THRUM_LINUX_EAGAIN)
        return THRUM_THREAD_LIMIT;
    return result == -THRUM_LINUX_ENOMEM ? THRUM_NO_MEMORY : THRUM_SYSTEM;
}

_Noreturn void thrum_os_thread_exit(struct thrum_block *block)
{
    thrum_thread_last(block);
    /* all of the thread's stores, those to its stack too, come before the kernel's store that says that
     * it is gone, which is a plain one */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for (;;)
        thrum_linux_call1(THRUM_LINUX_EXIT, 0);
}

bool thrum_os_thread_gone(struct thrum_os_thread *thread)
{
    return thrum_os_thread_ended(thread);
}

bool thrum_os_thread_ended(const struct thrum_os_thread *thread)
{
    /* acquire: all the thread did comes before what is done with its memory */
    return __atomic_load_n(&thread->live, __ATOMIC_ACQUIRE) == 0;
}

/* Nobody else tells of a fork, but its child has an id of its own, except where 1 (the first process of a
 * namespace of ids) has forked into a new namespace: there none of the others is. */
enum thrum_os_fork thrum_os_thread_forked(const struct thrum_block *self,
                                          const struct thrum_block *first)
{
    const uint32_t tid = self->os.tid;
    if ((uint32_t)thrum_linux_call1(THRUM_LINUX_GETTID, 0) != tid)
        return THRUM_OS_FORK_PENDING;
    if (tid != 1)
        return THRUM_OS_FORK_NONE;
    for (; first != NULL; first = first->next)
        if (first != self &&
            thrum_linux_call3(THRUM_LINUX_TGKILL, thrum_linux_call1(THRUM_LINUX_GETPID, 0),
                              thrum_os_thread_id(&first->os), 0) == 0)
            return THRUM_OS_FORK_NONE;
    return THRUM_OS_FORK_PENDING;
}

void thrum_os_thread_adopt(struct thrum_os_thread *thread)
{
    long tid = thrum_linux_call1(THRUM_LINUX_GETTID, 0);
    if (tid < 0) /* locks are held by it */
        thrum_os_refused("gettid", -tid);
    __atomic_store_n(&thread->tid, (uint32_t)tid, __ATOMIC_RELAXED);
    __atomic_store_n(&thread->live, 1, __ATOMIC_RELAXED);
}

uint64_t thrum_os_thread_id(const struct thrum_os_thread *thread)
{
    return __atomic_load_n(&thread->tid, __ATOMIC_RELAXED); /* written by the kernel */
}

uint64_t thrum_os_thread_await_id(struct thrum_os_thread *thread)
{
    return thrum_os_thread_id(thread);
}

uint32_t thrum_os_thread_lock_id(const struct thrum_os_thread *thread)
{
    return thread->tid; /* at most PID_MAX_LIMIT, 2^22 */
}
