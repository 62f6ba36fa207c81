/* The hand-overs: in each, plain data that one thread writes is read by another that has waited. */
#include "weak.h"

#include "sync/rwlock_word.h"

static uint32_t data, more; /* plain, in different places */
static bool flag;           /* plain: guarded */
static uint32_t told;       /* an atomic word of no order */
static thrum_mutex mutex;
static thrum_recursive_mutex recursive;
static thrum_rwlock rwlock;
static thrum_cond cond;
static thrum_sem sem;
static thrum_event event, second;
static thrum_once once;
static thrum_barrier barrier;
static thrum_waitgroup group;

static void setup(void)
{
    data = more = told = 0;
    flag = false;
    mutex = (thrum_mutex)THRUM_MUTEX_INIT;
    recursive = (thrum_recursive_mutex)THRUM_RECURSIVE_MUTEX_INIT;
    rwlock = (thrum_rwlock)THRUM_RWLOCK_INIT;
    cond = (thrum_cond)THRUM_COND_INIT;
    sem = (thrum_sem)THRUM_SEM_INIT(0);
    event = second = (thrum_event)THRUM_EVENT_INIT;
    once = (thrum_once)THRUM_ONCE_INIT;
    barrier = (thrum_barrier)THRUM_BARRIER_INIT(3);
    group = (thrum_waitgroup)THRUM_WAITGROUP_INIT;
}

static void send(void)
{
    data = 1;
    more = 1;
}

static void arrived(void)
{
    CHECK(more == 1 && data == 1);
}

static void nothing(void)
{
}

/* One more by each that holds it. */
static void change(void)
{
    CHECK(data == more);
    data++;
    more++;
}

static void changed_by_two(void)
{
    CHECK(data >= 2 && data == more);
}

static void changed_by_three(void)
{
    CHECK(data == 3 && more == 3);
}

/* --- mutex ------------------------------------------------------------------------------------ */

static void lock(void)
{
    thrum_mutex_lock(&mutex);
    change();
    thrum_mutex_unlock(&mutex);
}

static void lock_in_time(void)
{
    if (thrum_mutex_lock_until(&mutex, WEAK_LATER) == THRUM_OK) {
        change();
        thrum_mutex_unlock(&mutex);
    }
}

static void lock_at_once(void)
{
    if (thrum_mutex_try_lock(&mutex)) {
        change();
        thrum_mutex_unlock(&mutex);
    }
}

static void lock_twice(void)
{
    thrum_recursive_mutex_lock(&recursive);
    thrum_recursive_mutex_lock(&recursive);
    change();
    thrum_recursive_mutex_unlock(&recursive);
    thrum_recursive_mutex_unlock(&recursive);
}

/* --- rwlock ----------------------------------------------------------------------------------- */

static void write(void)
{
    thrum_rwlock_write_lock(&rwlock);
    change();
    thrum_rwlock_write_unlock(&rwlock);
}

static void write_in_time(void)
{
    if (thrum_rwlock_write_lock_until(&rwlock, WEAK_LATER) == THRUM_OK) {
        change();
        thrum_rwlock_write_unlock(&rwlock);
    }
}

static void read(void)
{
    thrum_rwlock_read_lock(&rwlock);
    CHECK(data == more);
    thrum_rwlock_read_unlock(&rwlock);
}

static void read_in_time(void)
{
    if (thrum_rwlock_read_lock_until(&rwlock, WEAK_LATER) == THRUM_OK) {
        CHECK(data == more);
        thrum_rwlock_read_unlock(&rwlock);
    }
}

static void changed_by_one(void)
{
    CHECK(data >= 1 && data == more);
}

/* --- semaphore, event ------------------------------------------------------------------------- */

static void post(void)
{
    send();
    thrum_sem_post(&sem, 1);
}

static void post_two(void)
{
    send();
    thrum_sem_post(&sem, 2);
}

static void take(void)
{
    thrum_sem_wait(&sem);
    arrived();
}

static void take_in_time(void)
{
    if (thrum_sem_wait_until(&sem, WEAK_LATER) == THRUM_OK)
        arrived();
}

static void take_at_once(void)
{
    if (thrum_sem_try_wait(&sem))
        arrived();
}

static void set(void)
{
    send();
    thrum_event_set(&event);
}

static void await(void)
{
    thrum_event_wait(&event);
    arrived();
}

static void await_in_time(void)
{
    if (thrum_event_wait_until(&event, WEAK_LATER) == THRUM_OK)
        arrived();
}

static void look(void)
{
    if (thrum_event_is_set(&event))
        arrived();
}

/* Two that set: each writes, and who has seen the event after both wrote finds both. */
static void set_first(void)
{
    data = 1;
    thrum_event_set(&event);
    thrum_event_set(&second);
}

static void set_again(void)
{
    thrum_event_wait(&event);
    more = 1;
    thrum_event_set(&event);
    thrum_event_set(&second);
}

static void await_both(void)
{
    thrum_event_wait(&second);
    CHECK(data == 1);
}

/* What was done before a set that a reset undoes is seen by the look that follows the reset: else it
 * would be waited for, for ever. */
static void tell_and_set(void)
{
    __atomic_store_n(&told, 1, __ATOMIC_RELAXED);
    thrum_event_set(&event);
}

static void reset_and_look(void)
{
    thrum_event_reset(&event);
    if (__atomic_load_n(&told, __ATOMIC_RELAXED) == 0)
        thrum_event_wait(&event);
}

/* --- once ------------------------------------------------------------------------------------- */

static void run(void *argument)
{
    (void)argument;
    change();
}

static void run_once(void)
{
    thrum_once_run(&once, run, NULL);
    CHECK(data == 1 && more == 1);
}

