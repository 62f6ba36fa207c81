/* The side of a libc's threads: glibc or musl. SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

typedef pthread_mutex_t side_mutex;
#define SIDE_MUTEX_INIT PTHREAD_MUTEX_INITIALIZER
static inline void side_lock(side_mutex *mutex)
{
    pthread_mutex_lock(mutex);
}
static inline void side_unlock(side_mutex *mutex)
{
    pthread_mutex_unlock(mutex);
}

typedef pthread_rwlock_t side_rwlock;
#define SIDE_RWLOCK_INIT PTHREAD_RWLOCK_INITIALIZER
static inline void side_read_lock(side_rwlock *rwlock)
{
    pthread_rwlock_rdlock(rwlock);
}
static inline void side_read_unlock(side_rwlock *rwlock)
{
    pthread_rwlock_unlock(rwlock);
}

typedef pthread_cond_t side_cond;
#define SIDE_COND_INIT PTHREAD_COND_INITIALIZER
static inline void side_cond_wait(side_cond *cond, side_mutex *mutex)
{
    pthread_cond_wait(cond, mutex);
}
static inline void side_cond_signal(side_cond *cond)
{
    pthread_cond_signal(cond);
}
static inline void side_cond_broadcast(side_cond *cond)
{
    pthread_cond_broadcast(cond);
}

typedef sem_t side_sem;
static inline void side_sem_make(side_sem *sem)
{
    sem_init(sem, 0, 0);
}
static inline void side_sem_wait(side_sem *sem)
{
    while (sem_wait(sem) != 0)
        ;
}
static inline void side_sem_post(side_sem *sem)
{
    sem_post(sem);
}

typedef pthread_t side_thread;
static inline bool side_spawn(side_thread *thread, void *(*run)(void *), void *argument,
                              size_t stack_size)
{
    pthread_attr_t attributes;
    if (stack_size == 0)
        return pthread_create(thread, NULL, run, argument) == 0;
    pthread_attr_init(&attributes);
    bool good = pthread_attr_setstacksize(&attributes, stack_size) == 0 &&
                pthread_create(thread, &attributes, run, argument) == 0;
    pthread_attr_destroy(&attributes);
    return good;
}
static inline void side_join(side_thread thread)
{
    pthread_join(thread, NULL);
}

typedef pthread_key_t side_key;
static inline bool side_key_make(side_key *key)
{
    return pthread_key_create(key, NULL) == 0;
}
static inline void side_key_set(side_key key, void *value)
{
    pthread_setspecific(key, value);
}
static inline void *side_key_get(side_key key)
{
    return pthread_getspecific(key);
}

static inline uint64_t side_clock(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
static inline uint64_t side_now(void)
{
    return side_clock(CLOCK_MONOTONIC);
}
static inline void side_sleep(uint64_t length)
{
    struct timespec time = { (time_t)(length / 1000000000u), (long)(length % 1000000000u) };
    nanosleep(&time, NULL);
}
static inline uint64_t side_cpu_time(void)
{
    return side_clock(CLOCK_PROCESS_CPUTIME_ID);
}

static inline void side_write(int file, const char *text, size_t size)
{
    if (write(file, text, size) < 0)
        _exit(1);
}
/* How many bytes were read, from the file's start or where an earlier call ended. */
static inline size_t side_read_file(int *file, const char *path, char *buffer, size_t size)
{
    if (*file < 0)
        *file = open(path, O_RDONLY);
    ssize_t got = read(*file, buffer, size);
    if (got > 0)
        return (size_t)got;
    close(*file);
    *file = -1;
    return 0;
}
