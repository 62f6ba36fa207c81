/* Scenarios of locks and what else threads wait for, likewise; and what a forked child does with them. */
#include "stepper.h"

static thrum_mutex mutex, held_mutex, cond_mutex;
static thrum_recursive_mutex recursive;
static thrum_rwlock rwlock, held_rwlock;
static thrum_cond cond;
static thrum_sem sem;
static thrum_event event;
static thrum_waitgroup group;
static thrum_once once;
static thrum_barrier one = THRUM_BARRIER_INIT(1), pair = THRUM_BARRIER_INIT(2);
static thrum_thread *waiter;
static uint32_t word;

enum { SOON_NS = 1000000 };

/* --- locks --------------------------------------------------------------------------------------- */

static void hold_locks(void)
{
    thrum_mutex_lock(&held_mutex);
    thrum_rwlock_write_lock(&held_rwlock);
}

static void call_mutex(void)
{
    thrum_mutex_lock(&mutex);
    RUN_CHECK(thrum_mutex_holder(&mutex) == thrum_id());
    thrum_mutex_unlock(&mutex);
    RUN_CHECK(thrum_mutex_try_lock(&mutex));
    thrum_mutex_unlock(&mutex);
}

static void call_mutex_late(void)
{
    RUN_CHECK(thrum_mutex_lock_until(&held_mutex, thrum_after(SOON_NS)) == THRUM_TIMED_OUT);
}

static void *lock_mutex(void *argument)
{
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    return argument;
}

static void call_mutex_with_waiter(void)
{
    thrum_mutex_lock(&mutex);
    waiter = run_spawn(lock_mutex, NULL);
    run_until_asleep(waiter);
    thrum_mutex_unlock(&mutex);
    RUN_CHECK(thrum_join(waiter, NULL) == THRUM_OK);
}

static void call_recursive(void)
{
    thrum_recursive_mutex_lock(&recursive);
    RUN_CHECK(thrum_recursive_mutex_try_lock(&recursive));
    RUN_CHECK(thrum_recursive_mutex_lock_until(&recursive, 0) == THRUM_OK);
    RUN_CHECK(thrum_recursive_mutex_depth(&recursive) == 3);
    RUN_CHECK(thrum_recursive_mutex_holder(&recursive) == thrum_id());
    for (int i = 0; i < 3; i++)
        thrum_recursive_mutex_unlock(&recursive);
}

static void call_rwlock(void)
{
    thrum_rwlock_read_lock(&rwlock);
    RUN_CHECK(thrum_rwlock_try_read_lock(&rwlock));
    thrum_rwlock_read_unlock(&rwlock);
    thrum_rwlock_read_unlock(&rwlock);
    thrum_rwlock_write_lock(&rwlock);
    RUN_CHECK(thrum_rwlock_holder(&rwlock) == thrum_id());
    thrum_rwlock_write_unlock(&rwlock);
    RUN_CHECK(thrum_rwlock_try_write_lock(&rwlock));
    thrum_rwlock_write_unlock(&rwlock);
}

static void call_rwlock_late(void)
{
    RUN_CHECK(thrum_rwlock_read_lock_until(&held_rwlock, thrum_after(SOON_NS)) == THRUM_TIMED_OUT);
    RUN_CHECK(thrum_rwlock_write_lock_until(&held_rwlock, thrum_after(SOON_NS)) == THRUM_TIMED_OUT);
}

static void *read_rwlock(void *argument)
{
    thrum_rwlock_read_lock(&rwlock);
    thrum_rwlock_read_unlock(&rwlock);
    return argument;
}

static void call_rwlock_with_waiter(void)
{
    thrum_rwlock_write_lock(&rwlock);
    waiter = run_spawn(read_rwlock, NULL);
    run_until_asleep(waiter);
    thrum_rwlock_write_unlock(&rwlock);
    RUN_CHECK(thrum_join(waiter, NULL) == THRUM_OK);
}

/* --- conditions and the rest --------------------------------------------------------------------- */

