/* Threads by __tfork(2), in whose child nothing may return; and by __threxit(2), which wakes
 * nobody. */
#include "os/bsd/bsd.h"
#include "thread/block.h"

#include THRUM_BSD_CPU_FILE

__asm__(THRUM_BSD_TFORK_ASM(thrum_bsd_tfork, 8, THRUM_BSD_PIN(thrum_bsd_tfork, 8)));

struct tfork {
    void *tcb;
    THRUM_FORK_VISIBLE int32_t *tid;
    void *stack;
};

long thrum_bsd_tfork(const struct tfork *param, size_t size);
long thrum_bsd_threxit(THRUM_FORK_VISIBLE uint32_t *live);
long thrum_bsd_getthrid(void);
_Noreturn void thrum_bsd_born(struct thrum_block *block); /* called by the asm */

_Noreturn void thrum_bsd_born(struct thrum_block *block)
{
    thrum_bsd_born_as(&block->os);
    thrum_thread_main(block);
}

thrum_status thrum_os_thread_start(struct thrum_block *block, void *stack)
{
    void **top = (void **)stack - 2; /* aligned as the CPU wants */
    struct tfork param = { thrum_block_register(block), &block->os.tid, top };
    top[0] = block;
    top[1] = NULL;
    if (thrum_bsd_number(&block->os) != THRUM_OK)
        return THRUM_NO_MEMORY;
    long tid = thrum_bsd_tfork(&param, sizeof param);
    if (tid >= 0) {
        thrum_bsd_check_id(tid);
        return THRUM_OK;
    }
    return thrum_bsd_unborn(&block->os, tid);
}

_Noreturn void thrum_os_thread_exit(struct thrum_block *block)
{
    thrum_thread_last(block);
    thrum_bsd_ending(&block->os);
    for (;;)
        thrum_bsd_threxit(&block->os.live);
}

void thrum_os_thread_adopt(struct thrum_os_thread *thread)
{
    __atomic_store_n(&thread->tid, (int32_t)thrum_bsd_getthrid(), __ATOMIC_RELAXED);
    __atomic_store_n(&thread->live, THRUM_BSD_RUNS, __ATOMIC_RELAXED);
    thrum_bsd_adopt(thread);
}
