/* What a thread's stack is, and how much of it was used. */
#include "thread/block.h"

thrum_status thrum_stack_info(thrum_thread *thread, thrum_stack *info)
{
    info->base = thread->stack_low;
    info->size = (size_t)(thread->stack_high - thread->stack_low);
    info->guard_size = thread->guard_size;
    info->used = 0;
    if (thread->stack_high == NULL) /* adopted in a handler, where it could not be asked for */
        return THRUM_UNSUPPORTED;
    return thrum_os_stack_used(thread->stack_low, thread->stack_high, thread->grows, &info->used)
               ? THRUM_OK
               : THRUM_UNSUPPORTED;
}
