/* Waits for what a thread holds that has ended: reported, whatever the lock and however it ended; and
 * nothing else is. Each in a child, because a report is the process's end. */
#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../test.h"

static thrum_mutex mutex;
static thrum_recursive_mutex recursive;
static thrum_rwlock rwlock;
static thrum_once once;
static thrum_cond cond;
static uint32_t taken, waiting;

static void expect_report(void (*body)(void *), void *argument)
{
    struct system_child *child = test_child();
    taken = waiting = 0;
    if (!CHECK(system_run(body, argument, 5000, child)))
        return;
    bool right = CHECK(!child->killed);
    right = CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT) && right;
    right = CHECK(text_begins(child->output, "thrum: deadlock: thread ")) && right;
    right = CHECK_EQ(text_count(child->output, "\n"), 1) && right;
    right = CHECK_EQ(text_count(child->output, "waits for"), 1) && right;
    right = CHECK(test_contains(child->output, ", which has ended")) && right;
    if (!right)
        test_note_child(child);
}

/* --- whatever the lock ------------------------------------------------------------------------- */

static void exit_inside(void *unused)
{
    flag_add(&taken, 1);
    thrum_exit(unused);
}

static void take_mutex(void)
{
    thrum_mutex_lock(&mutex);
}

static void take_recursive(void)
{
    thrum_recursive_mutex_lock(&recursive);
}

static void take_write(void)
{
    thrum_rwlock_write_lock(&rwlock);
}

static void take_read(void)
{
    thrum_rwlock_read_lock(&rwlock);
}

static void take_once(void)
{
    thrum_once_run(&once, exit_inside, NULL);
}

struct kind {
    const char *name;
    void (*take)(void), (*want)(void);
};

