/* What is otherwise on WASI: what the system has nothing of, marks in place of guards, memory that grows
 * and never shrinks. */
#include "../../support/thread_system.h"
#include "../../test.h"
#include "os/os.h"

static thrum_event leave;

static void *wait_to_leave(void *unused)
{
    (void)unused;
    thrum_event_wait(&leave);
    return NULL;
}

static void *nothing(void *argument)
{
    return argument;
}

TEST(wasi_keeps_names_to_itself, 5)
{
    char name[THRUM_NAME_SIZE], before[THRUM_NAME_SIZE];
    thrum_get_name(thrum_self(), before);
    CHECK_EQ(thrum_set_name(thrum_self(), "chief"), THRUM_UNSUPPORTED);
    thrum_get_name(thrum_self(), name);
    CHECK(text_equal(name, "chief"));
    CHECK_EQ(thrum_set_name(thrum_self(), before), THRUM_UNSUPPORTED);
    thrum_thread *thread = test_spawn(nothing, NULL);
    const thrum_time end = thrum_after(test_ms(3000));
    thrum_status status = THRUM_UNSUPPORTED;
    while (status == THRUM_UNSUPPORTED && thrum_now() < end)
        status = thrum_set_name(thread, "other");
    CHECK_EQ(status, THRUM_NOT_FOUND); /* it has ended */
    test_join(thread);
}

TEST(wasi_has_no_affinity, 5)
{
    unsigned cpu = 0;
    size_t count = 0;
    CHECK_EQ(thrum_set_affinity(thrum_self(), &cpu, 1), THRUM_UNSUPPORTED);
    CHECK_EQ(thrum_get_affinity(thrum_self(), &cpu, 1, &count), THRUM_UNSUPPORTED);
    CHECK_EQ(thrum_cpu_count(), 1);
}

TEST(wasi_catches_no_faults, 5)
{
    uint32_t threads = test_thread_count();
    CHECK_EQ(thrum_catch_overflow(), THRUM_UNSUPPORTED);
    test_join(test_spawn(nothing, NULL));
    CHECK_EQ(test_thread_count(), threads);
}

/* --- marks ------------------------------------------------------------------------------------ */

static void *write_below(void *at)
{
    thrum_stack info;
    CHECK(thrum_stack_info(thrum_self(), &info) == THRUM_OK);
    CHECK(info.guard_size >= 4096);
    ((volatile char *)info.base)[*(ptrdiff_t *)at] = 1;
    return NULL;
}

static void *dump_below(void *at)
{
    write_below(at);
    thrum_dump(2);
    return NULL;
}

static struct {
    void *(*run)(void *argument);
    ptrdiff_t at;
    size_t stack_size;
} overflow;

static void spawn_overflow(void *unused)
{
    thrum_thread *thread = NULL;
    thrum_spawn_options options = { .name = "icarus", .stack_size = overflow.stack_size };
    (void)unused;
    thrum_set_fatal_hook(NULL);
    CHILD_CHECK(thrum_spawn(&thread, overflow.run, &overflow.at, &options) == THRUM_OK);
    CHILD_CHECK(thrum_join(thread, NULL) == THRUM_OK);
}

static struct system_child *run_overflow(void *(*run)(void *), ptrdiff_t at, size_t stack_size)
{
    overflow.run = run;
    overflow.at = at;
    overflow.stack_size = stack_size;
    return CHECK(system_run(spawn_overflow, NULL, 5000, test_child())) ? test_child() : NULL;
}

/* Its first byte, its last, and the byte before, which is the stack's own. */
TEST(wasi_overflow_is_told_at_the_end, 20)
{
    static const ptrdiff_t beyond[] = { -1, -100, -4096 };
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; ++i) {
        struct system_child *child = run_overflow(write_below, beyond[i], 65536);
        if (!child)
            return;
        if (!CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT) ||
            !CHECK(text_find(child->output, "\"icarus\" has overflowed its stack of 6") != NULL))
            test_note_child(child);
    }
    struct system_child *child = run_overflow(write_below, 0, 65536);
    if (child && !CHECK_EQ(child->exit_status, 0))
        test_note_child(child);
}

TEST(wasi_overflow_is_dumped, 10)
{
    struct system_child *child = run_overflow(dump_below, -8, 32768);
    char line[256];
    if (!child)
        return;
    CHECK(text_line_with(child->output, "(dumps)", line, sizeof line));
    CHECK(text_find(line, "\"icarus\"") != NULL && text_find(line, ", overflowed") != NULL);
}

