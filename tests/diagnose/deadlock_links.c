/* Deadlocks whose links are not plain locks: joins, waiters that a condition has woken; and the
 * finder itself, which must be no link. Each in a child, because a report is the process's end. */
#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../test.h"

static thrum_mutex outer, inner;
static thrum_cond changed;
static thrum_barrier both;
static uint32_t arrived;
static thrum_thread *threads[2];

static thrum_thread *spawn_named(const char *name, void *(*run)(void *), void *argument)
{
    thrum_thread *thread = NULL;
    thrum_spawn_options options = { .name = name };
    CHILD_CHECK(thrum_spawn(&thread, run, argument, &options) == THRUM_OK);
    return thread;
}

/* Runs `body`, whose threads `first` and `second` are the circle. */
static void expect_circle(void (*body)(void *), const char *first, const char *second)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(body, NULL, 5000, child)))
        return;
    bool right = CHECK(!child->killed);
    right = CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT) && right;
    right = CHECK(text_begins(child->output, "thrum: deadlock")) && right;
    right = CHECK_EQ(text_count(child->output, "\n"), 1) && right;
    right = CHECK_EQ(text_count(child->output, "waits for"), 2) && right;
    right = CHECK(test_contains(child->output, first)) && right;
    right = CHECK(test_contains(child->output, second)) && right;
    if (!right)
        test_note_child(child);
}

/* --- a join as the last link ------------------------------------------------------------------ */

static void *want_outer(void *unused)
{
    thrum_mutex_lock(&outer);
    thrum_mutex_unlock(&outer);
    return unused;
}

/* The one that waits for the lock has looked long before the circle closes. */
static void join_late(void *until)
{
    thrum_set_fatal_hook(NULL);
    thrum_mutex_lock(&outer);
    thrum_thread *waiter = spawn_named("waiter", want_outer, NULL);
    until_asleep(thrum_thread_id(waiter));
    thrum_sleep_until(thrum_after(test_ms(150)));
    thrum_join(waiter, until);
}

TEST(deadlock_closed_late_by_a_join, 10)
{
    expect_circle(join_late, "\"waiter\"", "main");
}

static void *join_late_in_a_thread(void *until)
{
    join_late(until);
    return NULL;
}

static void join_late_beside_main(void *unused)
{
    (void)unused;
    spawn_named("joiner", join_late_in_a_thread, NULL);
    thrum_sleep_until(THRUM_FOREVER);
}

TEST(deadlock_closed_late_by_a_join_beside_main, 10)
{
    expect_circle(join_late_beside_main, "\"waiter\"", "\"joiner\"");
}

static void *join_the_other(void *argument)
{
    uintptr_t at = (uintptr_t)argument;
    thrum_mutex_lock(&outer); /* such a program has mutexes */
    thrum_mutex_unlock(&outer);
    thrum_barrier_wait(&both);
    thrum_join(threads[1 - at], NULL);
    return NULL;
}

static void join_in_a_circle(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(NULL);
    both = (thrum_barrier)THRUM_BARRIER_INIT(3);
    threads[0] = spawn_named("first", join_the_other, (void *)0);
    threads[1] = spawn_named("second", join_the_other, (void *)1);
    thrum_barrier_wait(&both);
    thrum_sleep_until(THRUM_FOREVER);
}

TEST(deadlock_of_joins_is_reported, 10)
{
    expect_circle(join_in_a_circle, "\"first\"", "\"second\"");
}

/* --- waiters that a condition has woken ------------------------------------------------------- */

static void *wait_for_change(void *unused)
{
    thrum_mutex_lock(&outer);
    flag_add(&arrived, 1);
    thrum_cond_wait(&changed, &outer);
    thrum_mutex_unlock(&outer);
    return unused;
}

static void *wait_for_change_with_inner(void *unused)
{
    thrum_mutex_lock(&inner);
    wait_for_change(unused);
    thrum_mutex_unlock(&inner);
    return NULL;
}

/* Woken by a broadcast, the second one goes on waiting for the mutex, which the caller holds. */
static void want_what_the_woken_one_holds(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(NULL);
    thrum_thread *plain = spawn_named("plain", wait_for_change, NULL);
    flag_await(&arrived, 1);
    until_asleep(thrum_thread_id(plain));
    thrum_thread *holder = spawn_named("woken", wait_for_change_with_inner, NULL);
    flag_await(&arrived, 2);
    until_asleep(thrum_thread_id(holder));
    thrum_mutex_lock(&outer);
    thrum_cond_broadcast(&changed);
    thrum_mutex_lock(&inner);
}

