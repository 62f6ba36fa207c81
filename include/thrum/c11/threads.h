/* The threads of ISO C11, 7.26 <threads.h>, whole, over the calls of thrum: inline, with no state of
 * its own. SPDX-License-Identifier: MIT
 *
 * A program that is written to the standard moves over by an include path: with
 * -I<prefix>/include/thrum/c11 its `#include <threads.h>` finds this file. docs/c11.md says what
 * the standard leaves open and what is done here. What may block, and what signal handlers may not
 * call, is as with the thrum calls that stand in each function.
 *
 * struct timespec and time_t are those of <time.h>, where there is one. A program that wants no
 * header of a libc says what its time_t is to be, as in -DTHRUM_C11_TIME_T=int64_t.
 *
 * C23 has once_flag, call_once and ONCE_FLAG_INIT in <stdlib.h> too. Where a libc's declares them it is read
 * first, whatever the order of the program's own includes, and the names are macros for those of here. */
#ifndef THRUM_C11_THREADS_H
#define THRUM_C11_THREADS_H

#include "../cond.h"
#include "../mutex.h"
#include "../once.h"
#include "../thread.h"
#include "../time.h"
#include "../tls.h"

/* A compiler for another CPU may find glibc's headers of this one, but not what they include. */
#if !defined(THRUM_C11_TIME_T) && defined(__has_include)
#if __has_include(<time.h>) && (!__has_include(<gnu-versions.h>) || __has_include(<bits/types.h>))
#define THRUM_PRIVATE_C11_TIME_H
#if __has_include(<stdlib.h>)
#define THRUM_PRIVATE_C11_STDLIB_H
#endif
#endif
#endif

#ifdef THRUM_PRIVATE_C11_TIME_H
#include <time.h>
#else
#ifndef THRUM_C11_TIME_T
#define THRUM_C11_TIME_T int64_t
#endif
typedef THRUM_C11_TIME_T time_t;
struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
#endif

#ifdef THRUM_PRIVATE_C11_STDLIB_H
#include <stdlib.h>
#endif
#ifdef ONCE_FLAG_INIT
#undef ONCE_FLAG_INIT
#define once_flag thrum_private_once_flag
#define call_once thrum_private_call_once
#endif

/* Where a libc's <time.h> was read there need be no libc to link with, so its function is not used.
 * A hosted program has both, and keeps the name that its <time.h> knows. */
#if defined(THRUM_FREESTANDING) || !defined(TIME_UTC)
#define timespec_get thrum_private_timespec_get
#endif
#ifndef TIME_UTC
#define TIME_UTC 1
#endif

#if !defined(__cplusplus) && (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 202311L) && \
    !defined(thread_local)
#define thread_local _Thread_local
#endif

THRUM_PRIVATE_BEGIN

/* --- results ---------------------------------------------------------------------------------- */

enum { thrd_success, thrd_busy, thrd_error, thrd_nomem, thrd_timedout };

static inline int thrum_private_c11_result(thrum_status status)
{
    if (status == THRUM_OK)
        return thrd_success;
    return status == THRUM_NO_MEMORY ? thrd_nomem : thrd_error;
}

/* --- time ------------------------------------------------------------------------------------- */

/* The base, or 0: another base than TIME_UTC, or a time_t of 32 bits that cannot tell the time. */
static inline int thrum_private_timespec_get(struct timespec *now, int base)
{
    uint32_t nanoseconds;
    int64_t seconds = thrum_wall_clock(&nanoseconds);
    if (base != TIME_UTC || (int64_t)(time_t)seconds != seconds)
        return 0;
    now->tv_sec = (time_t)seconds;
    now->tv_nsec = (long)nanoseconds;
    return base;
}

static inline bool thrum_private_c11_is_time(const struct timespec *time)
{
    return time->tv_nsec >= 0 && time->tv_nsec < 1000000000;
}

/* 0 if it has come already. */
static inline thrum_time thrum_private_c11_deadline(const struct timespec *time)
{
    return thrum_wall_deadline((int64_t)time->tv_sec, (uint32_t)time->tv_nsec);
}

/* --- threads ---------------------------------------------------------------------------------- */

