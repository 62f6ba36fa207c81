/* Names, under the registry's lock: the caller of thrum_each_thread holds it already. */
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
    char copy[THRUM_NAME_SIZE] = { 0 };
    size_t length = 0;
    for (; name != NULL && name[length] != '\0'; length++) {
        if (length == THRUM_NAME_MAX)
            return THRUM_INVALID;
        copy[length] = name[length];
    }
    (void)thrum_os_thread_await_id(&thread->os); /* the system names by id */
    bool locked = lock_names();
    __builtin_memcpy(thread->name, copy, sizeof copy);
    /* Under the lock, so that the kernel and we agree on the last one. */
    thrum_status status = THRUM_NOT_FOUND;
    if (thrum_thread_hold(thread)) {
        status = thrum_os_set_name(&thread->os, thread == thrum_block_self(), copy);
        thrum_thread_let_go(thread);
    }
    if (locked)
        thrum_lock_release(&thrum_registry.lock);
    return status;
}

void thrum_get_name(thrum_thread *thread, char name[THRUM_NAME_SIZE])
{
    bool locked = lock_names();
    __builtin_memcpy(name, thread->name, THRUM_NAME_SIZE);
    if (locked)
        thrum_lock_release(&thrum_registry.lock);
}
