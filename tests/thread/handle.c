/* Handles: whose they are, and what becomes of one whose thread is no more. */
#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../test.h"

enum { MARKS = 63 };

static uintptr_t block_of(const thrum_thread *handle)
{
    return (uintptr_t)handle & ~(uintptr_t)MARKS;
}

static void *own_handle(void *unused)
{
    (void)unused;
    return thrum_self();
}

/* Else the memory of an ended thread goes back at once, and a look at it faults: an emulator that does not
 * give pages back (madvise) has thrum keep none. */
static bool skip_without_kept_mappings(void)
{
    thrum_thread *thread = test_spawn(own_handle, NULL);
    test_join(thread);
    if (system_is_mapped((void *)block_of(thread), 1))
        return false;
    test_skip("no mapping is kept here");
    return true;
}

TEST(handle_is_the_same_to_all, 10)
{
    thrum_thread *main_thread = thrum_self();
    for (int i = 0; i < 200; i++) {
        thrum_thread *thread = test_spawn(own_handle, NULL);
        CHECK(thread != main_thread);
        CHECK(test_join(thread) == thread);
    }
    CHECK(thrum_self() == main_thread);
}

/* Births in a row in the same memory, as long as nobody else spawns: never the same handle twice
 * before the marks are used up. */
TEST(handle_of_a_reused_mapping_is_another, 10)
{
    if (skip_without_kept_mappings())
        return;
    thrum_thread *last[MARKS] = { NULL };
    uint32_t reused = 0;
    for (uint32_t i = 0; i < 3 * MARKS; i++) {
        thrum_thread *thread = test_spawn(own_handle, NULL);
        test_join(thread);
        CHECK(block_of(thread) != (uintptr_t)thread);
        for (uint32_t back = 1; back < MARKS && back <= i; back++) {
            const thrum_thread *earlier = last[(i - back) % MARKS];
            reused += block_of(thread) == block_of(earlier);
            CHECK(thread != earlier);
        }
        last[i % MARKS] = thread;
    }
    CHECK(reused > 0);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static void call_join(void *thread)
{
    thrum_join(thread, NULL);
}

static void call_join_until(void *thread)
{
    (void)!thrum_join_until(thread, NULL, 0);
}

static void call_detach(void *thread)
{
    thrum_detach(thread);
}

static void call_id(void *thread)
{
    (void)thrum_thread_id(thread);
}

static void call_set_name(void *thread)
{
    thrum_set_name(thread, "name");
}

static void call_get_name(void *thread)
{
    char name[THRUM_NAME_SIZE];
    thrum_get_name(thread, name);
}

static void call_set_affinity(void *thread)
{
    unsigned cpu = 0;
    thrum_set_affinity(thread, &cpu, 1);
}

static void call_get_affinity(void *thread)
{
    size_t count;
    thrum_get_affinity(thread, NULL, 0, &count);
}

static void call_stack_info(void *thread)
{
    thrum_stack stack;
    thrum_stack_info(thread, &stack);
}

/* Every public call that takes a handle. */
static const struct call {
    void (*call)(void *thread);
    const char *verb;
} calls[] = {
    { call_join, "joins" },
    { call_join_until, "joins" },
    { call_detach, "detaches" },
    { call_id, "asks the id of" },
    { call_set_name, "names" },
    { call_get_name, "asks the name of" },
    { call_set_affinity, "sets the CPUs of" },
    { call_get_affinity, "asks the CPUs of" },
    { call_stack_info, "asks the stack of" },
};
enum { CALLS = sizeof calls / sizeof *calls };

static void expect_refusals(thrum_thread *handle, const char *what)
{
    for (uint32_t i = 0; i < CALLS; i++) {
        const char *line = test_fatal(calls[i].call, handle);
        bool right = CHECK(text_begins(line, "thrum: thread "));
        right = CHECK(test_contains(line, calls[i].verb)) && right;
        right = CHECK(test_contains(line, what)) && right;
        right = CHECK(test_contains_address(line, handle)) && right;
        if (!right)
            test_note("%s: %s", calls[i].verb, line);
    }
}

/* The mapping is kept, and soon the misusing thread's own: its birth is less than 63 later. */
TEST(stale_handle_is_misuse, 30)
{
    if (skip_without_kept_mappings())
        return;
    thrum_thread *thread = test_spawn(own_handle, NULL);
    test_join(thread);
    expect_refusals(thread, ", no live thread's handle");
}

/* The first thread that misuses anything: no other can have got the memory. */
static void misuse_at_once(void *call)
{
    thrum_set_fatal_hook(NULL);
    thrum_thread *thread = test_spawn(own_handle, NULL);
    test_join(thread);
    ((const struct call *)call)->call(thread);
}

TEST(stale_handle_of_a_kept_mapping_is_misuse, 60)
{
    if (skip_without_kept_mappings())
        return;
    for (uint32_t i = 0; i < CALLS; i++) {
        struct system_child *child = test_child();
        if (!CHECK(system_run(misuse_at_once, (void *)(uintptr_t)&calls[i], 5000, child)))
            return;
        bool right = CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
        right = CHECK(test_contains(child->output, ", no live thread's handle")) && right;
        if (!right)
            test_note_child(child);
    }
}

static void *wait_for_flag(void *flag)
{
    flag_await(flag, 1);
    return flag;
}

/* A thread has the memory, and goes on. */
TEST(stale_handle_does_nothing_to_the_next_thread, 30)
{
    if (skip_without_kept_mappings())
        return;
    uint32_t go = 0;
    thrum_thread *stale = test_spawn(own_handle, NULL), *others[8];
    test_join(stale);
    bool reused = false;
    for (uint32_t i = 0; i < 8; i++) {
        others[i] = test_spawn(wait_for_flag, &go);
        reused |= block_of(others[i]) == block_of(stale);
    }
    CHECK(reused);
    expect_refusals(stale, ", no live thread's handle");
    flag_set(&go, 1);
    for (uint32_t i = 0; i < 8; i++)
        CHECK(test_join(others[i]) == &go);
}

TEST(no_handle_is_misuse, 30)
{
    expect_refusals(NULL, ", no live thread's handle");
    expect_refusals((thrum_thread *)block_of(thrum_self()), ", no live thread's handle");
}
