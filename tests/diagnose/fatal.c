/* Fatal lines: the print, the hook in its place, the end of the process. */
#include "../support/thread_system.h"
#include "../test.h"

static thrum_mutex mutex;

static void print_and_abort(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(NULL);
    thrum_mutex_unlock(&mutex);
    text_print("it went on\n");
}

TEST(fatal_prints_one_line_and_aborts, 5)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(print_and_abort, NULL, 3000, child)))
        return;
    CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
    CHECK(text_begins(child->output, "thrum: "));
    CHECK_EQ(text_count(child->output, "\n"), 1);
    CHECK(child->length > 0 && child->output[child->length - 1] == '\n');
    CHECK(test_contains_address(child->output, &mutex));
    CHECK(text_find(child->output, "it went on") == NULL);
}

static thrum_thread *culprit;

static void hook_that_exits(const char *message)
{
    text_print("hook: ");
    text_print(message);
    text_print("|\n");
    system_exit(thrum_self() == culprit ? 4 : 5);
}

static void *unlock_in_thread(void *unused)
{
    culprit = thrum_self();
    thrum_mutex_unlock(&mutex);
    return unused;
}

static void misuse_with_hook(void *unused)
{
    thrum_set_fatal_hook(hook_that_exits);
    test_join(test_spawn(unlock_in_thread, unused));
}

TEST(fatal_hook_gets_the_line_in_the_culprit, 5)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(misuse_with_hook, NULL, 3000, child)))
        return;
    CHECK_EQ(child->exit_status, 4);
    CHECK(text_begins(child->output, "hook: thrum: "));
    CHECK_EQ(text_count(child->output, "\n"), 1); /* the message has none, and nothing is printed */
    CHECK(text_find(child->output, "|\n") != NULL);
}

static void hook_that_returns(const char *message)
{
    (void)message;
    text_print("hook\n");
}

static void misuse_with_returning_hook(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(hook_that_returns);
    thrum_mutex_unlock(&mutex);
    text_print("it went on\n");
}

TEST(fatal_hook_that_returns_aborts, 5)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(misuse_with_returning_hook, NULL, 3000, child)))
        return;
    CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
    CHECK(text_equal(child->output, "hook\n"));
}

static void ignore(int signal)
{
    (void)signal;
}

/* A program that catches or blocks SIGABRT is ended all the same. */
static void misuse_with_abort_caught(void *unused)
{
    (void)unused;
    system_handle(SYSTEM_SIGNAL_ABORT, ignore, SYSTEM_RESTART);
    system_set_signal_mask(~(uint64_t)0);
    thrum_set_fatal_hook(NULL);
    thrum_mutex_unlock(&mutex);
    text_print("it went on\n");
}

TEST(fatal_ends_a_program_that_catches_abort, 5)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(misuse_with_abort_caught, NULL, 3000, child)))
        return;
    CHECK(!child->killed);
    CHECK(child->signal != 0 || child->exit_status > 0);
    CHECK(text_find(child->output, "it went on") == NULL);
}

static void *unlock_named(void *unused)
{
    thrum_mutex_unlock(&mutex);
    return unused;
}

static void misuse_in_named_thread(void *unused)
{
    thrum_thread *thread = NULL;
    (void)unused;
    thrum_set_fatal_hook(NULL);
    thrum_mutex_lock(&mutex);
    text_print_number("holder", thrum_id());
    CHILD_CHECK(thrum_spawn(&thread, unlock_named, NULL,
                            &(thrum_spawn_options){ .name = "the culprit" }) == THRUM_OK);
    thrum_join(thread, NULL);
}

TEST(fatal_names_thread_object_and_holder, 5)
{
    struct system_child *child = test_child();
    char line[512];
    if (!CHECK(system_run(misuse_in_named_thread, NULL, 3000, child)) ||
        !CHECK(text_line_with(child->output, "thrum: ", line, sizeof line)))
        return;
    CHECK(test_contains(line, "the culprit"));
    CHECK(test_contains(line, "unlock"));
    CHECK(test_contains(line, "mutex"));
    CHECK(test_contains_address(line, &mutex));
    CHECK(test_contains_number(line, text_number_of(child->output, "holder")));
}
