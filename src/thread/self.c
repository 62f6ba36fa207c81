/* Who the caller is, and who others are. */
#include "thread/handle.h"

thrum_thread *thrum_self(void)
{
    return thrum_handle_of(thrum_block_self());
}

uint64_t thrum_id(void)
{
    return thrum_os_thread_id(&thrum_block_self()->os);
}

uint64_t thrum_thread_id(const thrum_thread *thread)
{
    /* it may have to wait: only the thread itself may know */
    return thrum_os_thread_await_id(&thrum_handle_block(thread, "asks the id of")->os);
}
