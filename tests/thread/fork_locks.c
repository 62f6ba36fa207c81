/* Locks at which threads waited when the process forked: in the child those are gone, and the lock
 * serves the caller and new threads. */
#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../test.h"

enum { WAITERS = 3 };

static void wait_asleep(thrum_thread *const *threads)
{
    for (int i = 0; i < WAITERS; ++i)
        until_asleep(thrum_thread_id(threads[i]));
}

static void spawn_waiters(thrum_thread **threads, void *(*run)(void *), uint32_t *arrived)
{
    flag_set(arrived, 0);
    for (int i = 0; i < WAITERS; ++i)
        threads[i] = test_spawn(run, arrived);
    flag_await(arrived, WAITERS);
    wait_asleep(threads);
}

static void join_waiters(thrum_thread *const *threads)
{
    for (int i = 0; i < WAITERS; ++i)
        test_join(threads[i]);
}

/* --- rwlocks ---------------------------------------------------------------------------------- */

static thrum_rwlock written;
static uint32_t arrived;

static void *read_written(void *count)
{
    flag_add(count, 1);
    thrum_rwlock_read_lock(&written);
    thrum_rwlock_read_unlock(&written);
    return NULL;
}

static void *write_written(void *count)
{
    flag_add(count, 1);
    thrum_rwlock_write_lock(&written);
    thrum_rwlock_write_unlock(&written);
    return NULL;
}

static void use_written_in_child(void *run)
{
    thrum_thread *threads[WAITERS];
    void *(*const wait)(void *) = *(void *(**)(void *))run;
    CHILD_CHECK(thrum_rwlock_holder(&written) == thrum_id());
    thrum_rwlock_write_unlock(&written);
    CHILD_CHECK(thrum_rwlock_try_write_lock(&written));
    thrum_rwlock_write_unlock(&written);
    CHILD_CHECK(thrum_rwlock_try_read_lock(&written));
    thrum_rwlock_read_unlock(&written);
    thrum_rwlock_write_lock(&written);
    spawn_waiters(threads, wait, &arrived);
    thrum_rwlock_write_unlock(&written);
    join_waiters(threads);
    CHILD_CHECK(thrum_rwlock_try_write_lock(&written));
    thrum_rwlock_write_unlock(&written);
}

static void fork_with_queue(void *(*wait)(void *))
{
    thrum_thread *threads[WAITERS];
    thrum_rwlock_write_lock(&written);
    spawn_waiters(threads, wait, &arrived);
    test_in_child(use_written_in_child, &wait, 5000);
    thrum_rwlock_write_unlock(&written);
    join_waiters(threads);
}

TEST(fork_leaves_rwlock_with_queued_readers, 10)
{
    fork_with_queue(read_written);
}

TEST(fork_leaves_rwlock_with_queued_writers, 10)
{
    fork_with_queue(write_written);
}

/* --- conditions ------------------------------------------------------------------------------- */

static thrum_mutex cond_mutex;
static thrum_cond fork_cond;
static uint32_t tokens; /* under cond_mutex */

static void *take_a_token(void *count)
{
    thrum_mutex_lock(&cond_mutex);
    flag_add(count, 1);
    while (tokens == 0)
        thrum_cond_wait(&fork_cond, &cond_mutex);
    --tokens;
    thrum_mutex_unlock(&cond_mutex);
    return NULL;
}

static void give_tokens(uint32_t count, void (*wake)(thrum_cond *cond))
{
    thrum_mutex_lock(&cond_mutex);
    tokens += count;
    wake(&fork_cond);
    thrum_mutex_unlock(&cond_mutex);
}

static void wake_in_child(void *signals)
{
    thrum_thread *threads[WAITERS];
    if (!signals) /* to the dead alone first */
        thrum_cond_broadcast(&fork_cond);
    spawn_waiters(threads, take_a_token, &arrived);
    if (signals) {
        for (int i = 0; i < WAITERS; ++i)
            give_tokens(1, thrum_cond_signal); /* each must meet one that lives */
    } else {
        give_tokens(WAITERS, thrum_cond_broadcast);
    }
    join_waiters(threads);
    CHILD_CHECK(tokens == 0);
    thrum_cond_signal(&fork_cond);
    thrum_mutex_lock(&cond_mutex);
    CHILD_CHECK(thrum_cond_wait_until(&fork_cond, &cond_mutex, thrum_after(test_ms(5))) ==
                THRUM_TIMED_OUT);
    thrum_mutex_unlock(&cond_mutex);
}

TEST(fork_leaves_cond_without_dead_waiters, 15)
{
    thrum_thread *threads[WAITERS];
    static char signals;
    tokens = 0;
    spawn_waiters(threads, take_a_token, &arrived);
    test_in_child(wake_in_child, NULL, 5000);
    test_in_child(wake_in_child, &signals, 5000);
    give_tokens(WAITERS, thrum_cond_broadcast);
    join_waiters(threads);
}

/* --- barriers and wait groups ----------------------------------------------------------------- */

static thrum_barrier fork_barrier;
static thrum_waitgroup fork_group;
static uint32_t last_ones;

