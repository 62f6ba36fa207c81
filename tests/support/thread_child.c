/* A test's part in a child process: how the child tells, and how the test judges it. */
#include "../test.h"
#include "thread_system.h"

enum { CHILD_FAILED = 99, CHILD_SKIPPED = 77, CHILD_MISUSED = 98 };

void child_failed(const char *text, const char *file, int line)
{
    text_print("failed: ");
    text_print(text);
    text_print(", ");
    text_print(file);
    text_print_number(" line", (uint64_t)line);
    system_exit(CHILD_FAILED);
}

void child_skip(const char *reason)
{
    text_print(reason);
    system_exit(CHILD_SKIPPED);
}

/* The kernel frees an id a moment after the thread is off its stack, so the first may get another. */
struct namesake {
    void *(*run)(void *argument);
    void *argument;
    thrum_event known; /* `right` is */
    bool right;
};

static void *run_if_right(void *context)
{
    struct namesake *namesake = context;
    thrum_event_wait(&namesake->known);
    return namesake->right ? namesake->run(namesake->argument) : NULL;
}

thrum_thread *child_spawn_namesake(uint64_t id, void *(*run)(void *argument), void *argument)
{
    static struct namesake namesake;
    for (int tries = 0; tries < 50; ++tries) {
        namesake = (struct namesake){ run, argument, THRUM_EVENT_INIT, false };
        if (!system_set_next_id(id))
            child_skip("the next id cannot be chosen here");
        thrum_thread *thread = test_spawn(run_if_right, &namesake);
        CHILD_CHECK(thread != NULL);
        namesake.right = thrum_thread_id(thread) == id;
        thrum_event_set(&namesake.known);
        if (namesake.right)
            return thread;
        CHILD_CHECK(thrum_join(thread, NULL) == THRUM_OK);
        thrum_sleep_until(thrum_after(1000000));
    }
    child_skip("the kernel did not give the id again");
}

static void print_and_exit(const char *message)
{
    text_print(message);
    text_print("\n");
    system_exit(CHILD_MISUSED);
}

void child_ends_at_misuse(void)
{
    thrum_set_fatal_hook(print_and_exit);
}

struct system_child *test_child(void)
{
    static struct system_child child;
    return &child;
}

void test_note_child(const struct system_child *child)
{
    if (child->killed)
        test_note("the child did not end in time");
    test_note("the child ended with status %d, signal %d", child->exit_status, child->signal);
    const char *line = child->output;
    while (*line) {
        char copy[256];
        size_t length = 0;
        for (; line[length] && line[length] != '\n' && length < sizeof copy - 1; ++length)
            copy[length] = line[length];
        copy[length] = 0;
        test_note("the child: %s", copy);
        line += length + (line[length] == '\n');
    }
}

static void judge(const struct system_child *child)
{
    if (child->exit_status == CHILD_SKIPPED) {
        test_skip(child->output);
        return;
    }
    if (!CHECK_EQ(child->exit_status, 0))
        test_note_child(child);
}

void test_in_child(void (*body)(void *argument), void *argument, uint32_t timeout_ms)
{
    if (CHECK(system_run(body, argument, timeout_ms, test_child())))
        judge(test_child());
}

void test_in_child_alone(void (*body)(void *argument), void *argument, uint32_t timeout_ms)
{
    if (system_run_alone(body, argument, timeout_ms, test_child()))
        judge(test_child());
    else
        test_skip("a namespace of process ids of one's own is not permitted");
}

void test_in_child_later(uint64_t seconds, void (*body)(void *argument), void *argument,
                         uint32_t timeout_ms)
{
    if (system_run_later(seconds, body, argument, timeout_ms, test_child()))
        judge(test_child());
    else
        test_skip("a clock of one's own is not permitted");
}