TEST(deadlock_through_a_woken_waiter, 10)
{
    arrived = 0;
    expect_circle(want_what_the_woken_one_holds, "\"woken\"", "main");
}

static void ignore_late_report(const char *message)
{
    (void)message;
    system_exit(3);
}

static void *hold_outer_and_want_inner(void *unused)
{
    thrum_mutex_lock(&outer);
    flag_set(&arrived, 3);
    thrum_mutex_lock(&inner);
    return unused;
}

/* The holder of the mutex to which the waiters are moved has looked long before; of those one is woken
 * to look, though it may be the plain one, which is not in the circle. */
static void move_to_one_that_has_looked(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(NULL);
    (void)spawn_named("plain", wait_for_change, NULL);
    flag_await(&arrived, 1);
    thrum_thread *moved = spawn_named("moved", wait_for_change_with_inner, NULL);
    flag_await(&arrived, 2);
    until_asleep(thrum_thread_id(moved));
    (void)spawn_named("holder", hold_outer_and_want_inner, NULL);
    flag_await(&arrived, 3);
    thrum_sleep_until(thrum_after(test_ms(220)));
    thrum_cond_broadcast(&changed);
    thrum_sleep_until(thrum_after(test_ms(100) + 60000000)); /* before the holder looks again */
    thrum_set_fatal_hook(ignore_late_report);
    thrum_sleep_until(THRUM_FOREVER);
}

TEST(deadlock_closed_by_a_broadcast, 10)
{
    arrived = 0;
    expect_circle(move_to_one_that_has_looked, "\"moved\"", "\"holder\"");
}

/* --- the finder is no link -------------------------------------------------------------------- */

static bool lock_outer(thrum_thread *thread, void *context)
{
    (void)thread;
    flag_set(context, 1);
    thrum_mutex_lock(&outer);
    thrum_mutex_unlock(&outer);
    return false;
}

static void *visit_and_lock(void *visiting)
{
    thrum_each_thread(lock_outer, visiting);
    return visiting;
}

static void *hold_outer_want_inner(void *holds)
{
    thrum_mutex_lock(&outer);
    flag_set(holds, 1);
    thrum_mutex_lock(&inner);
    thrum_mutex_unlock(&inner);
    thrum_mutex_unlock(&outer);
    return holds;
}

/* The visitor waits for a holder that looks for deadlocks meanwhile. */
static void visit_while_others_look(void *unused)
{
    uint32_t holds = 0, visiting = 0;
    (void)unused;
    thrum_mutex_lock(&inner);
    thrum_thread *holder = spawn_named("holder", hold_outer_want_inner, &holds);
    flag_await(&holds, 1);
    thrum_thread *visitor = spawn_named("visitor", visit_and_lock, &visiting);
    flag_await(&visiting, 1);
    thrum_sleep_until(thrum_after(test_ms(300)));
    thrum_mutex_unlock(&inner);
    CHILD_CHECK(thrum_join(visitor, NULL) == THRUM_OK);
    CHILD_CHECK(thrum_join(holder, NULL) == THRUM_OK);
}

TEST(deadlock_finder_lets_a_visitor_wait, 10)
{
    test_in_child(visit_while_others_look, NULL, 5000);
}

/* --- a long visit ------------------------------------------------------------------------------ */

static uint64_t sleeps_before, sleeps_after;

static void *want_outer_when_visited(void *unused)
{
    flag_await(&arrived, 1);
    return want_outer(unused);
}

static bool visit_long(thrum_thread *thread, void *waiter)
{
    (void)thread;
    flag_set(&arrived, 1);                     /* the waiter begins to wait, */
    thrum_sleep_until(thrum_after(100000000)); /* and has tried to look by then */
    sleeps_before = system_thread_sleep_count(*(uint64_t *)waiter);
    thrum_sleep_until(thrum_after(400000000));
    sleeps_after = system_thread_sleep_count(*(uint64_t *)waiter);
    return false;
}

/* It asks again for the list of threads, but ever more rarely. */
TEST(deadlock_finder_does_not_poll_a_visitor, 20)
{
    arrived = 0;
    thrum_mutex_lock(&outer);
    thrum_thread *waiter = test_spawn(want_outer_when_visited, NULL);
    uint64_t id = thrum_thread_id(waiter);
    thrum_each_thread(visit_long, &id);
    thrum_mutex_unlock(&outer);
    test_join(waiter);
    if (sleeps_before == UINT64_MAX)
        test_skip("the system does not tell how often a thread slept");
    else
        CHECK(sleeps_after - sleeps_before < 12);
    test_note("slept %l times in 400 ms", sleeps_after - sleeps_before);
}
