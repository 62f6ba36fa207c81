/* Recursive mutexes: a mutex, and a depth that only the holder touches. */
#include "diagnose/fatal.h"
#include "sync/lock.h"

static bool mine(const thrum_recursive_mutex *mutex)
{
    uint32_t word = __atomic_load_n(&mutex->private_mutex.private_word, __ATOMIC_RELAXED);
    return THRUM_HOLDER(word) == thrum_block_self()->head.lock_id;
}

/* One level more, if the caller holds it. */
static bool deepen(thrum_recursive_mutex *mutex)
{
    if (!mine(mutex))
        return false;
    if (mutex->private_depth == UINT32_MAX)
        thrum_fatal_object("locks", "recursive mutex", mutex, "too many times",
                           THRUM_FATAL_NO_HOLDER);
    mutex->private_depth++;
    return true;
}

void thrum_recursive_mutex_lock(thrum_recursive_mutex *mutex)
{
    if (deepen(mutex))
        return;
    thrum_mutex_lock(&mutex->private_mutex);
    mutex->private_depth = 1;
}

bool thrum_recursive_mutex_try_lock(thrum_recursive_mutex *mutex)
{
    if (deepen(mutex))
        return true;
    if (!thrum_mutex_try_lock(&mutex->private_mutex))
        return false;
    mutex->private_depth = 1;
    return true;
}

thrum_status thrum_recursive_mutex_lock_until(thrum_recursive_mutex *mutex, thrum_time deadline)
{
    if (deepen(mutex))
        return THRUM_OK;
    thrum_status status = thrum_mutex_lock_until(&mutex->private_mutex, deadline);
    if (status == THRUM_OK)
        mutex->private_depth = 1;
    return status;
}

void thrum_recursive_mutex_unlock(thrum_recursive_mutex *mutex)
{
    if (!mine(mutex))
        thrum_fatal_object("unlocks", "recursive mutex", mutex, NULL,
                           __atomic_load_n(&mutex->private_mutex.private_word, __ATOMIC_RELAXED));
    if (--mutex->private_depth == 0)
        thrum_mutex_unlock(&mutex->private_mutex);
}

uint64_t thrum_recursive_mutex_holder(const thrum_recursive_mutex *mutex)
{
    return thrum_mutex_holder(&mutex->private_mutex);
}

uint32_t thrum_recursive_mutex_depth(const thrum_recursive_mutex *mutex)
{
    return mine(mutex) ? mutex->private_depth : 0;
}
