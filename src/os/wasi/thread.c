/* Threads by wasi-threads. Ids are of our own making, because the engine gives main none: where a
 * block stands in memory, of which there are 2^32 bytes, in units that no two blocks share. */
#include "os/wasi/wasi.h"
#include "thread/block.h"
#include "tls/image.h"

enum { ID_UNIT_BITS = 10 };
_Static_assert(THRUM_BLOCK_AREA >= 1 << ID_UNIT_BITS, "two blocks could have one id");

_Thread_local struct thrum_block *thrum_wasi_self;

static struct thrum_block *block_of(struct thrum_os_thread *thread)
{
    return (struct thrum_block *)(void *)((char *)thread - offsetof(struct thrum_block, os));
}

void thrum_os_thread_expect(struct thrum_os_thread *thread)
{
    thread->live = 1;
}

thrum_status thrum_os_thread_start(struct thrum_block *block, void *stack)
{
    block->os.stack = stack;
    block->os.pointer = (char *)block - thrum_tls_image.layout.block;
    /* no error is told apart: engines refuse a thread beyond their limit, or for lack of memory */
    return thrum_wasi_thread_spawn(&block->os) > 0 ? THRUM_OK : THRUM_THREAD_LIMIT;
}

void thrum_wasi_thread_run(struct thrum_os_thread *thread)
{
    struct thrum_block *block = block_of(thread);
    thrum_wasi_self = block;
    thrum_thread_run(block);
    thrum_thread_last(block);
}

_Noreturn void thrum_os_thread_exit(struct thrum_block *block)
{
    thrum_thread_last(block);
    thrum_wasi_thread_leave(&block->os);
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

thrum_status thrum_os_thread_wait_gone(struct thrum_os_thread *thread, thrum_time deadline)
{
    while (!thrum_os_thread_ended(thread))
        if (thrum_os_wait(&thread->live, 1, deadline) == THRUM_TIMED_OUT &&
            !thrum_os_thread_ended(thread))
            return THRUM_TIMED_OUT;
    return THRUM_OK;
}

void thrum_os_thread_mark_gone(struct thrum_os_thread *thread)
{
    /* release: what main did comes before what its joiner does */
    __atomic_store_n(&thread->live, 0, __ATOMIC_RELEASE);
    thrum_os_wake(&thread->live, UINT32_MAX);
}

void thrum_os_thread_adopt(struct thrum_os_thread *thread)
{
    thread->live = 1;
}

enum thrum_os_fork thrum_os_thread_forked(const struct thrum_block *self,
                                          const struct thrum_block *first)
{
    (void)self, (void)first;
    return THRUM_OS_FORK_PENDING; /* only a host that copies instances has something like it */
}

uint64_t thrum_os_thread_id(const struct thrum_os_thread *thread)
{
    return thrum_os_thread_lock_id(thread);
}

uint64_t thrum_os_thread_await_id(struct thrum_os_thread *thread)
{
    return thrum_os_thread_lock_id(thread);
}

uint32_t thrum_os_thread_lock_id(const struct thrum_os_thread *thread)
{
    return (uint32_t)((uintptr_t)thread >> ID_UNIT_BITS);
}

/* --- what the system has nothing of ----------------------------------------------------------- */

thrum_status thrum_os_set_name(const struct thrum_os_thread *thread, bool self, const char *name)
{
    (void)self, (void)name;
    return thrum_os_thread_ended(thread) ? THRUM_NOT_FOUND : THRUM_UNSUPPORTED;
}

unsigned thrum_os_cpu_count(void)
{
    return 1; /* the least there can be; nobody tells */
}

size_t thrum_os_fault_stack_size(void)
{
    return thrum_os_page_size();
}

bool thrum_os_fault_stack(const struct thrum_os_fault_stack *stack,
                          struct thrum_os_fault_stack *before)
{
    (void)stack;
    if (before != NULL)
        *before = (struct thrum_os_fault_stack){ NULL, 0, 0 };
    return true;
}

thrum_status thrum_os_catch_faults(void (*overflow)(uintptr_t address, bool unmapped))
{
    (void)overflow;
    return THRUM_UNSUPPORTED;
}
