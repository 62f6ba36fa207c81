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
