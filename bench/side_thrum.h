/* The side of thrum, freestanding; files and CPU time from examples/support.
 * SPDX-License-Identifier: MIT */
#include <thrum.h>

#include "../examples/support/support.h"

typedef thrum_mutex side_mutex;
#define SIDE_MUTEX_INIT THRUM_MUTEX_INIT
static inline void side_lock(side_mutex *mutex)
{
    thrum_mutex_lock(mutex);
}
static inline void side_unlock(side_mutex *mutex)
{
    thrum_mutex_unlock(mutex);
}

typedef thrum_rwlock side_rwlock;
#define SIDE_RWLOCK_INIT THRUM_RWLOCK_INIT
static inline void side_read_lock(side_rwlock *rwlock)
{
    thrum_rwlock_read_lock(rwlock);
}
static inline void side_read_unlock(side_rwlock *rwlock)
{
    thrum_rwlock_read_unlock(rwlock);
}

typedef thrum_cond side_cond;
#define SIDE_COND_INIT THRUM_COND_INIT
static inline void side_cond_wait(side_cond *cond, side_mutex *mutex)
{
    thrum_cond_wait(cond, mutex);
}
static inline void side_cond_signal(side_cond *cond)
{
    thrum_cond_signal(cond);
}
static inline void side_cond_broadcast(side_cond *cond)
{
    thrum_cond_broadcast(cond);
}

typedef thrum_sem side_sem;
static inline void side_sem_make(side_sem *sem)
{
    *sem = (thrum_sem)THRUM_SEM_INIT(0);
}
static inline void side_sem_wait(side_sem *sem)
{
    thrum_sem_wait(sem);
}
static inline void side_sem_post(side_sem *sem)
{
    thrum_sem_post(sem, 1);
}

typedef thrum_thread *side_thread;
static inline bool side_spawn(side_thread *thread, void *(*run)(void *), void *argument,
                              size_t stack_size)
{
    thrum_spawn_options options = { .stack_size = stack_size };
    return thrum_spawn(thread, run, argument, &options) == THRUM_OK;
}
static inline void side_join(side_thread thread)
{
    thrum_join(thread, NULL);
}

typedef thrum_tls_key side_key;
static inline bool side_key_make(side_key *key)
{
    return thrum_tls_alloc(key, NULL, 0) == THRUM_OK;
}
static inline void side_key_set(side_key key, void *value)
{
    thrum_tls_set(key, value);
}
static inline void *side_key_get(side_key key)
{
    return thrum_tls_get(key);
}

static inline uint64_t side_now(void)
{
    return thrum_now();
}
static inline void side_sleep(uint64_t length)
{
    thrum_sleep_until(thrum_after(length));
}
static inline uint64_t side_cpu_time(void)
{
    return process_cpu_time();
}

static inline void side_write(int file, const char *text, size_t size)
{
    file_write(file, text, size);
}
/* How many bytes were read, from the file's start or where an earlier call ended. */
static inline size_t side_read_file(int *file, const char *path, char *buffer, size_t size)
{
    if (*file < 0)
        *file = (int)file_open(path);
    long got = file_read(*file, buffer, size);
    if (got > 0)
        return (size_t)got;
    file_close(*file);
    *file = -1;
    return 0;
}
