/* thrum_stack_info: where a stack is, how large, and how much of it a thread has used. */
#include "../support/thread_system.h"
#include "../test.h"
#include "arch/arch.h"
#include "os/os.h"

/* Much, of a stack for which there was no wish. */
#define MUCH (THRUM_OS_STACK_DEFAULT / 2 < 524288 ? THRUM_OS_STACK_DEFAULT / 2 : 524288)

/* Uses the next `bytes` of stack, as deep calls would. */
static __attribute__((noinline)) void dirty(size_t bytes)
{
    volatile char *low = __builtin_alloca(bytes);
    for (size_t i = bytes; i > 0; --i)
        low[i - 1] = 1;
}

struct marks {
    size_t dirt;
    thrum_stack before, after;
    bool within;
};

static void *dirty_and_note(void *argument)
{
    struct marks *marks = argument;
    CHECK_EQ(thrum_stack_info(thrum_self(), &marks->before), THRUM_OK);
    dirty(marks->dirt);
    CHECK_EQ(thrum_stack_info(thrum_self(), &marks->after), THRUM_OK);
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    uintptr_t low = (uintptr_t)marks->after.base;
    marks->within = here > low && here <= low + marks->after.size;
    return NULL;
}

static bool skip_untold(void)
{
    if (!system_tells_resident_pages())
        test_skip("the system does not tell which pages of a stack are in use");
    return !system_tells_resident_pages();
}

TEST(stack_info_tells_base_and_size, 5)
{
    if (skip_untold())
        return;
    static const size_t sizes[] = { 0, 16384, 65536, 300000 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        struct marks marks = { .dirt = 1024 };
        thrum_thread *thread = NULL;
        CHECK(thrum_spawn(&thread, dirty_and_note, &marks,
                          &(thrum_spawn_options){ .stack_size = sizes[i] }) == THRUM_OK);
        test_join(thread);
        size_t asked = sizes[i] ? sizes[i] : THRUM_OS_STACK_DEFAULT;
        CHECK(marks.within);
        CHECK(marks.after.size >= asked);
        CHECK(marks.after.used > 0 && marks.after.used <= marks.after.size);
    }
}

TEST(stack_info_used_grows_with_use, 5)
{
    if (skip_untold())
        return;
    static const size_t dirts[] = { 4096, 50000, 200000, 1 << 20, 5 << 20 };
    for (size_t i = 0; i < sizeof dirts / sizeof *dirts; ++i) {
        struct marks marks = { .dirt = dirts[i] };
        thrum_thread *thread = NULL;
        CHECK(thrum_spawn(&thread, dirty_and_note, &marks,
                          &(thrum_spawn_options){ .stack_size = 8 << 20 }) == THRUM_OK);
        test_join(thread);
        CHECK(marks.after.used >= dirts[i]);
        CHECK(marks.after.used <= dirts[i] + 32768);
        CHECK(marks.before.used <= 32768);
        CHECK(marks.after.used >= marks.before.used);
    }
}

/* design.md: a reused stack does not count an earlier thread's dirt. Whether the next thread got
 * the same mapping is seen from its base. */
TEST(stack_info_of_a_reused_stack_is_fresh, 10)
{
    if (skip_untold())
        return;
    uint32_t reused = 0;
    for (int i = 0; i < 50; ++i) {
        struct marks large = { .dirt = MUCH }, small = { .dirt = 1024 };
        test_join(test_spawn(dirty_and_note, &large));
        test_join(test_spawn(dirty_and_note, &small));
        CHECK(large.after.used >= MUCH);
        CHECK(small.after.used <= 32768);
        reused += small.after.base == large.after.base;
    }
    test_note("%u of 50 had the same stack", reused);
}

static thrum_event told, leave;

static void *use_and_wait(void *dirt)
{
    dirty(*(size_t *)dirt);
    thrum_event_set(&told);
    thrum_event_wait(&leave);
    return NULL;
}

TEST(stack_info_of_another, 5)
{
    if (skip_untold())
        return;
    size_t dirt = MUCH;
    thrum_stack info = { 0 };
    thrum_event_reset(&told);
    thrum_event_reset(&leave);
    thrum_thread *thread = test_spawn(use_and_wait, &dirt);
    if (!thread)
        return;
    thrum_event_wait(&told);
    CHECK_EQ(thrum_stack_info(thread, &info), THRUM_OK);
    CHECK(info.used >= dirt && info.used <= dirt + 32768);
    CHECK(system_is_mapped(info.base, info.size));
    thrum_event_set(&leave);
    test_join(thread);
}

/* Of main: the limit it may grow to; its use grows as well. */
TEST(stack_info_of_main, 5)
{
    if (skip_untold())
        return;
    thrum_stack before = { 0 }, after = { 0 };
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    CHECK_EQ(thrum_stack_info(thrum_self(), &before), THRUM_OK);
    uintptr_t low = (uintptr_t)before.base;
    CHECK(here > low && here < low + before.size);
    CHECK_EQ(before.guard_size, 0);
    CHECK(before.used > 0 && before.used <= before.size);
    CHECK(before.used >= (THRUM_ARCH_STACK_GROWS_UP ? here - low : low + before.size - here));
    size_t much = before.size / 2 < 400000 ? before.size / 2 : 400000; /* the limit may be low */
    dirty(much);
    CHECK_EQ(thrum_stack_info(thrum_self(), &after), THRUM_OK);
    CHECK(after.base == before.base);
    CHECK(after.used >= much);
    CHECK(after.used >= before.used);
    test_note("main: %l of %l bytes used", (uint64_t)after.used, (uint64_t)after.size);
}

static void *look_at_main(void *main_thread)
{
    static thrum_stack info;
    return thrum_stack_info(main_thread, &info) == THRUM_OK && info.used > 0 ? &info : NULL;
}

TEST(stack_info_of_main_by_another, 5)
{
    if (skip_untold())
        return;
    thrum_stack own = { 0 };
    const thrum_stack *seen = test_join(test_spawn(look_at_main, thrum_self()));
    thrum_stack_info(thrum_self(), &own);
    if (CHECK(seen != NULL))
        CHECK(seen->base == own.base && seen->size == own.size);
}