static const struct kind kinds[] = {
    { "mutex", take_mutex, take_mutex },
    { "recursive mutex", take_recursive, take_recursive },
    { "writer, for a writer", take_write, take_write },
    { "writer, for a reader", take_write, take_read },
    { "once", take_once, take_once },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void *take_and_end(void *kind)
{
    ((const struct kind *)kind)->take();
    flag_add(&taken, 1);
    return NULL;
}

static thrum_thread *spawn(void *(*run)(void *), const void *argument)
{
    thrum_thread *thread = NULL;
    CHILD_CHECK(thrum_spawn(&thread, run, (void *)(uintptr_t)argument, NULL) == THRUM_OK);
    return thread;
}

static void want_of_joined(void *kind)
{
    thrum_set_fatal_hook(NULL);
    CHILD_CHECK(thrum_join(spawn(take_and_end, kind), NULL) == THRUM_OK);
    ((const struct kind *)kind)->want();
}

/* It ends while the other waits, and nobody joins it. */
static void want_of_unjoined(void *kind)
{
    thrum_set_fatal_hook(NULL);
    (void)spawn(take_and_end, kind);
    flag_await(&taken, 1);
    thrum_sleep_until(thrum_after(test_ms(20)));
    ((const struct kind *)kind)->want();
}

static void want_of_detached(void *kind)
{
    thrum_set_fatal_hook(NULL);
    CHILD_CHECK(thrum_detach(spawn(take_and_end, kind)) == THRUM_OK);
    flag_await(&taken, 1);
    thrum_sleep_until(thrum_after(test_ms(20)));
    ((const struct kind *)kind)->want();
}

TEST(ended_holder_is_reported, 60)
{
    for (uint32_t i = 0; i < KINDS; i++) {
        test_note("%s", kinds[i].name);
        expect_report(want_of_joined, (void *)(uintptr_t)&kinds[i]);
        expect_report(want_of_unjoined, (void *)(uintptr_t)&kinds[i]);
        expect_report(want_of_detached, (void *)(uintptr_t)&kinds[i]);
    }
}

/* --- whenever it ends -------------------------------------------------------------------------- */

static void *hold_long(void *unused)
{
    thrum_mutex_lock(&mutex);
    flag_set(&taken, 1);
    thrum_sleep_until(thrum_after(test_ms(200)));
    return unused;
}

/* The one that waits has looked while the holder still ran. */
static void want_before_the_end(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(NULL);
    thrum_thread *holder = spawn(hold_long, NULL);
    flag_await(&taken, 1);
    (void)holder;
    thrum_mutex_lock(&mutex);
}

TEST(ended_holder_is_reported_late, 30)
{
    expect_report(want_before_the_end, NULL);
}

/* --- waiters that a broadcast has moved --------------------------------------------------------- */

static void *wait_once(void *unused)
{
    thrum_mutex_lock(&mutex);
    flag_add(&waiting, 1);
    thrum_cond_wait(&cond, &mutex);
    thrum_mutex_unlock(&mutex);
    return unused;
}

/* Nobody has asked for the mutex but those who were moved, and one that is woken to look. */
static void broadcast_to_an_ended_ones(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(NULL);
    (void)spawn(wait_once, NULL);
    (void)spawn(wait_once, NULL);
    flag_await(&waiting, 2);
    CHILD_CHECK(thrum_join(spawn(take_and_end, &kinds[0]), NULL) == THRUM_OK);
    thrum_cond_broadcast(&cond);
    thrum_sleep_until(THRUM_FOREVER);
}

TEST(ended_holder_is_reported_to_the_moved, 30)
{
    expect_report(broadcast_to_an_ended_ones, NULL);
}

/* --- in a child of a fork ----------------------------------------------------------------------- */

/* Where the child is a fork, its locks are those of a thread that has another id now. */
static void *want_mutex(void *unused)
{
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    return unused;
}

static void hold_across_a_fork(void *unused)
{
    (void)unused;
    thrum_thread *wants = spawn(want_mutex, NULL);
    thrum_sleep_until(thrum_after(test_ms(400)));
    thrum_mutex_unlock(&mutex);
    CHILD_CHECK(thrum_join(wants, NULL) == THRUM_OK);
}

TEST(ended_holder_is_none_that_forked, 30)
{
    mutex = (thrum_mutex)THRUM_MUTEX_INIT;
    thrum_mutex_lock(&mutex);
    system_keep(&mutex, sizeof mutex);
    test_in_child(hold_across_a_fork, NULL, 5000);
    thrum_mutex_unlock(&mutex);
}

/* --- nothing else ------------------------------------------------------------------------------- */

/* Threads come and go, take and free, and others wait for them as long as it takes to look. */
static void *take_free_and_end(void *unused)
{
    thrum_mutex_lock(&mutex);
    thrum_sleep_until(thrum_after(test_ms(3)));
    thrum_mutex_unlock(&mutex);
    return unused;
}

static void wait_for_many(void *rounds)
{
    enum { AT_ONCE = 24 };
    thrum_thread *threads[AT_ONCE];
    for (uint32_t round = 0; round < *(uint32_t *)rounds; round++) {
        for (uint32_t i = 0; i < AT_ONCE; i++)
            threads[i] = spawn(take_free_and_end, NULL);
        for (uint32_t i = 0; i < AT_ONCE; i++)
            CHILD_CHECK(thrum_join(threads[i], NULL) == THRUM_OK);
    }
}

TEST(ended_holder_is_not_reported_of_the_living, 60)
{
    static uint32_t rounds;
    rounds = test_scale(20, 2);
    system_keep(&rounds, sizeof rounds);
    mutex = (thrum_mutex)THRUM_MUTEX_INIT;
    test_in_child(wait_for_many, &rounds, 15000);
}

/* A join of one that has ended comes to its end. A wait with a deadline does, too: of one for the
 * mutex, and of another for the one that waits, long enough for a finder to look. */
static void *want_mutex_in_time(void *unused)
{
    CHILD_CHECK(thrum_mutex_lock_until(&mutex, thrum_after(test_ms(400))) == THRUM_TIMED_OUT);
    return unused;
}

static void join_and_time_out(void *unused)
{
    (void)unused;
    CHILD_CHECK(thrum_join(spawn(take_and_end, &kinds[0]), NULL) == THRUM_OK);
    thrum_thread *wants = spawn(want_mutex_in_time, NULL);
    CHILD_CHECK(thrum_mutex_lock_until(&mutex, thrum_after(1000000)) == THRUM_TIMED_OUT);
    CHILD_CHECK(thrum_join(wants, NULL) == THRUM_OK);
}

TEST(ended_holder_is_not_reported_in_time, 30)
{
    mutex = (thrum_mutex)THRUM_MUTEX_INIT;
    test_in_child(join_and_time_out, NULL, 5000);
}
