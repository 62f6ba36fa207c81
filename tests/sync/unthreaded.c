/* Locks before any thread was spawned, and across the first spawn. Locks take no atomic instruction
 * until then; what is held stays held. */
#include "../support/crew.h"
#include "../test.h"

TEST_ALONE(unthreaded_mutex, 5, TEST_NEVER_SPAWNS)
{
    thrum_mutex mutex = THRUM_MUTEX_INIT;
    for (uint32_t i = 0; i < 3; ++i) {
        thrum_mutex_lock(&mutex);
        CHECK_EQ(thrum_mutex_holder(&mutex), thrum_id());
        CHECK(!thrum_mutex_try_lock(&mutex));
        thrum_mutex_unlock(&mutex);
        CHECK_EQ(thrum_mutex_holder(&mutex), 0);
        CHECK(thrum_mutex_try_lock(&mutex));
        thrum_mutex_unlock(&mutex);
        CHECK_EQ(thrum_mutex_lock_until(&mutex, i), THRUM_OK);
        thrum_mutex_unlock(&mutex);
    }
}

TEST_ALONE(unthreaded_recursive_mutex, 5, TEST_NEVER_SPAWNS)
{
    thrum_recursive_mutex mutex = THRUM_RECURSIVE_MUTEX_INIT;
    for (uint32_t i = 1; i <= 100; ++i) {
        thrum_recursive_mutex_lock(&mutex);
        CHECK_EQ(thrum_recursive_mutex_depth(&mutex), i);
    }
    for (uint32_t i = 100; i > 0; --i) {
        CHECK_EQ(thrum_recursive_mutex_holder(&mutex), thrum_id());
        thrum_recursive_mutex_unlock(&mutex);
    }
    CHECK_EQ(thrum_recursive_mutex_holder(&mutex), 0);
}

static void count_run(void *count)
{
    ++*(uint32_t *)count;
}

/* Each call that cannot block, and each timed wait that does. */
TEST_ALONE(unthreaded_others, 5, TEST_NEVER_SPAWNS)
{
    thrum_rwlock rwlock = THRUM_RWLOCK_INIT;
    thrum_sem sem = THRUM_SEM_INIT(1);
    thrum_event event = THRUM_EVENT_INIT;
    thrum_waitgroup group = THRUM_WAITGROUP_INIT;
    thrum_once once = THRUM_ONCE_INIT;
    thrum_barrier barrier = THRUM_BARRIER_INIT(1);
    thrum_mutex mutex = THRUM_MUTEX_INIT;
    thrum_cond cond = THRUM_COND_INIT;
    uint32_t runs = 0;
    thrum_rwlock_read_lock(&rwlock);
    CHECK_EQ(thrum_rwlock_write_lock_until(&rwlock, thrum_after(1000000)), THRUM_TIMED_OUT);
    CHECK(thrum_rwlock_try_read_lock(&rwlock));
    thrum_rwlock_read_unlock(&rwlock);
    thrum_rwlock_read_unlock(&rwlock);
    thrum_rwlock_write_lock(&rwlock);
    thrum_rwlock_write_unlock(&rwlock);
    thrum_sem_wait(&sem);
    CHECK_EQ(thrum_sem_wait_until(&sem, thrum_after(1000000)), THRUM_TIMED_OUT);
    thrum_event_set(&event);
    thrum_event_wait(&event);
    thrum_event_reset(&event);
    CHECK_EQ(thrum_event_wait_until(&event, thrum_after(1000000)), THRUM_TIMED_OUT);
    thrum_waitgroup_wait(&group);
    thrum_waitgroup_add(&group, 1);
    CHECK_EQ(thrum_waitgroup_wait_until(&group, thrum_after(1000000)), THRUM_TIMED_OUT);
    thrum_once_run(&once, count_run, &runs);
    thrum_once_run(&once, count_run, &runs);
    CHECK_EQ(runs, 1);
    CHECK(thrum_barrier_wait(&barrier));
    thrum_mutex_lock(&mutex);
    thrum_cond_signal(&cond);
    thrum_cond_broadcast(&cond);
    CHECK_EQ(thrum_cond_wait_until(&cond, &mutex, thrum_after(1000000)), THRUM_TIMED_OUT);
    CHECK_EQ(thrum_mutex_holder(&mutex), thrum_id());
    thrum_mutex_unlock(&mutex);
}

/* --- across the first spawn ------------------------------------------------------------------- */

static thrum_mutex held_mutex;
static thrum_recursive_mutex held_recursive;
static thrum_rwlock held_write, held_read;
static uint32_t seen_held;

static void *see_held(void *unused)
{
    (void)unused;
    CHECK(!thrum_mutex_try_lock(&held_mutex));
    CHECK_EQ(thrum_mutex_lock_until(&held_mutex, thrum_after(1000000)), THRUM_TIMED_OUT);
    CHECK(!thrum_recursive_mutex_try_lock(&held_recursive));
    CHECK_EQ(thrum_recursive_mutex_depth(&held_recursive), 0);
    CHECK(!thrum_rwlock_try_read_lock(&held_write));
    CHECK(!thrum_rwlock_try_write_lock(&held_read));
    CHECK(thrum_rwlock_try_read_lock(&held_read));
    thrum_rwlock_read_unlock(&held_read);
    flag_set(&seen_held, 1);
    thrum_mutex_lock(&held_mutex);
    thrum_recursive_mutex_lock(&held_recursive);
    thrum_rwlock_write_lock(&held_write);
    thrum_rwlock_write_lock(&held_read);
    thrum_rwlock_write_unlock(&held_read);
    thrum_rwlock_write_unlock(&held_write);
    thrum_recursive_mutex_unlock(&held_recursive);
    thrum_mutex_unlock(&held_mutex);
    return NULL;
}

TEST_ALONE(locks_held_across_the_first_spawn, 10, TEST_SPAWNS_FIRST)
{
    thrum_mutex_lock(&held_mutex);
    thrum_recursive_mutex_lock(&held_recursive);
    thrum_recursive_mutex_lock(&held_recursive);
    thrum_rwlock_write_lock(&held_write);
    thrum_rwlock_read_lock(&held_read);
    thrum_thread *thread = test_spawn(see_held, NULL);
    if (!thread)
        return;
    flag_await(&seen_held, 1);
    until_asleep(thrum_thread_id(thread));
    CHECK_EQ(thrum_mutex_holder(&held_mutex), thrum_id());
    CHECK_EQ(thrum_recursive_mutex_depth(&held_recursive), 2);
    thrum_rwlock_read_unlock(&held_read);
    thrum_rwlock_write_unlock(&held_write);
    thrum_recursive_mutex_unlock(&held_recursive);
    thrum_recursive_mutex_unlock(&held_recursive);
    thrum_mutex_unlock(&held_mutex);
    test_join(thread);
    CHECK_EQ(thrum_mutex_holder(&held_mutex), 0);
}
