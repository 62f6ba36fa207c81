/* Threads by lwp_create(2), which leaves the thread pointer to the thread itself; and by
 * extexit(2), which wakes nobody. */
#include "os/bsd/bsd.h"
#include "thread/block.h"

enum { EXTEXIT_LWP = 1 << 16, EXTEXIT_SETINT = 1 };

struct lwp_params {
    void (*start)(void *argument);
    void *argument;
    void *stack;
    THRUM_FORK_VISIBLE int32_t *tid;
    int32_t *other_tid;
};

long thrum_bsd_lwp_create(const struct lwp_params *params);
long thrum_bsd_lwp_gettid(void);
long thrum_bsd_extexit(int how, int status, THRUM_FORK_VISIBLE uint32_t *address);

/* Until it has its own block it has its maker's: no handler may run before. */
static void born(void *argument)
{
    struct thrum_block *block = argument;
    struct thrum_bsd_sigset mask;
    long result = thrum_bsd_set_thread_pointer(thrum_block_register(block));
    if (result < 0) { /* with this block no line can be told */
        static const char line[] = "thrum: the system refuses set_tls_area\n";
        thrum_os_write_error(line, sizeof line - 1);
        thrum_os_abort();
    }
    __builtin_memcpy(&mask, block->os.mask, sizeof mask);
    thrum_bsd_set_mask(THRUM_BSD_SIG_SETMASK, &mask, NULL);
    thrum_bsd_born_as(&block->os);
    thrum_thread_main(block);
}

thrum_status thrum_os_thread_start(struct thrum_block *block, void *stack)
{
    const struct thrum_bsd_sigset all = { { ~0u, ~0u, ~0u, ~0u } };
    struct thrum_bsd_sigset kept;
    int32_t tid = 0; /* the block may be gone when the call returns */
    if (thrum_bsd_number(&block->os) != THRUM_OK)
        return THRUM_NO_MEMORY;
    thrum_bsd_set_mask(THRUM_BSD_SIG_SETMASK, &all, &kept);
    __builtin_memcpy(block->os.mask, &kept, sizeof kept);
    struct lwp_params params = { born, block, stack, &block->os.tid, &tid };
    long result = thrum_bsd_lwp_create(&params);
    thrum_bsd_set_mask(THRUM_BSD_SIG_SETMASK, &kept, NULL);
    if (result >= 0) {
        thrum_bsd_check_id(tid);
        return THRUM_OK;
    }
    return thrum_bsd_unborn(&block->os, result);
}

_Noreturn void thrum_os_thread_exit(struct thrum_block *block)
{
    thrum_thread_last(block);
    thrum_bsd_ending(&block->os);
    for (;;)
        thrum_bsd_extexit(EXTEXIT_LWP | EXTEXIT_SETINT, 0, &block->os.live);
}

void thrum_os_thread_adopt(struct thrum_os_thread *thread)
{
    __atomic_store_n(&thread->tid, (int32_t)thrum_bsd_lwp_gettid(), __ATOMIC_RELAXED);
    __atomic_store_n(&thread->live, THRUM_BSD_RUNS, __ATOMIC_RELAXED);
    thrum_bsd_adopt(thread);
}
