/* What looks like a deadlock and is none is never reported: a report would end the whole run. */
#include "../support/thread_system.h"
#include "../test.h"

enum { LINKS = 6 };

static thrum_mutex mutexes[LINKS];
static thrum_rwlock rwlocks[LINKS];
static thrum_barrier all_hold;

/* Holds its own, waits for the next one's; the last one only sleeps. */
static void *be_a_link(void *argument)
{
    uintptr_t at = (uintptr_t)argument;
    thrum_mutex_lock(&mutexes[at]);
    thrum_barrier_wait(&all_hold);
    if (at + 1 < LINKS) {
        thrum_mutex_lock(&mutexes[at + 1]);
        thrum_mutex_unlock(&mutexes[at + 1]);
    } else {
        thrum_sleep_until(thrum_after(test_ms(350)));
    }
    thrum_mutex_unlock(&mutexes[at]);
    return NULL;
}

TEST(no_deadlock_in_a_long_chain, 10)
{
    thrum_thread *threads[LINKS];
    all_hold = (thrum_barrier)THRUM_BARRIER_INIT(LINKS);
    for (uintptr_t i = 0; i < LINKS; ++i)
        threads[i] = test_spawn(be_a_link, (void *)i);
    for (int i = 0; i < LINKS; ++i)
        test_join(threads[i]);
}

/* A circle with one timed wait resolves itself. */
static void *be_a_timed_link(void *argument)
{
    uintptr_t at = (uintptr_t)argument, next = (at + 1) % 3;
    thrum_status status = THRUM_OK;
    thrum_mutex_lock(&mutexes[at]);
    thrum_barrier_wait(&all_hold);
    if (at == 1)
        status = thrum_mutex_lock_until(&mutexes[next], thrum_after(test_ms(300)));
    else
        thrum_mutex_lock(&mutexes[next]);
    if (status == THRUM_OK)
        thrum_mutex_unlock(&mutexes[next]);
    thrum_mutex_unlock(&mutexes[at]);
    return (void *)(uintptr_t)status;
}

TEST(no_deadlock_with_a_timed_wait, 10)
{
    thrum_thread *threads[3];
    all_hold = (thrum_barrier)THRUM_BARRIER_INIT(3);
    for (uintptr_t i = 0; i < 3; ++i)
        threads[i] = test_spawn(be_a_timed_link, (void *)i);
    for (uintptr_t i = 0; i < 3; ++i)
        CHECK_EQ((uintptr_t)test_join(threads[i]), i == 1 ? THRUM_TIMED_OUT : THRUM_OK);
}

/* All timed, for both kinds of lock: every one times out or gets it, none is reported. */
static void *be_a_timed_writer(void *argument)
{
    uintptr_t at = (uintptr_t)argument, next = (at + 1) % 2;
    thrum_rwlock_write_lock(&rwlocks[at]);
    thrum_barrier_wait(&all_hold);
    thrum_time deadline = thrum_after(test_ms(200 + 50 * (uint32_t)at));
    thrum_status status = thrum_rwlock_write_lock_until(&rwlocks[next], deadline);
    if (status == THRUM_OK)
        thrum_rwlock_write_unlock(&rwlocks[next]);
    thrum_rwlock_write_unlock(&rwlocks[at]);
    return NULL;
}

TEST(no_deadlock_of_timed_writers, 10)
{
    thrum_thread *threads[2];
    all_hold = (thrum_barrier)THRUM_BARRIER_INIT(2);
    for (uintptr_t i = 0; i < 2; ++i)
        threads[i] = test_spawn(be_a_timed_writer, (void *)i);
    for (int i = 0; i < 2; ++i)
        test_join(threads[i]);
}

/* Many waits above 50 ms, holders ever changing, always in order: the finder looks all the time, at
 * chains that change under it. */
