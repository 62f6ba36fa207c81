/* Names, under the registry's lock: the caller of thrum_each_thread holds it already. */
#include "thread/handle.h"
#include "thread/life.h"
#include "thread/registry.h"

static bool lock_names(void)
{
    if (thrum_lock_mine(&thrum_registry.lock))
        return false;
    thrum_lock_take(&thrum_registry.lock);
    return true;
}

thrum_status thrum_set_name(thrum_thread *thread, const char *name)
{
    struct thrum_block *block = thrum_handle_block(thread, "names");
    char copy[THRUM_NAME_SIZE] = { 0 };
    size_t length = 0;
    for (; name != NULL && name[length] != '\0'; length++) {
        if (length == THRUM_NAME_MAX)
            return THRUM_INVALID;
        copy[length] = name[length];
    }
    (void)thrum_os_thread_await_id(&block->os); /* the system names by id */
    bool locked = lock_names();
    __builtin_memcpy(block->name, copy, sizeof copy);
    /* Under the lock, so that the kernel and we agree on the last one. */
    thrum_status status = THRUM_NOT_FOUND;
    if (thrum_thread_hold(block)) {
        status = thrum_os_set_name(&block->os, block == thrum_block_self(), copy);
        thrum_thread_let_go(block);
    }
    if (locked)
        thrum_lock_release(&thrum_registry.lock);
    return status;
}

void thrum_get_name(thrum_thread *thread, char name[THRUM_NAME_SIZE])
{
    const struct thrum_block *block = thrum_handle_block(thread, "asks the name of");
    bool locked = lock_names();
    __builtin_memcpy(name, block->name, THRUM_NAME_SIZE);
    if (locked)
        thrum_lock_release(&thrum_registry.lock);
}
