/* What a thread's stack is, and how much of it was used. */
#include "thread/block.h"

thrum_status thrum_stack_info(thrum_thread *thread, thrum_stack *info)
{
    bool grows = thread->map == NULL; /* main's: the kernel's own */
    info->base = thread->stack_low;
    info->size = (size_t)(thread->stack_high - thread->stack_low);
    info->guard_size = thread->guard_size;
    info->used = 0;
    return thrum_os_stack_used(thread->stack_low, thread->stack_high, grows, &info->used)
               ? THRUM_OK
               : THRUM_UNSUPPORTED;
}
