/* From a handle to a block. */
#include "thread/handle.h"

#include "diagnose/fatal.h"

struct thrum_block *thrum_handle_block(const thrum_thread *handle, const char *does)
{
    const uintptr_t mark = (uintptr_t)handle & THRUM_HANDLE_MARKS;
    struct thrum_block *block = (struct thrum_block *)((uintptr_t)handle - mark);
    if (mark == 0 || thrum_handle_of(block) != handle)
        thrum_fatal_thread_misuse(does, NULL, handle, "no live thread's handle");
    return block;
}
