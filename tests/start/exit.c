/* thrum_exit where the program's destructors run: misuse, and no destructor runs twice. */
#include "../support/thread_system.h"
#include "../test.h"
#include "thread/life.h"

static bool armed;

__attribute__((destructor(200))) static void end_by_exit(void)
{
    static unsigned runs;
    if (!armed)
        return;
    text_print("first\n");
    if (++runs > 3)
        system_exit(98);
    thrum_exit(NULL);
}

static void return_from_main(void *unused)
{
    (void)unused;
    armed = true;
    thrum_set_fatal_hook(NULL);
    thrum_start_exit(5); /* as start/ does with what main returns */
}

static void exit_main(void *unused)
{
    armed = true;
    thrum_set_fatal_hook(NULL);
    thrum_exit(unused);
}

static void *outlive(void *main_thread)
{
    CHILD_CHECK(thrum_join(main_thread, NULL) == THRUM_OK);
    return NULL;
}

static void exit_another(void *unused)
{
    thrum_thread *thread = test_spawn(outlive, thrum_self());
    CHILD_CHECK(thrum_detach(thread) == THRUM_OK);
    exit_main(unused);
}

TEST(exit_in_a_destructor_of_the_program_is_misuse, 20)
{
    void (*const ways[])(void *) = { return_from_main, exit_main, exit_another };
    struct system_child *child = test_child();
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (!CHECK(system_run(ways[i], NULL, 5000, child)))
            return;
        if (!CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT) ||
            !CHECK_EQ(text_count(child->output, "first\n"), 1) ||
            !CHECK(test_contains(child->output, "calls thrum_exit in a destructor")))
            test_note_child(child);
    }
}
