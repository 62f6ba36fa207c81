/* Locks of an ended thread whose kernel id another thread has: that one is not their holder. */
#include "../support/thread_system.h"
#include "../test.h"

static thrum_mutex orphan_mutex;
static thrum_recursive_mutex orphan_recursive;

static void *hold_and_end(void *unused)
{
    thrum_mutex_lock(&orphan_mutex);
    thrum_recursive_mutex_lock(&orphan_recursive);
    return unused;
}

/* `run(argument)` in a thread with the id of one that ended as the holder of both. */
static void run_as_namesake(void *(*run)(void *))
{
    thrum_thread *old = test_spawn(hold_and_end, NULL);
    CHILD_CHECK(old != NULL);
    uint64_t id = thrum_thread_id(old);
    CHILD_CHECK(thrum_join(old, NULL) == THRUM_OK);
    CHILD_CHECK(thrum_join(child_spawn_namesake(id, run, NULL), NULL) == THRUM_OK);
}

static void *try_both(void *unused)
{
    CHILD_CHECK(!thrum_mutex_try_lock(&orphan_mutex));
    CHILD_CHECK(!thrum_recursive_mutex_try_lock(&orphan_recursive));
    CHILD_CHECK(thrum_recursive_mutex_depth(&orphan_recursive) == 0);
    CHILD_CHECK(thrum_mutex_lock_until(&orphan_mutex, thrum_after(1000000)) == THRUM_TIMED_OUT);
    CHILD_CHECK(thrum_recursive_mutex_lock_until(&orphan_recursive, thrum_after(1000000)) ==
                THRUM_TIMED_OUT);
    return unused;
}

static void *unlock_orphan_mutex(void *unused)
{
    thrum_mutex_unlock(&orphan_mutex);
    return unused;
}

static void *unlock_orphan_recursive(void *unused)
{
    thrum_recursive_mutex_unlock(&orphan_recursive);
    return unused;
}

static void try_in_child(void *unused)
{
    (void)unused;
    run_as_namesake(try_both);
}

TEST(orphans_are_not_owned_by_a_namesake, 15)
{
    test_in_child_alone(try_in_child, NULL, 10000);
}

static void unlock_mutex_in_child(void *unused)
{
    (void)unused;
    child_ends_at_misuse();
    run_as_namesake(unlock_orphan_mutex);
    text_print("the unlock was taken for the holder's\n");
}

static void unlock_recursive_in_child(void *unused)
{
    (void)unused;
    child_ends_at_misuse();
    run_as_namesake(unlock_orphan_recursive);
    text_print("the unlock was taken for the holder's\n");
}

static void expect_misuse_of_orphan(void (*body)(void *), const void *object)
{
    struct system_child *child = test_child();
    if (!system_run_alone(body, NULL, 5000, child)) {
        test_skip("a namespace of process ids of one's own is not permitted");
        return;
    }
    if (child->exit_status == 77) {
        test_skip(child->output);
        return;
    }
    bool right = CHECK(child->exit_status != 0 && !child->killed);
    right = CHECK(text_begins(child->output, "thrum: ")) && right;
    right = CHECK(test_contains(child->output, "unlocks")) && right;
    right = CHECK(test_contains(child->output, "has ended")) && right;
    right = CHECK(test_contains_address(child->output, object)) && right;
    if (!right)
        test_note_child(child);
}

TEST(orphaned_mutex_unlocked_by_a_namesake, 15)
{
    expect_misuse_of_orphan(unlock_mutex_in_child, &orphan_mutex);
}

TEST(orphaned_recursive_mutex_unlocked_by_a_namesake, 15)
{
    expect_misuse_of_orphan(unlock_recursive_in_child, &orphan_recursive);
}