typedef thrum_thread *thrd_t;
typedef int (*thrd_start_t)(void *);

/* It is copied into the memory of the thread that it starts. */
struct thrum_private_c11_start {
    thrd_start_t function;
    void *argument;
};

static inline void *thrum_private_c11_run(void *argument)
{
    const struct thrum_private_c11_start *start = (const struct thrum_private_c11_start *)argument;
    return (void *)(intptr_t)start->function(start->argument);
}

/* thrd_success; thrd_nomem: no memory for the thread; thrd_error: the system refused, or a pointer is
 * NULL. */
static inline int thrd_create(thrd_t *thread, thrd_start_t function, void *argument)
{
    struct thrum_private_c11_start start = { function, argument };
    thrum_spawn_options options = { NULL, 0, 0, sizeof start, false, false };
    if (function == NULL)
        return thrd_error;
    return thrum_private_c11_result(thrum_spawn(thread, thrum_private_c11_run, &start, &options));
}

static inline thrd_t thrd_current(void)
{
    return thrum_self();
}

static inline int thrd_detach(thrd_t thread)
{
    return thrum_private_c11_result(thrum_detach(thread));
}

static inline int thrd_equal(thrd_t a, thrd_t b)
{
    return a == b;
}

/* Key destructors run; the last thread out ends the process with 0. */
THRUM_PRIVATE_NORETURN static inline void thrd_exit(int result)
{
    thrum_exit((void *)(intptr_t)result);
}

static inline int thrd_join(thrd_t thread, int *result)
{
    void *pointer;
    thrum_status status = thrum_join(thread, &pointer);
    if (status == THRUM_OK && result != NULL)
        *result = (int)(intptr_t)pointer;
    return thrum_private_c11_result(status);
}

/* 0 when the time is over, -2 if it is none. No signal interrupts it: never -1, nothing remains. */
static inline int thrd_sleep(const struct timespec *duration, struct timespec *remaining)
{
    (void)remaining;
    if (duration->tv_sec < 0 || !thrum_private_c11_is_time(duration))
        return -2;
    thrum_sleep_until(
        thrum_after(thrum_private_length((uint64_t)duration->tv_sec, (uint32_t)duration->tv_nsec)));
    return 0;
}

static inline void thrd_yield(void)
{
    thrum_yield();
}

/* --- mutexes ---------------------------------------------------------------------------------- */

enum { mtx_plain = 0, mtx_recursive = 1, mtx_timed = 2 };

/* One that is not recursive uses the inner mutex alone. */
typedef struct {
    thrum_recursive_mutex private_mutex;
    int private_type;
} mtx_t;

static inline thrum_mutex *thrum_private_c11_inner(mtx_t *mutex)
{
    return &mutex->private_mutex.private_mutex;
}

/* thrd_error if there is no such type. */
static inline int mtx_init(mtx_t *mutex, int type)
{
    const mtx_t fresh = { THRUM_RECURSIVE_MUTEX_INIT, type };
    if ((type & ~(mtx_recursive | mtx_timed)) != 0)
        return thrd_error;
    *mutex = fresh;
    return thrd_success;
}

static inline void mtx_destroy(mtx_t *mutex)
{
    (void)mutex;
}

/* A second time, by the holder of one that is not recursive, is misuse. */
static inline int mtx_lock(mtx_t *mutex)
{
    if (mutex->private_type & mtx_recursive)
        thrum_recursive_mutex_lock(&mutex->private_mutex);
    else
        thrum_mutex_lock(thrum_private_c11_inner(mutex));
    return thrd_success;
}

static inline int mtx_trylock(mtx_t *mutex)
{
    bool locked = mutex->private_type & mtx_recursive
                      ? thrum_recursive_mutex_try_lock(&mutex->private_mutex)
                      : thrum_mutex_try_lock(thrum_private_c11_inner(mutex));
    return locked ? thrd_success : thrd_busy;
}

