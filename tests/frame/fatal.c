/* Misuse on purpose: the fatal line of a thread that did it, and what becomes of lines that no test
 * asked for. */
#include "frame.h"

enum { LINE_SIZE = 1024 };

struct misuse {
    void (*run)(void *argument);
    void *argument;
};

static char fatal_line[LINE_SIZE];
static thrum_thread *culprit; /* the thread whose line is wanted */

static void copy_line(const char *message)
{
    size_t i = 0;
    for (; message[i] && i < LINE_SIZE - 1; ++i)
        fatal_line[i] = message[i];
    fatal_line[i] = 0;
}

static void hook(const char *message)
{
    if (__atomic_load_n(&culprit, __ATOMIC_ACQUIRE) == thrum_self()) {
        copy_line(message);
        thrum_exit(NULL);
    }
    frame_print("# fatal: %s", message);
    frame_print("Bail out! %s met a fatal line", frame_running());
    thrum_dump(2);
    system_exit(1);
}

void frame_catch_fatal(void)
{
    thrum_set_fatal_hook(hook);
}

static void *run_misuse(void *argument)
{
    const struct misuse *misuse = argument;
    __atomic_store_n(&culprit, thrum_self(), __ATOMIC_RELEASE);
    misuse->run(misuse->argument);
    return NULL;
}

const char *test_fatal(void (*misuse)(void *argument), void *argument)
{
    static struct misuse call; /* outlives a thread that never comes back */
    fatal_line[0] = 0;
    call.run = misuse;
    call.argument = argument;
    thrum_set_fatal_hook(hook);
    thrum_thread *thread = test_spawn(run_misuse, &call);
    if (!thread)
        return "";
    thrum_time limit = thrum_after(test_ms(5000));
    thrum_status status;
    do
        status = thrum_join_until(thread, NULL, thrum_after(test_ms(100)));
    while (status == THRUM_TIMED_OUT && !test_late(limit));
    __atomic_store_n(&culprit, NULL, __ATOMIC_RELEASE);
    return status == THRUM_OK ? fatal_line : "";
}
