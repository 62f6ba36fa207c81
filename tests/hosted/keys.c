/* Keys and their destructors in threads that others made, and beside the libc's own. */
#include <pthread.h>

#include "../support/thread_system.h"
#include "../test.h"

static uint32_t order, thrum_at, libc_at;
static thrum_tls_key key;
static pthread_key_t libc_key;

static uint32_t next(void)
{
    return __atomic_add_fetch(&order, 1, __ATOMIC_RELAXED);
}

static void note_thrum(void *value)
{
    (void)value;
    thrum_at = next();
}

static void in_both(void *(*run)(void *))
{
    pthread_t thread;
    order = thrum_at = libc_at = 0;
    if (CHECK(pthread_create(&thread, NULL, run, &key) == 0))
        pthread_join(thread, NULL);
    CHECK(thrum_at != 0);
    order = thrum_at = libc_at = 0;
    test_join(test_spawn(run, &key));
    CHECK(thrum_at != 0);
}

static void *set_key(void *value)
{
    CHECK(thrum_tls_get(key) == NULL);
    thrum_tls_set(key, value);
    CHECK(thrum_tls_get(key) == value);
    return NULL;
}

TEST(hosted_key_destructor_runs_at_a_foreign_threads_end, 5)
{
    CHECK(thrum_tls_alloc(&key, note_thrum, 0) == THRUM_OK);
    in_both(set_key);
    thrum_tls_free(key);
}

/* --- destructors of the libc's keys that call thrum ------------------------------------------- */

static thrum_mutex mutex;
static uint32_t libc_rounds;

/* In each round the libc gives; the last one may be after thrum has had its own. */
static void use_thrum(void *value)
{
    libc_at = next();
    CHECK_EQ(thrum_id(), system_thread_id());
    thrum_mutex_lock(&mutex);
    CHECK_EQ(thrum_mutex_holder(&mutex), thrum_id());
    thrum_mutex_unlock(&mutex);
    if (libc_rounds == 0)
        thrum_tls_set(key, value); /* its destructor has still to run */
    if (++libc_rounds < 4)
        pthread_setspecific(libc_key, value);
}

static void *set_both(void *value)
{
    libc_rounds = 0;
    thrum_tls_set(key, value);
    pthread_setspecific(libc_key, value);
    return NULL;
}

static uint32_t thrum_runs;

static void count_thrum(void *value)
{
    (void)value;
    ++thrum_runs;
    thrum_at = next();
}

#define FORGETS "ThreadSanitizer forgets a thread before its last destructors run"

TEST(hosted_libc_destructors_may_call_thrum, 10)
{
    if (test_skip_under(SYSTEM_THREAD_SANITIZER, FORGETS))
        return;
    uint32_t threads = test_thread_count();
    CHECK(thrum_tls_alloc(&key, count_thrum, 0) == THRUM_OK);
    CHECK(pthread_key_create(&libc_key, use_thrum) == 0);
    thrum_runs = 0;
    in_both(set_both);
    CHECK_EQ(thrum_runs, 4); /* twice in each: what was set, and what was set at the end */
    CHECK_EQ(libc_rounds, 4);
    CHECK(thrum_at != 0 && libc_at != 0);
    pthread_key_delete(libc_key);
    thrum_tls_free(key);
    CHECK_EQ(test_thread_count(), threads);
}

/* A thread whose first call of thrum is in a destructor, of whatever round. */
static uint32_t first_call_in_round, round_now;

static void call_in_round(void *value)
{
    if (++round_now == first_call_in_round)
        CHECK_EQ(thrum_id(), system_thread_id());
    else
        pthread_setspecific(libc_key, value);
}

static void *set_libc_key(void *value)
{
    pthread_setspecific(libc_key, value);
    return NULL;
}

static void *nothing(void *argument)
{
    return argument;
}

TEST(hosted_first_call_in_a_destructor, 10)
{
    if (test_skip_under(SYSTEM_THREAD_SANITIZER, FORGETS))
        return;
    CHECK(pthread_key_create(&libc_key, call_in_round) == 0);
    for (first_call_in_round = 1; first_call_in_round <= 3; ++first_call_in_round) {
        pthread_t thread;
        round_now = 0;
        uint32_t threads = test_thread_count();
        CHECK(pthread_create(&thread, NULL, set_libc_key, &key) == 0);
        pthread_join(thread, NULL);
        thrum_time limit = thrum_after(test_ms(2000));
        do
            test_join(test_spawn(nothing, NULL)); /* which sweeps */
        while (test_thread_count() > threads && !test_late(limit));
        CHECK_EQ(test_thread_count(), threads);
    }
    pthread_key_delete(libc_key);
}

/* --- C++'s thread_local objects --------------------------------------------------------------- */

/* How compilers register their destructors (the Itanium C++ ABI, above glibc). */
__attribute__((weak)) int __cxa_thread_atexit_impl(void (*destroy)(void *), void *object,
                                                   void *dso);
static uint32_t object_at;
static char dso;

static void note_object(void *value)
{
    CHECK(thrum_tls_get(key) == value);
    object_at = next();
}

static void *set_key_and_object(void *value)
{
    thrum_tls_set(key, value);
    CHECK(__cxa_thread_atexit_impl(note_object, value, &dso) == 0);
    return NULL;
}

static void *set_both_and_exit(void *value)
{
    set_key_and_object(value);
    thrum_exit(value);
}

/* A libc destroys its own keys' values after them, and so do we, in every thread. */
TEST(hosted_thread_local_objects_go_before_keys, 10)
{
    static void *(*const ways[])(void *) = { set_key_and_object, set_both_and_exit };
    if (__cxa_thread_atexit_impl == NULL) {
        test_skip("the libc has no __cxa_thread_atexit_impl");
        return;
    }
    CHECK(thrum_tls_alloc(&key, note_thrum, 0) == THRUM_OK);
    for (int i = 0; i < 4; ++i) {
        pthread_t thread;
        thrum_at = object_at = 0;
        if (i % 2 == 0)
            test_join(test_spawn(ways[i / 2], &key));
        else if (CHECK(pthread_create(&thread, NULL, ways[i / 2], &key) == 0))
            pthread_join(thread, NULL);
        CHECK(object_at != 0 && thrum_at > object_at);
    }
    thrum_tls_free(key);
}

/* --- the end from below ----------------------------------------------------------------------- */

static void *leave_by_pthread_exit(void *value)
{
    thrum_tls_set(key, value);
    pthread_exit(value);
}

TEST(hosted_pthread_exit_ends_an_own_thread, 10)
{
    uint32_t threads = test_thread_count();
    CHECK(thrum_tls_alloc(&key, note_thrum, 0) == THRUM_OK);
    in_both(leave_by_pthread_exit);
    thrum_tls_free(key);
    CHECK_EQ(test_thread_count(), threads);
}

static __attribute__((noinline)) void descend(unsigned depth, void *value)
{
    volatile char frame[64];
    frame[0] = (char)depth;
    if (depth > 0)
        descend(depth - 1, value);
    else if (value != &thrum_runs) /* it never is, but the compiler does not know */
        thrum_exit(value);
    frame[1] = frame[0];
}

static void *leave_by_thrum_exit(void *value)
{
    thrum_tls_set(key, value);
    descend(100, value);
    return NULL;
}

TEST(hosted_thrum_exit_ends_a_foreign_thread, 10)
{
    uint32_t threads = test_thread_count();
    CHECK(thrum_tls_alloc(&key, note_thrum, 0) == THRUM_OK);
    in_both(leave_by_thrum_exit);
    thrum_tls_free(key);
    CHECK_EQ(test_thread_count(), threads);
}
