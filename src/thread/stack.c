/* What a thread's stack is, and how much of it was used. */
#include "thread/life.h"

thrum_status thrum_stack_measure(thrum_thread *thread, thrum_stack *info)
{
    /* acquire: with what was stored before it */
    char *high = __atomic_load_n(&thread->stack_high, __ATOMIC_ACQUIRE);
    info->base = thread->stack_low;
    info->size = high != NULL ? (size_t)(high - thread->stack_low) : 0;
    info->guard_size = thread->guard_size;
    info->used = 0;
    if (high == NULL) /* adopted by a call of which no more could be asked */
        return THRUM_UNSUPPORTED;
    if (!thrum_os_stack_hold(&thread->os))
        return THRUM_UNSUPPORTED;
    bool told = thrum_os_stack_used(thread->stack_low, high, thread->grows, &info->used);
    thrum_os_stack_let_go(&thread->os);
    return told ? THRUM_OK : THRUM_UNSUPPORTED;
}

thrum_status thrum_stack_info(thrum_thread *thread, thrum_stack *info)
{
    (void)thrum_block_self();
    if (THRUM_OS_GIVES_STACKS) /* the thread itself has told where it is when it has told its id */
        (void)thrum_os_thread_await_id(&thread->os);
    return thrum_stack_measure(thread, info);
}
