/* thrum_catch_overflow beside the program's own alternate stack and handlers. Each in a child. */
#include "../../support/linux/linux.h"
#include "../../support/thread_system.h"
#include "../../test.h"
#include "arch/arch.h"

enum { LARGE = 1 << 18, DEEP = 150000, DISABLED = 2 };

static bool in_thread;
static char *own;
static uint32_t went_deep;

static struct thrum_linux_stack stack_of_caller(void)
{
    struct thrum_linux_stack now = { .flags = DISABLED };
    CHILD_CHECK(thrum_linux_call2(THRUM_LINUX_SIGALTSTACK, NULL, &now) == 0);
    return now;
}

static void set_own(size_t size)
{
    own = system_map(size);
    const struct thrum_linux_stack stack = { .base = own, .size = size };
    CHILD_CHECK(own != NULL && thrum_linux_call2(THRUM_LINUX_SIGALTSTACK, &stack, NULL) == 0);
}

static void go_deep(int signal)
{
    volatile char room[DEEP];
    (void)signal;
    for (size_t i = 0; i < sizeof room; i += 512)
        room[i] = 1;
    went_deep = (uintptr_t)room > (uintptr_t)own && (uintptr_t)room < (uintptr_t)own + LARGE;
}

static __attribute__((noinline)) size_t overflow(size_t depth)
{
    volatile char frame[1500];
    frame[depth % sizeof frame] = 1;
    if (depth == SIZE_MAX)
        return 0;
    return overflow(depth + 1) + (unsigned char)frame[0];
}

/* `body` in main or in a thread, as `in_thread` says; which overflows its stack then. */
static void *call_and_overflow(void *body)
{
    (*(void (**)(void))body)();
    return (void *)(uintptr_t)overflow(0);
}

static void in_child(void *body)
{
    thrum_set_fatal_hook(NULL);
    if (in_thread)
        test_join(test_spawn(call_and_overflow, body));
    else
        (void)call_and_overflow(body);
}

static void expect_overflow(void (*body)(void))
{
    struct system_child *child = test_child();
    for (int i = 0; i < 2; i++) {
        in_thread = i == 1;
        if (!in_thread && (THRUM_ARCH_STACK_GROWS_UP || system_main_stack_grows_on()))
            continue; /* main's stack has no end that could be overflowed */
        if (!CHECK(system_run(in_child, (void *)&body, 5000, child)))
            return;
        if (!CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT) ||
            !CHECK(test_contains(child->output, "overflowed its stack")))
            test_note_child(child);
    }
}

/* The handler still has as much room, and its stack. */
static void use_own(void)
{
    const struct thrum_linux_stack now = stack_of_caller();
    CHILD_CHECK(now.base == own && now.size == LARGE && (now.flags & DISABLED) == 0);
    went_deep = 0;
    CHILD_CHECK(system_handle(SYSTEM_SIGNAL_A, go_deep, SYSTEM_ON_ALTERNATE_STACK));
    CHILD_CHECK(system_signal(thrum_id(), SYSTEM_SIGNAL_A));
    CHILD_CHECK(went_deep);
}

static void have_a_large_one(void)
{
    set_own(LARGE);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    use_own();
}

static bool skip_late_handlers(void)
{
    return test_skip_under(SYSTEM_THREAD_SANITIZER,
                           "ThreadSanitizer runs a handler later, on another stack");
}

TEST(overflow_catch_keeps_an_alternate_stack, 20)
{
    if (!skip_late_handlers())
        expect_overflow(have_a_large_one);
}

static void set_one_later(void)
{
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    set_own(LARGE);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    use_own();
}

TEST(overflow_catch_keeps_a_later_alternate_stack, 20)
{
    if (!skip_late_handlers())
        expect_overflow(set_one_later);
}

static void have_a_small_one(void)
{
    set_own(LARGE);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    /* less than thrum's own, which is given then: the room is not less than it was */
    const size_t page = system_page_size();
    size_t small = (system_signal_frame() + 2048 + page - 1) & ~(page - 1);
    set_own(small);
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    CHILD_CHECK(stack_of_caller().size >= small);
}

TEST(overflow_catch_replaces_a_small_alternate_stack, 20)
{
    expect_overflow(have_a_small_one);
}

/* --- a handler for once ------------------------------------------------------------------------- */

static void note(int signal)
{
    (void)signal;
    text_print("once\n");
}

static void fault_again(void *unused)
{
    char *nowhere = (char *)16;
    (void)unused;
    CHILD_CHECK(system_handle(SYSTEM_SIGNAL_SEGV, note, SYSTEM_ONCE));
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
    __asm__("" : "+r"(nowhere)); /* nobody knows what it points to */
    *(volatile char *)nowhere = 1;
}

TEST(overflow_catch_calls_a_handler_for_once_once, 10)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(fault_again, NULL, 3000, child)))
        return;
    if (!CHECK_EQ(child->signal, SYSTEM_SIGNAL_SEGV) || !CHECK(text_equal(child->output, "once\n")))
        test_note_child(child);
}