static void *meet_at_barrier(void *count)
{
    flag_add(count, 1);
    if (thrum_barrier_wait(&fork_barrier))
        flag_add(&last_ones, 1);
    return NULL;
}

/* Those that had arrived are gone, and a round takes as many living ones as ever. */
static void meet_in_child(void *unused)
{
    thrum_thread *threads[WAITERS];
    (void)unused;
    for (uint32_t round = 1; round <= 3; ++round) {
        spawn_waiters(threads, meet_at_barrier, &arrived);
        CHILD_CHECK(flag_get(&last_ones) == round - 1);
        last_ones += thrum_barrier_wait(&fork_barrier);
        join_waiters(threads);
        CHILD_CHECK(last_ones == round);
    }
}

TEST(fork_leaves_barrier_without_dead_waiters, 10)
{
    thrum_thread *threads[WAITERS];
    last_ones = 0;
    fork_barrier = (thrum_barrier)THRUM_BARRIER_INIT(WAITERS + 1);
    spawn_waiters(threads, meet_at_barrier, &arrived);
    test_in_child(meet_in_child, NULL, 5000);
    thrum_barrier_wait(&fork_barrier);
    join_waiters(threads);
}

static void *wait_for_group(void *count)
{
    flag_add(count, 1);
    thrum_waitgroup_wait(&fork_group);
    return NULL;
}

static void finish_group_in_child(void *unused)
{
    thrum_thread *threads[WAITERS];
    (void)unused;
    CHILD_CHECK(thrum_waitgroup_wait_until(&fork_group, thrum_after(test_ms(5))) ==
                THRUM_TIMED_OUT);
    for (int round = 0; round < 3; ++round) {
        spawn_waiters(threads, wait_for_group, &arrived);
        thrum_waitgroup_done(&fork_group);
        join_waiters(threads);
        thrum_waitgroup_wait(&fork_group);
        thrum_waitgroup_add(&fork_group, 1);
    }
}

TEST(fork_leaves_waitgroup_without_dead_waiters, 10)
{
    thrum_thread *threads[WAITERS];
    thrum_waitgroup_add(&fork_group, 1);
    spawn_waiters(threads, wait_for_group, &arrived);
    test_in_child(finish_group_in_child, NULL, 5000);
    thrum_waitgroup_done(&fork_group);
    join_waiters(threads);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static bool after_fork_within(thrum_thread *thread, void *context)
{
    (void)thread, (void)context;
    thrum_after_fork();
    return false;
}

static void visit_with_after_fork(void *unused)
{
    thrum_set_fatal_hook(NULL);
    thrum_each_thread(after_fork_within, unused);
}

TEST(fork_within_a_visit_is_misuse, 10)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(visit_with_after_fork, NULL, 3000, child)))
        return;
    if (!CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT) ||
        !CHECK(text_begins(child->output, "thrum: ")) ||
        !CHECK(test_contains(child->output, "thrum_after_fork")))
        test_note_child(child);
}

/* --- a reset that the fork interrupts --------------------------------------------------------- */

/* What another thread of a process that was itself forked leaves: the object's generation says that it
 * is being reset, and its queue's lock may be held. The child takes over. */
enum { HALF_RESET = 1, SOMEBODY = 0x3ffffff };

static void interrupt_reset(uint32_t *generation, uint32_t *lock)
{
    *generation |= HALF_RESET;
    *lock = SOMEBODY;
}

static thrum_cond reset_cond;
static thrum_rwlock reset_rwlock;
static thrum_barrier reset_barrier = THRUM_BARRIER_INIT(1);
static thrum_waitgroup reset_group;

static void *read_reset(void *unused)
{
    thrum_rwlock_read_lock(&reset_rwlock);
    thrum_rwlock_read_unlock(&reset_rwlock);
    return unused;
}

static void use_half_reset(void *unused)
{
    (void)unused;
    system_end_after(5);
    thrum_cond_broadcast(&reset_cond);
    CHILD_CHECK(thrum_barrier_wait(&reset_barrier));
    thrum_waitgroup_add(&reset_group, 1);
    thrum_waitgroup_done(&reset_group);
    thrum_waitgroup_wait(&reset_group);
    thrum_rwlock_write_lock(&reset_rwlock);
    CHILD_CHECK(thrum_rwlock_holder(&reset_rwlock) == thrum_id());
    thrum_thread *waiter = test_spawn(read_reset, NULL);
    until_asleep(thrum_thread_id(waiter));
    thrum_rwlock_write_unlock(&reset_rwlock);
    test_join(waiter);
}

TEST(fork_takes_over_a_half_done_reset, 10)
{
    thrum_cond_broadcast(&reset_cond);
    (void)thrum_barrier_wait(&reset_barrier);
    thrum_waitgroup_wait(&reset_group);
    uint32_t generation = reset_cond.private_fork;
    reset_rwlock.private_fork = generation;
    interrupt_reset(&reset_cond.private_fork, &reset_cond.private_lock);
    interrupt_reset(&reset_barrier.private_fork, &reset_barrier.private_lock);
    interrupt_reset(&reset_group.private_fork, &reset_group.private_lock);
    interrupt_reset(&reset_rwlock.private_fork, &reset_rwlock.private_lock);
    test_in_child(use_half_reset, NULL, 5000);
}