/* The mark of a mapping that is used again is whole. */
TEST(wasi_marks_last, 10)
{
    static const ptrdiff_t at = 64;
    for (uint32_t i = 0; i < test_scale(500, 20); ++i)
        test_join(test_spawn(write_below, (void *)(uintptr_t)&at));
}

/* --- memory and refusals ---------------------------------------------------------------------- */

static void check_zero(const char *memory, size_t size)
{
    size_t set = 0;
    for (size_t i = 0; i < size; ++i)
        set += memory[i] != 0;
    CHECK_EQ(set, 0);
}

/* Pieces of all sizes, given back in another order: nothing overlaps, all is zeroed, and the memory does
 * not grow with each round. */
TEST(wasi_memory_is_used_again, 20)
{
    enum { PIECES = 24, ROUNDS = 60, PAGE = 4096 };
    static struct {
        char *memory;
        size_t size;
    } pieces[PIECES];
    uint64_t random = test_seed();
    size_t grown = 0;
    for (unsigned round = 0; round < ROUNDS; ++round) {
        for (unsigned i = 0; i < PIECES; ++i) {
            pieces[i].size = PAGE * (1 + test_pick(&random, 20));
            pieces[i].memory = thrum_os_map(pieces[i].size);
            if (!CHECK(pieces[i].memory != NULL))
                return;
            check_zero(pieces[i].memory, pieces[i].size);
            __builtin_memset(pieces[i].memory, (int)i + 1, pieces[i].size);
        }
        for (unsigned i = 0; i < PIECES; ++i) {
            unsigned at = (i * 7 + round) % PIECES; /* 7 and 24 have no divisor in common */
            CHECK(pieces[at].memory[0] == (char)(at + 1));
            CHECK(pieces[at].memory[pieces[at].size - 1] == (char)(at + 1));
            thrum_os_unmap(pieces[at].memory, pieces[at].size);
        }
        if (round == ROUNDS / 4)
            grown = system_address_space();
    }
    /* a little: sizes are random, and what is free is in pieces */
    CHECK(system_address_space() <= grown + ((size_t)1 << 20));
}

static void meet_limits(void *unused)
{
    enum { MOST = 6 };
    thrum_thread *threads[MOST] = { NULL }, *last = NULL;
    thrum_spawn_options huge = { .stack_size = (size_t)1 << 30 };
    (void)unused;
    size_t space = system_address_space();
    for (int i = 0; i < 10; ++i)
        CHILD_CHECK(thrum_spawn(&last, nothing, NULL, &huge) == THRUM_NO_MEMORY && last == NULL);
    CHILD_CHECK(system_address_space() == space);

    CHILD_CHECK(system_limit_threads(1 + MOST));
    for (int i = 0; i < MOST; ++i)
        CHILD_CHECK(thrum_spawn(&threads[i], wait_to_leave, NULL, NULL) == THRUM_OK);
    space = system_address_space();
    for (int i = 0; i < 50; ++i) {
        thrum_spawn_options options = { .detached = i % 2 };
        CHILD_CHECK(thrum_spawn(&last, wait_to_leave, NULL, &options) == THRUM_THREAD_LIMIT);
        CHILD_CHECK(last == NULL);
    }
    CHILD_CHECK(test_thread_count() == 1 + MOST);
    CHILD_CHECK(system_address_space() <= space + ((size_t)1 << 20));
    CHILD_CHECK(system_limit_threads(100));
    thrum_event_set(&leave);
    for (int i = 0; i < MOST; ++i)
        CHILD_CHECK(thrum_join(threads[i], NULL) == THRUM_OK);
    CHILD_CHECK(thrum_spawn(&last, nothing, &leave, NULL) == THRUM_OK);
    CHILD_CHECK(test_join(last) == &leave);
    thrum_exit(NULL); /* none that was refused is counted: this is the last one out */
}

TEST(wasi_refusals, 20)
{
    test_in_child(meet_limits, NULL, 10000);
}

/* Threads that exit from depth park in the engine; their memory is used again all the same. */
static __attribute__((noinline)) void exit_from(unsigned depth, void *result)
{
    volatile char frame[128];
    frame[0] = (char)depth;
    if (depth == 0)
        thrum_exit(result);
    exit_from(depth - 1, result);
    frame[1] = frame[0];
}

static void *exit_deep(void *result)
{
    exit_from(20, result);
    return NULL;
}

TEST(wasi_parked_threads_keep_no_memory, 30)
{
    char result;
    test_join(test_spawn(exit_deep, &result));
    size_t space = system_address_space();
    for (uint32_t i = 0; i < test_scale(100, 8); ++i)
        CHECK(test_join(test_spawn(exit_deep, &result)) == &result);
    CHECK_EQ(system_address_space(), space);
}
