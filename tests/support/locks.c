/* The kinds of locks.h. */
#include "locks.h"

#include "crew.h"

static void zero(union any_lock *lock)
{
    *lock = (union any_lock){ .rwlock = THRUM_RWLOCK_INIT };
}

/* --- mutex ------------------------------------------------------------------------------------ */

static void mutex_lock(union any_lock *lock)
{
    thrum_mutex_lock(&lock->mutex);
}

static bool mutex_try(union any_lock *lock)
{
    return thrum_mutex_try_lock(&lock->mutex);
}

static thrum_status mutex_until(union any_lock *lock, thrum_time deadline)
{
    return thrum_mutex_lock_until(&lock->mutex, deadline);
}

static void mutex_unlock(union any_lock *lock)
{
    thrum_mutex_unlock(&lock->mutex);
}

static uint64_t mutex_holder(const union any_lock *lock)
{
    return thrum_mutex_holder(&lock->mutex);
}

const struct lock_kind lock_mutex = { "mutex",      zero,        mutex_lock,
                                      mutex_try,    mutex_until, mutex_unlock,
                                      mutex_holder, false,       false };

/* --- recursive mutex -------------------------------------------------------------------------- */

static void recursive_lock(union any_lock *lock)
{
    thrum_recursive_mutex_lock(&lock->recursive);
}

static bool recursive_try(union any_lock *lock)
{
    return thrum_recursive_mutex_try_lock(&lock->recursive);
}

static thrum_status recursive_until(union any_lock *lock, thrum_time deadline)
{
    return thrum_recursive_mutex_lock_until(&lock->recursive, deadline);
}

static void recursive_unlock(union any_lock *lock)
{
    thrum_recursive_mutex_unlock(&lock->recursive);
}

static uint64_t recursive_holder(const union any_lock *lock)
{
    return thrum_recursive_mutex_holder(&lock->recursive);
}

const struct lock_kind lock_recursive = { "recursive mutex",
                                          zero,
                                          recursive_lock,
                                          recursive_try,
                                          recursive_until,
                                          recursive_unlock,
                                          recursive_holder,
                                          false,
                                          true };

/* --- rwlock ----------------------------------------------------------------------------------- */

static void write_lock(union any_lock *lock)
{
    thrum_rwlock_write_lock(&lock->rwlock);
}

static bool write_try(union any_lock *lock)
{
    return thrum_rwlock_try_write_lock(&lock->rwlock);
}

static thrum_status write_until(union any_lock *lock, thrum_time deadline)
{
    return thrum_rwlock_write_lock_until(&lock->rwlock, deadline);
}

static void write_unlock(union any_lock *lock)
{
    thrum_rwlock_write_unlock(&lock->rwlock);
}

static uint64_t writer(const union any_lock *lock)
{
    return thrum_rwlock_holder(&lock->rwlock);
}

const struct lock_kind lock_write = { "rwlock",     zero,   write_lock, write_try, write_until,
                                      write_unlock, writer, false,      false };

static void read_lock(union any_lock *lock)
{
    thrum_rwlock_read_lock(&lock->rwlock);
}

static bool read_try(union any_lock *lock)
{
    return thrum_rwlock_try_read_lock(&lock->rwlock);
}

static thrum_status read_until(union any_lock *lock, thrum_time deadline)
{
    return thrum_rwlock_read_lock_until(&lock->rwlock, deadline);
}

static void read_unlock(union any_lock *lock)
{
    thrum_rwlock_read_unlock(&lock->rwlock);
}

const struct lock_kind lock_read = { "rwlock",    zero, read_lock, read_try, read_until,
                                     read_unlock, NULL, true,      true };

/* --- semaphore of one ------------------------------------------------------------------------- */

static void sem_one(union any_lock *lock)
{
    zero(lock);
    lock->sem = (thrum_sem)THRUM_SEM_INIT(1);
}

static void sem_wait(union any_lock *lock)
{
    thrum_sem_wait(&lock->sem);
}

static bool sem_try(union any_lock *lock)
{
    return thrum_sem_try_wait(&lock->sem);
}

static thrum_status sem_until(union any_lock *lock, thrum_time deadline)
{
    return thrum_sem_wait_until(&lock->sem, deadline);
}

static void sem_post(union any_lock *lock)
{
    thrum_sem_post(&lock->sem, 1);
}

const struct lock_kind lock_sem = { "semaphore", sem_one, sem_wait, sem_try, sem_until,
                                    sem_post,    NULL,    false,    false };

/* ---------------------------------------------------------------------------------------------- */

void lock_take(const struct lock_kind *kind, union any_lock *lock, enum lock_way way,
               uint64_t *random)
{
    uint64_t dice = test_random(random);
    if (way == LOCK_MIXED)
        way = (enum lock_way)(dice % 3);
    switch (way) {
    case LOCK_TRY:
        for (uint32_t tries = 0; !kind->try_lock(lock); ++tries) {
            if (tries % 64 == 63)
                thrum_yield();
        }
        return;
    case LOCK_UNTIL:
        while (kind->lock_until(lock, thrum_after(dice / 3 % 50000)) != THRUM_OK) {
        }
        return;
    default: kind->lock(lock); return;
    }
}