/* thrd_timedout: the wall clock has come to `time`; thrd_error: tv_nsec is not below a second. */
static inline int mtx_timedlock(mtx_t *mutex, const struct timespec *time)
{
    if (!thrum_private_c11_is_time(time))
        return thrd_error;
    for (;;) {
        thrum_time deadline = thrum_private_c11_deadline(time);
        thrum_status status =
            mutex->private_type & mtx_recursive
                ? thrum_recursive_mutex_lock_until(&mutex->private_mutex, deadline)
                : thrum_mutex_lock_until(thrum_private_c11_inner(mutex), deadline);
        if (status == THRUM_OK)
            return thrd_success;
        if (deadline == 0) /* else somebody may have set the clock back: it is asked again */
            return thrd_timedout;
    }
}

static inline int mtx_unlock(mtx_t *mutex)
{
    if (mutex->private_type & mtx_recursive)
        thrum_recursive_mutex_unlock(&mutex->private_mutex);
    else
        thrum_mutex_unlock(thrum_private_c11_inner(mutex));
    return thrd_success;
}

/* --- conditions ------------------------------------------------------------------------------- */

typedef thrum_cond cnd_t;

static inline int cnd_init(cnd_t *cond)
{
    const thrum_cond fresh = THRUM_COND_INIT;
    *cond = fresh;
    return thrd_success;
}

static inline void cnd_destroy(cnd_t *cond)
{
    (void)cond;
}

static inline int cnd_signal(cnd_t *cond)
{
    thrum_cond_signal(cond);
    return thrd_success;
}

static inline int cnd_broadcast(cnd_t *cond)
{
    thrum_cond_broadcast(cond);
    return thrd_success;
}

/* A wait frees a recursive mutex with all its levels, and brings all of them back: only the holder
 * touches the depth. */
static inline thrum_status thrum_private_c11_wait(cnd_t *cond, mtx_t *mutex, thrum_time deadline)
{
    uint32_t depth = mutex->private_mutex.private_depth;
    thrum_status status = thrum_cond_wait_until(cond, thrum_private_c11_inner(mutex), deadline);
    mutex->private_mutex.private_depth = depth;
    return status;
}

static inline int cnd_wait(cnd_t *cond, mtx_t *mutex)
{
    return thrum_private_c11_result(thrum_private_c11_wait(cond, mutex, THRUM_FOREVER));
}

/* thrd_timedout: the wall clock has come to `time`; thrd_error: tv_nsec is not below a second. If the
 * clock was set back meanwhile the answer is thrd_success without a signal, as the standard allows:
 * a second wait in here could miss a signal that came between the two. */
static inline int cnd_timedwait(cnd_t *cond, mtx_t *mutex, const struct timespec *time)
{
    if (!thrum_private_c11_is_time(time))
        return thrd_error;
    thrum_time deadline = thrum_private_c11_deadline(time);
    if (thrum_private_c11_wait(cond, mutex, deadline) == THRUM_OK)
        return thrd_success;
    return thrum_private_c11_deadline(time) == 0 ? thrd_timedout : thrd_success;
}

/* --- thread-specific storage ------------------------------------------------------------------ */

typedef thrum_tls_key tss_t;
typedef void (*tss_dtor_t)(void *);

#define TSS_DTOR_ITERATIONS 4 /* rounds, see thrum_tls_alloc */

/* thrd_error: THRUM_KEY_MAX keys are there already. */
static inline int tss_create(tss_t *key, tss_dtor_t destructor)
{
    return thrum_private_c11_result(thrum_tls_alloc(key, destructor, 0));
}

static inline void tss_delete(tss_t key)
{
    thrum_tls_free(key);
}

static inline void *tss_get(tss_t key)
{
    return thrum_tls_get(key);
}

/* A key that is not there is misuse. */
static inline int tss_set(tss_t key, void *value)
{
    thrum_tls_set(key, value);
    return thrd_success;
}

/* --- once ------------------------------------------------------------------------------------- */

typedef thrum_once once_flag;

#define ONCE_FLAG_INIT THRUM_ONCE_INIT

struct thrum_private_c11_once {
    void (*function)(void);
};

static inline void thrum_private_c11_call(void *once)
{
    ((const struct thrum_private_c11_once *)once)->function();
}

static inline void call_once(once_flag *flag, void (*function)(void))
{
    struct thrum_private_c11_once once = { function };
    thrum_once_run(flag, thrum_private_c11_call, &once);
}

THRUM_PRIVATE_END

#endif
