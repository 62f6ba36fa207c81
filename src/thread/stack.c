/* What a thread's stack is, and how much of it was used. */
#include "thread/handle.h"
#include "thread/life.h"

__attribute__((weak)) void thrum_stack_ask(struct thrum_block *self)
{
    (void)self;
}

void thrum_stack_bounds(const struct thrum_block *thread, char **low, char **high)
{
    /* acquire: with what was stored before it */
    *high = __atomic_load_n(&thread->stack_high, __ATOMIC_ACQUIRE);
    *low = thread->stack_low;
    size_t size = *high != NULL && thread->grows ? thrum_os_main_stack_size() : 0;
    if (size == 0)
        return;
    if (THRUM_ARCH_STACK_GROWS_UP)
        *high = *low + size;
    else
        *low = *high - size;
}

/* A thread that others made may end at any time, and then others unmap its stack: only the thread itself
 * looks there. Main's stays. */
static bool stays(const struct thrum_block *thread)
{
    return !thread->adopted || thread->grows || thread == thrum_block_self();
}

thrum_status thrum_stack_measure(struct thrum_block *block, thrum_stack *info)
{
    char *low, *high;
    thrum_stack_bounds(block, &low, &high);
    info->base = low;
    info->size = high != NULL ? (size_t)(high - low) : 0;
    info->guard_size = block->guard_size;
    info->used = 0;
    if (high == NULL || !stays(block) || !thrum_os_stack_hold(&block->os))
        return THRUM_UNSUPPORTED;
    bool told = thrum_os_stack_used(low, high, block->grows, &info->used);
    thrum_os_stack_let_go(&block->os);
    return told ? THRUM_OK : THRUM_UNSUPPORTED;
}

thrum_status thrum_stack_info(thrum_thread *thread, thrum_stack *info)
{
    struct thrum_block *block = thrum_handle_block(thread, "asks the stack of");
    struct thrum_block *self = thrum_block_self();
    if (block == self)
        thrum_stack_ask(self);
    if (THRUM_OS_GIVES_STACKS) /* the thread itself has told where it is when it has told its id */
        (void)thrum_os_thread_await_id(&block->os);
    return thrum_stack_measure(block, info);
}
