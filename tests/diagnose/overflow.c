/* thrum_catch_overflow: overflows are told by thread and stack size, other faults stay as they
 * were. Each in a child. (Overflow without it: tests/thread/stack.c.) */
#include "../support/thread_system.h"
#include "../test.h"
#include "arch/arch.h"

static __attribute__((noinline)) size_t overflow(size_t depth)
{
    volatile char frame[1500];
    frame[depth % sizeof frame] = 1;
    if (depth == SIZE_MAX)
        return 0;
    return overflow(depth + 1) + (unsigned char)frame[0];
}

static void *overflow_in_thread(void *unused)
{
    thrum_stack info;
    (void)unused;
    thrum_stack_info(thrum_self(), &info);
    text_print_number("id", thrum_id());
    text_print_number("size", info.size);
    return (void *)(uintptr_t)overflow(0);
}

static thrum_spawn_options options;
static bool older_calls_it; /* in overflow_of_an_older_thread */

static void overflow_spawned(void *unused)
{
    thrum_thread *thread = NULL;
    (void)unused;
    thrum_set_fatal_hook(NULL);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    CHILD_CHECK(thrum_spawn(&thread, overflow_in_thread, NULL, &options) == THRUM_OK);
    thrum_join(thread, NULL);
}

static void expect_overflow_line(void (*body)(void *), const char *name)
{
    struct system_child *child = test_child();
    char line[512];
    system_keep(&options, sizeof options);
    system_keep(&older_calls_it, sizeof older_calls_it);
    if (!CHECK(system_run(body, NULL, 5000, child)))
        return;
    if (!CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT) ||
        !CHECK(text_line_with(child->output, "thrum: ", line, sizeof line))) {
        test_note_child(child);
        return;
    }
    CHECK_EQ(text_count(child->output, "thrum: "), 1);
    CHECK(test_contains(line, "overflow"));
    CHECK(test_contains(line, name));
    CHECK(test_contains_number(line, text_number_of(child->output, "id")));
    CHECK(test_contains_number(line, text_number_of(child->output, "size")));
    test_note("%s", line);
}

TEST(overflow_of_a_thread_is_told, 10)
{
    static const size_t sizes[] = { 0, 1, 65536, 1000000 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        options = (thrum_spawn_options){ .name = "deep thought", .stack_size = sizes[i] };
        expect_overflow_line(overflow_spawned, "deep thought");
    }
    options.guard_size = 100000;
    expect_overflow_line(overflow_spawned, "deep thought");
}

static void overflow_main(void *unused)
{
    thrum_set_fatal_hook(NULL);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    overflow_in_thread(unused);
}

TEST(overflow_of_main_is_told, 10)
{
    if (THRUM_ARCH_STACK_GROWS_UP && system_emulated()) {
        test_skip("this emulator gives main a stack beyond its limit");
        return;
    }
    if (system_main_stack_grows_on())
        test_skip("no limit is set to main's stack, so it has no end that could be overflowed");
    else
        expect_overflow_line(overflow_main, "main");
}

static void *nothing(void *argument)
{
    return argument;
}

/* On a mapping that served others, by a thread born of a thread, and after a second call. */
static void *spawn_and_overflow(void *unused)
{
    thrum_thread *thread = NULL;
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    for (int i = 0; i < 100; ++i)
        CHILD_CHECK(thrum_spawn(&thread, nothing, NULL, NULL) == THRUM_OK &&
                    thrum_join(thread, NULL) == THRUM_OK);
    CHILD_CHECK(thrum_spawn(&thread, overflow_in_thread, unused,
                            &(thrum_spawn_options){ .name = "the third" }) == THRUM_OK);
    thrum_join(thread, NULL);
    return NULL;
}

static void overflow_of_a_grandchild(void *unused)
{
    thrum_thread *thread = NULL;
    thrum_set_fatal_hook(NULL);
    for (int i = 0; i < 10; ++i) /* mappings without a place for it */
        CHILD_CHECK(thrum_spawn(&thread, nothing, NULL, NULL) == THRUM_OK &&
                    thrum_join(thread, NULL) == THRUM_OK);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    CHILD_CHECK(thrum_spawn(&thread, spawn_and_overflow, unused, NULL) == THRUM_OK);
    thrum_join(thread, NULL);
}

TEST(overflow_on_a_reused_mapping_is_told, 10)
{
    expect_overflow_line(overflow_of_a_grandchild, "the third");
}

/* A thread that was there before must call it for itself. */
static thrum_event caught;

static void *overflow_after_event(void *call_it)
{
    thrum_event_wait(&caught);
    if (call_it)
        CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    return overflow_in_thread(NULL);
}

static void overflow_of_an_older_thread(void *unused)
{
    thrum_thread *thread = NULL;
    (void)unused;
    thrum_set_fatal_hook(NULL);
    CHILD_CHECK(thrum_spawn(&thread, overflow_after_event, older_calls_it ? &caught : NULL,
                            &(thrum_spawn_options){ .name = "the elder" }) == THRUM_OK);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    thrum_event_set(&caught);
    thrum_join(thread, NULL);
}