static void call_cond_late(void)
{
    thrum_mutex_lock(&cond_mutex);
    RUN_CHECK(thrum_cond_wait_until(&cond, &cond_mutex, thrum_after(SOON_NS)) == THRUM_TIMED_OUT);
    thrum_mutex_unlock(&cond_mutex);
}

static void *wait_cond(void *argument)
{
    thrum_mutex_lock(&cond_mutex);
    thrum_cond_wait(&cond, &cond_mutex);
    thrum_mutex_unlock(&cond_mutex);
    return argument;
}

static void cond_waiter(void)
{
    waiter = run_spawn(wait_cond, NULL);
    run_until_asleep(waiter);
}

static void join_waiter(void)
{
    RUN_CHECK(thrum_join(waiter, NULL) == THRUM_OK);
}

static void call_cond_signal(void)
{
    thrum_cond_signal(&cond);
    thrum_cond_signal(&cond);
}

static void call_cond_broadcast(void)
{
    thrum_cond_broadcast(&cond);
    thrum_cond_broadcast(&cond);
}

static void call_sem(void)
{
    thrum_sem_post(&sem, 3);
    thrum_sem_wait(&sem);
    RUN_CHECK(thrum_sem_try_wait(&sem));
    RUN_CHECK(thrum_sem_wait_until(&sem, thrum_after(SOON_NS)) == THRUM_OK);
    RUN_CHECK(thrum_sem_wait_until(&sem, thrum_after(SOON_NS)) == THRUM_TIMED_OUT);
}

static void call_event(void)
{
    RUN_CHECK(thrum_event_wait_until(&event, thrum_after(SOON_NS)) == THRUM_TIMED_OUT);
    thrum_event_set(&event);
    thrum_event_wait(&event);
    RUN_CHECK(thrum_event_is_set(&event));
    thrum_event_reset(&event);
}

static void call_waitgroup(void)
{
    thrum_waitgroup_add(&group, 2);
    thrum_waitgroup_done(&group);
    RUN_CHECK(thrum_waitgroup_wait_until(&group, thrum_after(SOON_NS)) == THRUM_TIMED_OUT);
    thrum_waitgroup_done(&group);
    thrum_waitgroup_wait(&group);
}

static void *wait_group(void *argument)
{
    thrum_waitgroup_wait(&group);
    return argument;
}

static void group_waiter(void)
{
    thrum_waitgroup_add(&group, 1);
    waiter = run_spawn(wait_group, NULL);
    run_until_asleep(waiter);
}

static void call_waitgroup_done(void)
{
    thrum_waitgroup_done(&group);
}

static void run_once(void *argument)
{
    (void)argument;
}

static void call_once(void)
{
    thrum_once_run(&once, run_once, NULL);
    thrum_once_run(&once, run_once, NULL);
}

static void *meet(void *argument)
{
    (void)thrum_barrier_wait(&pair);
    return argument;
}

static void barrier_waiter(void)
{
    waiter = run_spawn(meet, NULL);
    run_until_asleep(waiter);
}

static void call_barrier(void)
{
    RUN_CHECK(thrum_barrier_wait(&one));
    RUN_CHECK(thrum_barrier_wait(&pair));
}

static void call_wait(void)
{
    thrum_wait(&word, 1);
    RUN_CHECK(thrum_wait_until(&word, 0, thrum_after(SOON_NS)) != THRUM_INVALID);
    thrum_wake(&word, THRUM_ALL);
}

/* A thread of a forked process is the first to use what the other process left. */
static void call_first_in_child(void)
{
    thrum_cond_broadcast(&cond);
    RUN_CHECK(thrum_barrier_wait(&one));
    thrum_waitgroup_wait(&group);
}

/* --- in the child of a fork ---------------------------------------------------------------------- */

