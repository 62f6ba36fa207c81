/* thrum_exit: from depth, with results, and in main, which needs a process of its own. */
#include "../support/thread_system.h"
#include "../test.h"

static char exits; /* no result is this one */

static __attribute__((noinline)) void descend(unsigned depth, void *result)
{
    volatile char frame[64];
    frame[0] = (char)depth;
    if (depth > 0)
        descend(depth - 1, result);
    else if (result != &exits)
        thrum_exit(result);
    frame[1] = frame[0];
}

static void *exit_from_depth(void *argument)
{
    descend(1000, argument);
    return NULL;
}

TEST(exit_from_depth_gives_result, 5)
{
    char place;
    CHECK(test_join(test_spawn(exit_from_depth, &place)) == &place);
    CHECK(test_join(test_spawn(exit_from_depth, NULL)) == NULL);
}

static uint32_t order;
static uint32_t destroyed_at;

static void note_destroyed(void *value)
{
    (void)value;
    destroyed_at = __atomic_add_fetch(&order, 1, __ATOMIC_RELAXED);
}

static thrum_tls_key exit_key;

static void *set_key_and_exit(void *value)
{
    thrum_tls_set(exit_key, value);
    thrum_exit(NULL);
}

TEST(exit_runs_key_destructors_before_join, 5)
{
    char place;
    order = destroyed_at = 0;
    CHECK(thrum_tls_alloc(&exit_key, note_destroyed, 0) == THRUM_OK);
    test_join(test_spawn(set_key_and_exit, &place));
    CHECK_EQ(destroyed_at, 1);
    thrum_tls_free(exit_key);
}

static void exit_in_destructor(void *value)
{
    (void)value;
    thrum_exit(NULL);
}

static void exit_twice(void *value)
{
    thrum_set_fatal_hook(NULL);
    CHILD_CHECK(thrum_tls_alloc(&exit_key, exit_in_destructor, 0) == THRUM_OK);
    thrum_tls_set(exit_key, value);
    thrum_exit(value);
}

/* A second end within the first is misuse, not a second life. */
TEST(exit_in_a_destructor_is_misuse, 5)
{
    static char place;
    struct system_child *child = test_child();
    if (!CHECK(system_run(exit_twice, &place, 3000, child)))
        return;
    CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
    CHECK(text_begins(child->output, "thrum: "));
    CHECK(test_contains(child->output, "thrum_exit"));
}

/* --- main, in children ------------------------------------------------------------------------ */

static thrum_thread *main_thread;

static void print_destroyed(void *value)
{
    text_print((const char *)value);
}

__attribute__((destructor)) static void print_program_end(void)
{
    if (main_thread)
        text_print("program destructors\n");
}

static void *outlive_main(void *argument)
{
    static char result;
    void *joined = NULL;
    thrum_tls_set(exit_key, "key of the other\n");
    CHILD_CHECK(thrum_join(main_thread, &joined) == THRUM_OK);
    CHILD_CHECK(joined == argument);
    text_print("main was joined\n");
    CHILD_CHECK(test_join(test_spawn(exit_from_depth, &result)) == &result);
    thrum_sleep_until(thrum_after(test_ms(20)));
    text_print("the last one\n");
    return NULL;
}

static void main_exits_first(void *argument)
{
    thrum_spawn_options detached = { .detached = true };
    main_thread = thrum_self();
    CHILD_CHECK(thrum_tls_alloc(&exit_key, print_destroyed, 0) == THRUM_OK);
    thrum_tls_set(exit_key, "key of main\n");
    CHILD_CHECK(thrum_spawn(NULL, outlive_main, argument, &detached) == THRUM_OK);
    thrum_exit(argument);
}

/* field.md 3.1, 18. */
TEST(exit_of_main_lets_others_live, 10)
{
    static char mark;
    struct system_child *child = test_child();
    if (!CHECK(system_run(main_exits_first, &mark, 5000, child)))
        return;
    CHECK_EQ(child->exit_status, 0);
    const char *main_key = text_find(child->output, "key of main\n");
    const char *joined = text_find(child->output, "main was joined\n");
    const char *last = text_find(child->output, "the last one\n");
    const char *other_key = text_find(child->output, "key of the other\n");
    const char *program = text_find(child->output, "program destructors\n");
    CHECK(main_key && joined && last && other_key && program);
    CHECK(main_key < joined && joined < last && last < other_key && other_key < program);
    CHECK_EQ(text_count(child->output, "program destructors"), 1);
    if (!program)
        test_note_child(child);
}