TEST(overflow_of_an_older_thread, 10)
{
    older_calls_it = true;
    expect_overflow_line(overflow_of_an_older_thread, "the elder");
    older_calls_it = false;
    if (CHECK(system_run(overflow_of_an_older_thread, NULL, 5000, test_child()))) {
        CHECK_EQ(test_child()->signal, SYSTEM_SIGNAL_NO_FRAME);
        CHECK(text_find(test_child()->output, "thrum: ") == NULL);
    }
}

/* --- other faults ----------------------------------------------------------------------------- */

static __attribute__((noinline)) void *touch_nothing(void *address)
{
    __asm__("" : "+r"(address)); /* nobody knows what it points to */
    *(volatile char *)address = 1;
    return NULL;
}

static char *forbidden;

static void fault_in_main(void *unused)
{
    thrum_set_fatal_hook(NULL);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    touch_nothing(forbidden);
    (void)unused;
}

static void fault_in_thread(void *unused)
{
    thrum_set_fatal_hook(NULL);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    test_join(test_spawn(touch_nothing, forbidden));
    (void)unused;
}

TEST(overflow_catch_leaves_other_faults_bare, 10)
{
    static void (*const bodies[])(void *) = { fault_in_main, fault_in_thread };
    /* An emulator may map it just below main's stack, where a kernel leaves 256 pages free. */
    char *page = system_map(300 * system_page_size());
    if (!CHECK(page && system_forbid(page, system_page_size())))
        return;
    char *const addresses[] = { (char *)16, page };
    for (int i = 0; i < 4; ++i) {
        forbidden = addresses[i / 2];
        if (!CHECK(system_run(bodies[i % 2], NULL, 3000, test_child())))
            break;
        if (!CHECK_EQ(test_child()->signal, SYSTEM_SIGNAL_SEGV) ||
            !CHECK_EQ(test_child()->length, 0))
            test_note_child(test_child());
    }
    system_unmap(page, system_page_size());
}

static void own_handler(int signal)
{
    text_print_number("own handler", (uint64_t)signal);
    system_exit(6);
}

static void fault_with_own_handler(void *in_thread)
{
    thrum_set_fatal_hook(NULL);
    system_handle(SYSTEM_SIGNAL_SEGV, own_handler, 0);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    if (*(bool *)in_thread)
        test_join(test_spawn(touch_nothing, (char *)16));
    else
        touch_nothing((char *)16);
}

/* And with it a signal sent by somebody, which is no fault at all. */
static void signal_with_own_handler(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(NULL);
    system_handle(SYSTEM_SIGNAL_SEGV, own_handler, 0);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    system_signal(thrum_id(), SYSTEM_SIGNAL_SEGV);
    text_print("no handler\n");
}

TEST(overflow_catch_leaves_the_programs_handler, 10)
{
    for (int i = 0; i < 2; ++i) {
        bool in_thread = i == 1;
        if (!CHECK(system_run(fault_with_own_handler, &in_thread, 3000, test_child())))
            return;
        if (!CHECK_EQ(test_child()->exit_status, 6) ||
            !CHECK(text_equal(test_child()->output, "own handler 11\n")))
            test_note_child(test_child());
    }
    if (CHECK(system_run(signal_with_own_handler, NULL, 3000, test_child())))
        CHECK_EQ(test_child()->exit_status, 6);
}

static void ignored_then_sent(void *unused)
{
    (void)unused;
    system_handle(SYSTEM_SIGNAL_SEGV, (void (*)(int))1, 0);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    system_signal(thrum_id(), SYSTEM_SIGNAL_SEGV);
    text_print("still here\n");
}

TEST(overflow_catch_leaves_an_ignored_signal, 10)
{
    if (!CHECK(system_run(ignored_then_sent, NULL, 3000, test_child())))
        return;
    if (!CHECK_EQ(test_child()->exit_status, 0) ||
        !CHECK(text_equal(test_child()->output, "still here\n")))
        test_note_child(test_child());
}

/* --- the hook --------------------------------------------------------------------------------- */

static void tell(const char *message)
{
    char line[600];
    bool right = thrum_id() == system_thread_id() && text_line_with(message, "overflow", line, 600);
    text_print(right ? "hook with the line\n" : "hook\n");
    system_exit(7);
}

static void overflow_with_hook(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(tell);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    test_join(test_spawn(overflow_in_thread, NULL));
}

TEST(overflow_goes_to_the_hook, 10)
{
    if (!CHECK(system_run(overflow_with_hook, NULL, 3000, test_child())))
        return;
    CHECK_EQ(test_child()->exit_status, 7);
    CHECK(text_find(test_child()->output, "hook with the line\n") != NULL);
}