/* --- barrier, waitgroup ----------------------------------------------------------------------- */

static uint32_t own[WEAK_THREADS];

static void clear_own(void)
{
    setup();
    for (unsigned i = 0; i < WEAK_THREADS; i++)
        own[i] = 0;
}

static void meet(unsigned index)
{
    for (uint32_t round = 1; round <= 2; round++) {
        own[index] = round;
        (void)thrum_barrier_wait(&barrier);
        for (unsigned i = 0; i < WEAK_THREADS; i++)
            CHECK(own[i] == round);
        (void)thrum_barrier_wait(&barrier);
    }
}

static void meet_0(void)
{
    meet(0);
}

static void meet_1(void)
{
    meet(1);
}

static void meet_2(void)
{
    meet(2);
}

static void setup_group(void)
{
    clear_own();
    thrum_waitgroup_add(&group, 2);
}

static void work_0(void)
{
    own[0] = 1;
    thrum_waitgroup_done(&group);
}

static void work_1(void)
{
    own[1] = 1;
    thrum_waitgroup_done(&group);
}

static void await_work(void)
{
    thrum_waitgroup_wait(&group);
    CHECK(own[0] == 1 && own[1] == 1);
}

static void await_work_in_time(void)
{
    if (thrum_waitgroup_wait_until(&group, WEAK_LATER) == THRUM_OK)
        CHECK(own[0] == 1 && own[1] == 1);
}

/* --- condition -------------------------------------------------------------------------------- */

static void make_ready(void)
{
    thrum_mutex_lock(&mutex);
    send();
    flag = true;
    thrum_mutex_unlock(&mutex);
    thrum_cond_signal(&cond);
}

static void make_all_ready(void)
{
    thrum_mutex_lock(&mutex);
    send();
    flag = true;
    thrum_mutex_unlock(&mutex);
    thrum_cond_broadcast(&cond);
}

static void make_all_ready_inside(void)
{
    thrum_mutex_lock(&mutex);
    send();
    flag = true;
    thrum_cond_broadcast(&cond);
    thrum_mutex_unlock(&mutex);
}

static void await_ready(void)
{
    thrum_mutex_lock(&mutex);
    if (!flag) {
        thrum_cond_wait(&cond, &mutex);
        CHECK(flag);
    }
    arrived();
    thrum_mutex_unlock(&mutex);
}

static void await_ready_in_time(void)
{
    thrum_mutex_lock(&mutex);
    if (flag || thrum_cond_wait_until(&cond, &mutex, WEAK_LATER) == THRUM_OK)
        arrived();
    thrum_mutex_unlock(&mutex);
}

/* --- after a fork ----------------------------------------------------------------------------- */

/* Objects that were in use when the process was forked: the first to come makes them new. */
static struct thrum_private_waiter gone;

static void setup_after_fork(void)
{
    clear_own();
    library_fork();
    cond.private_lock = barrier.private_lock = group.private_lock = rwlock.private_lock = 77;
    cond.private_first = cond.private_last = &gone;
    barrier.private_first = barrier.private_last = &gone;
    group.private_first = group.private_last = &gone;
    rwlock.private_first = rwlock.private_last = &gone;
    rwlock.private_word = THRUM_RW_QUEUED;
    thrum_waitgroup_add(&group, 2);
}

const struct weak_litmus weak_tests[] = {
    { "mutex", { lock, lock, lock }, setup, changed_by_three },
    { "mutex_until", { lock, lock_in_time, lock }, setup, changed_by_two },
    { "mutex_try", { lock, lock_at_once, lock }, setup, changed_by_two },
    { "recursive_mutex", { lock_twice, lock_twice, lock_twice }, setup, changed_by_three },
    { "rwlock_write", { write, write, write }, setup, changed_by_three },
    { "rwlock_read_and_write", { write, read, write }, setup, changed_by_two },
    { "rwlock_two_readers", { write, read, read }, setup, changed_by_one },
    { "rwlock_until", { write, read_in_time, write_in_time }, setup, changed_by_one },
    { "sem", { post_two, take, take }, setup, nothing },
    { "sem_until", { post, take_in_time, take_at_once }, setup, nothing },
    { "event", { set, await, await }, setup, nothing },
    { "event_until", { set, await_in_time, look }, setup, nothing },
    { "event_set_by_two", { set_first, set_again, await_both }, setup, nothing },
    { "event_reset", { tell_and_set, reset_and_look, NULL }, setup, nothing },
    { "once", { run_once, run_once, run_once }, setup, nothing },
    { "barrier", { meet_0, meet_1, meet_2 }, clear_own, nothing },
    { "waitgroup", { work_0, work_1, await_work }, setup_group, nothing },
    { "waitgroup_until", { work_0, work_1, await_work_in_time }, setup_group, nothing },
    { "cond_signal", { make_ready, await_ready, NULL }, setup, nothing },
    { "cond_broadcast", { make_all_ready, await_ready, await_ready }, setup, nothing },
    { "cond_broadcast_inside",
      { make_all_ready_inside, await_ready, await_ready },
      setup,
      nothing },
    { "cond_until", { make_all_ready, await_ready, await_ready_in_time }, setup, nothing },
    { "fork_barrier", { meet_0, meet_1, meet_2 }, setup_after_fork, nothing },
    { "fork_waitgroup", { work_0, work_1, await_work }, setup_after_fork, nothing },
    { "fork_cond",
      { make_all_ready, await_ready, await_ready_in_time },
      setup_after_fork,
      nothing },
    { "fork_rwlock", { write, read, write }, setup_after_fork, changed_by_two },
};
const unsigned weak_test_count = sizeof weak_tests / sizeof *weak_tests;
