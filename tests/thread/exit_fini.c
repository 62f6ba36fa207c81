/* Program destructors that use threads themselves, when the last thread is out. */
#include "../support/thread_system.h"
#include "../test.h"

static bool armed;

static void *help_at_the_end(void *argument)
{
    text_print("helper\n");
    return argument;
}

/* The helper is a thread that comes and goes after the last one: not the end once more. */
__attribute__((destructor)) static void spawn_at_the_end(void)
{
    static char mark;
    static unsigned runs;
    if (!armed)
        return;
    text_print("begins\n");
    if (++runs > 3)
        system_exit(98);
    CHILD_CHECK(test_join(test_spawn(help_at_the_end, &mark)) == &mark);
    text_print("ends\n");
}

static void *outlive_the_first(void *first)
{
    CHILD_CHECK(thrum_join(first, NULL) == THRUM_OK);
    return NULL;
}

static void end_in_main(void *unused)
{
    (void)unused;
    armed = true;
    thrum_exit(NULL);
}

static void end_in_another(void *unused)
{
    (void)unused;
    armed = true;
    thrum_spawn_options detached = { .detached = true };
    CHILD_CHECK(thrum_spawn(NULL, outlive_the_first, thrum_self(), &detached) == THRUM_OK);
    thrum_exit(NULL);
}

static void expect_one_end(void (*body)(void *))
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(body, NULL, 5000, child)))
        return;
    bool right = CHECK_EQ(child->exit_status, 0);
    right = CHECK(text_equal(child->output, "begins\nhelper\nends\n")) && right;
    if (!right)
        test_note_child(child);
}

TEST(exit_destructor_spawns_after_main, 10)
{
    expect_one_end(end_in_main);
}

TEST(exit_destructor_spawns_after_another, 10)
{
    expect_one_end(end_in_another);
}