static void main_exits_alone(void *unused)
{
    (void)unused;
    main_thread = thrum_self();
    thrum_exit(NULL);
}

TEST(exit_of_main_alone_ends_the_process, 10)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(main_exits_alone, NULL, 5000, child)))
        return;
    CHECK_EQ(child->exit_status, 0);
    CHECK_EQ(text_count(child->output, "program destructors\n"), 1);
}

static void *end_together(void *barrier)
{
    thrum_barrier_wait(barrier);
    return NULL;
}

/* Everybody leaves at once; one is the last, and only one. */
static void all_exit_at_once(void *unused)
{
    enum { THREADS = 8 };
    static thrum_barrier barrier = THRUM_BARRIER_INIT(THREADS + 1);
    thrum_spawn_options detached = { .detached = true };
    (void)unused;
    main_thread = thrum_self();
    for (int i = 0; i < THREADS; ++i)
        CHILD_CHECK(thrum_spawn(NULL, end_together, &barrier, &detached) == THRUM_OK);
    thrum_barrier_wait(&barrier);
    thrum_exit(NULL);
}

TEST(exit_of_all_at_once_has_one_last, 30)
{
    struct system_child *child = test_child();
    uint32_t rounds = test_scale_threads(200, 10);
    for (uint32_t i = 0; i < rounds; ++i) {
        if (!CHECK(system_run(all_exit_at_once, NULL, 5000, child)) ||
            !CHECK_EQ(child->exit_status, 0) ||
            !CHECK_EQ(text_count(child->output, "program destructors\n"), 1)) {
            test_note_child(child);
            return;
        }
    }
}

/* Threads that ended but were not joined do not keep the process. */
static void leave_unjoined(void *unused)
{
    (void)unused;
    main_thread = thrum_self();
    CHILD_CHECK(test_spawn(exit_from_depth, NULL) != NULL);
    thrum_exit(NULL);
}

TEST(exit_of_main_with_unjoined_threads, 10)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(leave_unjoined, NULL, 5000, child)))
        return;
    CHECK(!child->killed);
    CHECK_EQ(child->exit_status, 0);
}

static thrum_event main_may_go;

static void *join_until_main(void *unused)
{
    (void)unused;
    CHILD_CHECK(thrum_join_until(main_thread, NULL, thrum_after(test_ms(20))) == THRUM_TIMED_OUT);
    text_print("timed out\n");
    thrum_event_set(&main_may_go);
    CHILD_CHECK(thrum_join_until(main_thread, NULL, THRUM_FOREVER) == THRUM_OK);
    text_print("joined\n");
    return NULL;
}

static void main_sleeps_then_exits(void *unused)
{
    (void)unused;
    main_thread = thrum_self();
    CHILD_CHECK(test_spawn(join_until_main, NULL) != NULL);
    thrum_event_wait(&main_may_go);
    thrum_sleep_until(thrum_after(test_ms(20))); /* its joiner sleeps by now */
    thrum_exit(NULL);
}

TEST(exit_of_main_wakes_its_joiner, 10)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(main_sleeps_then_exits, NULL, 5000, child)))
        return;
    CHECK_EQ(child->exit_status, 0);
    CHECK(text_find(child->output, "timed out\njoined\n") != NULL);
}

/* A parked main is no longer among the live. */
static bool count_main(thrum_thread *thread, void *seen)
{
    *(bool *)seen = *(bool *)seen || thread == main_thread;
    return true;
}

static void *look_for_main(void *unused)
{
    bool seen = false;
    (void)unused;
    CHILD_CHECK(thrum_join(main_thread, NULL) == THRUM_OK);
    thrum_each_thread(count_main, &seen);
    CHILD_CHECK(!seen);
    return NULL;
}

static void main_exits_and_is_sought(void *unused)
{
    (void)unused;
    main_thread = thrum_self();
    CHILD_CHECK(test_spawn(look_for_main, NULL) != NULL);
    thrum_exit(NULL);
}

TEST(exit_of_main_takes_it_off_the_registry, 10)
{
    test_in_child(main_exits_and_is_sought, NULL, 5000);
}
