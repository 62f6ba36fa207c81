/* thrum_after_fork where nobody has forked is misuse, and takes nothing from the threads that live. */
#include "../support/thread_system.h"
#include "../test.h"

static thrum_event leave;

static void *stay(void *unused)
{
    thrum_event_wait(&leave);
    return unused;
}

/* The threads of this process live on when the line comes. */
static void hook_that_joins(const char *message)
{
    text_print(message);
    text_print("\n");
    thrum_event_set(&leave);
    thrum_sleep_until(thrum_after(test_ms(20)));
    text_print("they live\n");
}

static void *call_it(void *unused)
{
    thrum_after_fork();
    text_print("it went on\n");
    return unused;
}

static void call_beside_others(void *unused)
{
    thrum_set_fatal_hook(hook_that_joins);
    for (int i = 0; i < 3; i++)
        (void)test_spawn(stay, NULL);
    call_it(unused);
}

static void call_in_another_thread(void *unused)
{
    thrum_set_fatal_hook(hook_that_joins);
    (void)test_spawn(stay, NULL);
    test_join(test_spawn(call_it, unused));
}

static void call_alone(void *unused)
{
    thrum_set_fatal_hook(hook_that_joins);
    call_it(unused);
}

static void expect_misuse(void)
{
    const struct system_child *child = test_child();
    if (!CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT) ||
        !CHECK(text_begins(child->output, "thrum: ")) ||
        !CHECK(test_contains(child->output, "calls thrum_after_fork")) ||
        !CHECK(test_contains(child->output, "they live")) ||
        !CHECK(!test_contains(child->output, "it went on")))
        test_note_child(child);
}

TEST(after_fork_without_a_fork_is_misuse, 20)
{
    void (*const bodies[])(void *) = { call_beside_others, call_in_another_thread, call_alone };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (CHECK(system_run(bodies[i], NULL, 5000, test_child())))
            expect_misuse();
}
