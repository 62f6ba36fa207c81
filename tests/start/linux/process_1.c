/* Process 1 of a namespace of ids, whose id tells nothing: what it forks into another namespace has it,
 * too. */
#include "../../support/linux/linux.h"
#include "../../support/thread_system.h"
#include "../../test.h"

static thrum_event leave;

static void *stay(void *unused)
{
    thrum_event_wait(&leave);
    return unused;
}

static void spawn_one_and_call(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(NULL);
    if (system_process_id() != 1)
        child_skip("this namespace's first process is not number 1");
    (void)test_spawn(stay, NULL);
    thrum_after_fork();
    text_print("it went on\n");
}

TEST(after_fork_without_a_fork_is_misuse_in_process_1, 10)
{
    struct system_child *child = test_child();
    if (!system_run_alone(spawn_one_and_call, NULL, 5000, child)) {
        test_skip("a namespace of process ids is not permitted");
        return;
    }
    if (!CHECK(test_contains(child->output, "calls thrum_after_fork")) ||
        !CHECK(!test_contains(child->output, "it went on")))
        test_note_child(child);
}

static void *give_back(void *argument)
{
    return argument;
}

static void be_process_1_again(void *unused)
{
    (void)unused; /* thrum_after_fork has been called */
    CHILD_CHECK(system_process_id() == 1);
    CHILD_CHECK(test_thread_count() == 1);
    CHILD_CHECK(test_join(test_spawn(give_back, &leave)) == &leave);
}

static void fork_into_another(void *unused)
{
    enum { NEW_IDS = 0x20000000 };
    static struct system_child inner;
    (void)unused;
#ifdef __sparc__
    child_skip("a fork's child is told from its parent by its id (linux_fork)");
#endif
    if (system_process_id() != 1)
        child_skip("this namespace's first process is not number 1");
    (void)test_spawn(stay, NULL);
    if (thrum_linux_call1(__NR_unshare, NEW_IDS) != 0)
        child_skip("a namespace of process ids within another is not permitted");
    CHILD_CHECK(system_run(be_process_1_again, NULL, 3000, &inner));
    text_print(inner.output);
    CHILD_CHECK(inner.exit_status == 0);
}

TEST(after_fork_from_process_1_into_process_1, 10)
{
    test_in_child_alone(fork_into_another, NULL, 5000);
}