static void *lock_in_order(void *argument)
{
    uint64_t state = *(uint64_t *)argument;
    thrum_time until = thrum_after(test_run_ms(1200));
    uintptr_t count = 0;
    for (; thrum_now() < until; ++count) {
        uint32_t low = test_pick(&state, LINKS - 1);
        uint32_t high = low + 1 + test_pick(&state, LINKS - 1 - low);
        thrum_mutex_lock(&mutexes[low]);
        if (test_pick(&state, 2))
            thrum_sleep_until(thrum_after(test_pick(&state, 20000000)));
        thrum_rwlock_write_lock(&rwlocks[high]);
        thrum_mutex_lock(&mutexes[high]);
        thrum_sleep_until(thrum_after(test_pick(&state, 30000000)));
        thrum_mutex_unlock(&mutexes[high]);
        thrum_rwlock_write_unlock(&rwlocks[high]);
        thrum_mutex_unlock(&mutexes[low]);
    }
    return (void *)count;
}

TEST(no_deadlock_in_ordered_locking, 20)
{
    enum { THREADS = 12 };
    thrum_thread *threads[THREADS];
    uint64_t seeds[THREADS], rounds = 0;
    test_note("seed %l", test_seed());
    for (uint64_t i = 0; i < THREADS; ++i) {
        seeds[i] = test_seed() + i;
        threads[i] = test_spawn(lock_in_order, &seeds[i]);
    }
    for (int i = 0; i < THREADS; ++i)
        rounds += (uintptr_t)test_join(threads[i]);
    test_note("%l rounds", rounds);
}

/* A crowd on one lock, each holding another that nobody wants. */
static thrum_mutex crowded;

static void *wait_in_the_crowd(void *own)
{
    thrum_mutex_lock(own);
    thrum_mutex_lock(&crowded);
    thrum_mutex_unlock(&crowded);
    thrum_mutex_unlock(own);
    return NULL;
}

TEST(no_deadlock_in_a_crowd, 10)
{
    enum { THREADS = 30 };
    static thrum_mutex own[THREADS];
    thrum_thread *threads[THREADS];
    thrum_mutex_lock(&crowded);
    for (int i = 0; i < THREADS; ++i)
        threads[i] = test_spawn(wait_in_the_crowd, &own[i]);
    thrum_sleep_until(thrum_after(test_ms(250)));
    thrum_mutex_unlock(&crowded);
    for (int i = 0; i < THREADS; ++i)
        test_join(threads[i]);
}

/* The holder waits for an event that the one who waits for its lock's neighbour will set. */
static thrum_event gate;
static thrum_cond cond;
static bool told;

static void *hold_until_event(void *unused)
{
    thrum_mutex_lock(&mutexes[0]);
    thrum_barrier_wait(&all_hold);
    thrum_event_wait(&gate);
    thrum_mutex_lock(&mutexes[1]);
    while (!told)
        thrum_cond_wait(&cond, &mutexes[1]);
    thrum_mutex_unlock(&mutexes[1]);
    thrum_mutex_unlock(&mutexes[0]);
    return unused;
}

static void *wait_for_holder(void *unused)
{
    thrum_mutex_lock(&mutexes[0]);
    thrum_mutex_unlock(&mutexes[0]);
    return unused;
}

TEST(no_deadlock_behind_event_and_condition, 10)
{
    told = false;
    thrum_event_reset(&gate);
    all_hold = (thrum_barrier)THRUM_BARRIER_INIT(2);
    thrum_thread *holder = test_spawn(hold_until_event, NULL);
    thrum_barrier_wait(&all_hold);
    thrum_thread *waiter = test_spawn(wait_for_holder, NULL);
    thrum_sleep_until(thrum_after(test_ms(120)));
    thrum_event_set(&gate);
    thrum_sleep_until(thrum_after(test_ms(120)));
    thrum_mutex_lock(&mutexes[1]);
    told = true;
    thrum_mutex_unlock(&mutexes[1]);
    thrum_cond_signal(&cond);
    test_join(holder);
    test_join(waiter);
}