/* Locks may be held by threads that are not there; the small locks and the queues may not. */
void use_objects(void)
{
    thrum_thread *thread;
    if (thrum_mutex_try_lock(&mutex))
        thrum_mutex_unlock(&mutex);
    if (thrum_rwlock_try_write_lock(&rwlock))
        thrum_rwlock_write_unlock(&rwlock);
    else if (thrum_rwlock_read_lock_until(&rwlock, thrum_after(1)) == THRUM_OK)
        thrum_rwlock_read_unlock(&rwlock);
    thrum_cond_signal(&cond);
    thrum_cond_broadcast(&cond);
    RUN_CHECK(thrum_barrier_wait(&one));
    thread = run_spawn(meet, NULL);
    (void)thrum_barrier_wait(&pair);
    RUN_CHECK(thrum_join(thread, NULL) == THRUM_OK);
    thrum_waitgroup_add(&group, 1);
    thrum_waitgroup_done(&group);
    thrum_sem_post(&sem, 1);
    thrum_sem_wait(&sem);
    thrum_event_set(&event);
    thrum_event_wait(&event);
    thrum_event_reset(&event);
    RUN_CHECK(thrum_catch_overflow() == THRUM_OK);
}

/* --- the table ----------------------------------------------------------------------------------- */

static const struct scenario scenarios[] = {
    { "mutex", "thrum_mutex_lock thrum_mutex_unlock thrum_mutex_try_lock thrum_mutex_holder", NULL,
      call_mutex, NULL, false },
    { "mutex_late", "thrum_mutex_lock_until", hold_locks, call_mutex_late, NULL, false },
    { "mutex_with_waiter", "thrum_mutex_unlock", NULL, call_mutex_with_waiter, NULL, false },
    { "recursive_mutex",
      "thrum_recursive_mutex_lock thrum_recursive_mutex_lock_until "
      "thrum_recursive_mutex_try_lock thrum_recursive_mutex_unlock thrum_recursive_mutex_holder "
      "thrum_recursive_mutex_depth",
      NULL, call_recursive, NULL, false },
    { "rwlock",
      "thrum_rwlock_read_lock thrum_rwlock_read_unlock thrum_rwlock_try_read_lock "
      "thrum_rwlock_write_lock thrum_rwlock_write_unlock thrum_rwlock_try_write_lock "
      "thrum_rwlock_holder",
      NULL, call_rwlock, NULL, false },
    { "rwlock_late", "thrum_rwlock_read_lock_until thrum_rwlock_write_lock_until", hold_locks,
      call_rwlock_late, NULL, false },
    { "rwlock_with_waiter", "thrum_rwlock_write_unlock", NULL, call_rwlock_with_waiter, NULL,
      false },
    { "cond_late", "thrum_cond_wait_until", NULL, call_cond_late, NULL, false },
    { "cond_signal", "thrum_cond_signal", cond_waiter, call_cond_signal, join_waiter, false },
    { "cond_broadcast", "thrum_cond_broadcast thrum_cond_wait", cond_waiter, call_cond_broadcast,
      join_waiter, false },
    { "sem", "thrum_sem_post thrum_sem_wait thrum_sem_try_wait thrum_sem_wait_until", NULL,
      call_sem, NULL, false },
    { "event",
      "thrum_event_set thrum_event_reset thrum_event_is_set thrum_event_wait "
      "thrum_event_wait_until",
      NULL, call_event, NULL, false },
    { "waitgroup", "thrum_waitgroup_add thrum_waitgroup_wait thrum_waitgroup_wait_until", NULL,
      call_waitgroup, NULL, false },
    { "waitgroup_done", "thrum_waitgroup_done", group_waiter, call_waitgroup_done, join_waiter,
      false },
    { "once", "thrum_once_run", NULL, call_once, NULL, false },
    { "barrier", "thrum_barrier_wait", barrier_waiter, call_barrier, join_waiter, false },
    { "wait", "thrum_wait thrum_wait_until thrum_wake", NULL, call_wait, NULL, false },
    /* the runner is itself the child of a fork: its objects are those of another process */
    { "first_use_after_fork", "thrum_after_fork", NULL, call_first_in_child, NULL, false },
};
const struct scenarios object_scenarios = { scenarios, sizeof scenarios / sizeof *scenarios };
