/* thrum_spawn, thrum_join: results, arguments that cannot be right, who may call, misuse. */
#include "../support/thread_system.h"
#include "../test.h"

static void *add_one(void *argument)
{
    return (char *)argument + 1;
}

TEST(spawn_join_gives_result, 5)
{
    thrum_thread *thread = NULL;
    void *result = NULL;
    char place;
    CHECK(thrum_spawn(&thread, add_one, &place, NULL) == THRUM_OK);
    CHECK(thread != NULL);
    CHECK(thrum_join(thread, &result) == THRUM_OK);
    CHECK(result == &place + 1);
}

TEST(spawn_zeroed_options_join_without_result, 5)
{
    thrum_spawn_options options = { 0 };
    thrum_thread *thread = NULL;
    CHECK(thrum_spawn(&thread, add_one, NULL, &options) == THRUM_OK);
    CHECK(thrum_join(thread, NULL) == THRUM_OK);
}

static void refuse(void *(*run)(void *), const thrum_spawn_options *options)
{
    thrum_thread *thread = (thrum_thread *)(void *)&thread;
    CHECK_EQ(thrum_spawn(&thread, run, NULL, options), THRUM_INVALID);
    CHECK(thread == NULL);
}

TEST(spawn_invalid_arguments, 5)
{
    char long_name[THRUM_NAME_MAX + 2];
    for (size_t i = 0; i < sizeof long_name; ++i)
        long_name[i] = i < THRUM_NAME_MAX + 1 ? 'n' : 0;
    uint32_t before = test_thread_count();
    size_t mappings = system_mapping_count();
    refuse(NULL, NULL);
    refuse(add_one, &(thrum_spawn_options){ .name = long_name });
    static const size_t huge[] = { SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 4095, SIZE_MAX - 65536 };
    for (size_t i = 0; i < sizeof huge / sizeof *huge; ++i) {
        refuse(add_one, &(thrum_spawn_options){ .stack_size = huge[i] });
        refuse(add_one, &(thrum_spawn_options){ .guard_size = huge[i] });
        refuse(add_one, &(thrum_spawn_options){ .arg_size = huge[i] });
    }
    size_t half = SIZE_MAX / 2 + 1;
    refuse(add_one, &(thrum_spawn_options){ .stack_size = half, .guard_size = half });
    refuse(add_one, &(thrum_spawn_options){ .stack_size = half, .arg_size = half });
    CHECK_EQ(thrum_spawn(NULL, add_one, NULL, NULL), THRUM_INVALID);
    CHECK_EQ(thrum_spawn(NULL, add_one, NULL, &(thrum_spawn_options){ .stack_size = 65536 }),
             THRUM_INVALID);
    CHECK_EQ(test_thread_count(), before);
    CHECK_EQ(system_mapping_count(), mappings);
}

static void *hold(void *event)
{
    thrum_event_wait(event);
    return NULL;
}

/* Sizes that do not overflow, but are not there: refused by the kernel. Where an address has 32
 * bits, and on s390x with its 2^64 bytes for programs, one or two of them may be, and are taken
 * first; what is smaller is there too then. */
TEST(spawn_more_than_there_is, 5)
{
    static const size_t large[] = { (size_t)PTRDIFF_MAX / 8 * 7, (size_t)PTRDIFF_MAX / 16 * 15,
                                    sizeof(size_t) == 8 ? SIZE_MAX >> 16 : SIZE_MAX / 16 * 7 };
    thrum_event over = THRUM_EVENT_INIT;
    thrum_thread *holders[4];
    size_t held = 0;
    thrum_spawn_options options = { .stack_size = large[0] };
    while (held < 4 && thrum_spawn(&holders[held], hold, &over, &options) == THRUM_OK)
        ++held;
    CHECK(held <= 2);
    const size_t sizes = sizeof(size_t) == 8 && held > 0 ? 2 : 3;
    for (size_t i = 0; i < sizes; ++i) {
        thrum_thread *thread = (thrum_thread *)(void *)&thread;
        options.stack_size = large[i];
        CHECK_EQ(thrum_spawn(&thread, add_one, NULL, &options), THRUM_NO_MEMORY);
        CHECK(thread == NULL);
    }
    thrum_event_set(&over);
    while (held > 0)
        test_join(holders[--held]);
}

/* field.md 3.1, 6: the handle is written before the thread is born. */
static thrum_thread *early_handle;

static void *compare_handle(void *unused)
{
    (void)unused;
    bool same = __atomic_load_n(&early_handle, __ATOMIC_RELAXED) == thrum_self();
    return same ? thrum_self() : NULL;
}

TEST(spawn_writes_handle_before_birth, 20)
{
    uint32_t rounds = test_scale_threads(20000, 100);
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < rounds; ++i) {
        void *result = NULL;
        early_handle = NULL;
        if (!CHECK(thrum_spawn(&early_handle, compare_handle, NULL, NULL) == THRUM_OK))
            return;
        thrum_thread *thread = early_handle;
        thrum_join(thread, &result);
        wrong += result != thread;
    }
    CHECK_EQ(wrong, 0);
}

static uint32_t detached_right;

static void *compare_detached_handle(void *unused)
{
    (void)unused;
    if (__atomic_load_n(&early_handle, __ATOMIC_RELAXED) == thrum_self())
        __atomic_fetch_add(&detached_right, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&early_handle, NULL, __ATOMIC_RELEASE);
    return NULL;
}

TEST(spawn_writes_detached_handle_before_birth, 20)
{
    uint32_t rounds = test_scale_threads(5000, 50);
    thrum_spawn_options detached = { .detached = true };
    detached_right = 0;
    for (uint32_t i = 0; i < rounds; ++i) {
        if (!CHECK(thrum_spawn(&early_handle, compare_detached_handle, NULL, &detached) ==
                   THRUM_OK))
            return;
        while (__atomic_load_n(&early_handle, __ATOMIC_ACQUIRE))
            thrum_yield();
    }
    CHECK_EQ(detached_right, rounds);
}

struct ids {
    thrum_thread *self;
    uint64_t id, kernel_id;
};

static void *note_ids(void *argument)
{
    struct ids *ids = argument;
    ids->self = thrum_self();
    ids->id = thrum_id();
    ids->kernel_id = system_thread_id();
    return NULL;
}

TEST(thread_ids_are_the_kernels, 5)
{
    CHECK_EQ(thrum_id(), system_thread_id());
    CHECK_EQ(thrum_thread_id(thrum_self()), thrum_id());
    for (int i = 0; i < 20; ++i) {
        struct ids ids = { NULL, 0, 0 };
        thrum_thread *thread = test_spawn(note_ids, &ids);
        uint64_t id = thread ? thrum_thread_id(thread) : 0;
        test_join(thread);
        CHECK(ids.self == thread);
        CHECK_EQ(ids.id, ids.kernel_id);
        CHECK_EQ(ids.id, id);
        CHECK(ids.id != thrum_id());
    }
}

/* A child spawns, its parent's spawner joins the grandchild. */
static thrum_thread *grandchild;

static void *spawn_grandchild(void *argument)
{
    grandchild = test_spawn(add_one, argument);
    return NULL;
}

TEST(join_from_another_than_the_spawner, 5)
{
    char place;
    test_join(test_spawn(spawn_grandchild, &place));
    CHECK(test_join(grandchild) == &place + 1);
}

static void *spawn_chain(void *argument)
{
    uintptr_t depth = (uintptr_t)argument;
    if (depth == 0)
        return NULL;
    void *deeper = test_join(test_spawn(spawn_chain, (void *)(depth - 1)));
    return (void *)((uintptr_t)deeper + 1);
}

TEST(spawn_from_threads, 10)
{
    uint32_t depth = test_scale(200, 20);
    CHECK_EQ((uintptr_t)spawn_chain((void *)(uintptr_t)depth), depth);
}

static void *spawn_many(void *argument)
{
    uint32_t count = *(uint32_t *)argument;
    uintptr_t sum = 0;
    for (uintptr_t i = 0; i < count; ++i)
        sum += (uintptr_t)test_join(test_spawn(add_one, (void *)i)) - i;
    return (void *)sum;
}

TEST(spawn_from_four_threads_at_once, 20)
{
    uint32_t count = test_scale_threads(3000, 50);
    thrum_thread *threads[4];
    for (int i = 0; i < 4; ++i)
        threads[i] = test_spawn(spawn_many, &count);
    for (int i = 0; i < 4; ++i)
        CHECK_EQ((uintptr_t)test_join(threads[i]), count);
}

/* --- time-outs -------------------------------------------------------------------------------- */

static void *wait_for_event(void *argument)
{
    thrum_event_wait(argument);
    return argument;
}

TEST(join_until_times_out_then_joins, 5)
{
    thrum_event go = THRUM_EVENT_INIT;
    thrum_thread *thread = test_spawn(wait_for_event, &go);
    void *result = &go;
    if (!thread)
        return;
    CHECK_EQ(thrum_join_until(thread, &result, 0), THRUM_TIMED_OUT);
    CHECK_EQ(thrum_join_until(thread, &result, 1), THRUM_TIMED_OUT);
    CHECK_EQ(thrum_join_until(thread, NULL, thrum_now()), THRUM_TIMED_OUT);
    thrum_time start = thrum_now();
    CHECK_EQ(thrum_join_until(thread, &result, start + test_ms(20)), THRUM_TIMED_OUT);
    CHECK(thrum_now() - start >= test_ms(20));
    thrum_event_set(&go);
    result = NULL;
    CHECK_EQ(test_join_soon(thread, &result), THRUM_OK);
    CHECK(result == &go);
}

TEST(join_until_far_deadlines, 5)
{
    static const thrum_time far[] = { THRUM_FOREVER, THRUM_FOREVER - 1, (thrum_time)1 << 63,
                                      ((thrum_time)1 << 63) - 1, (thrum_time)1 << 62 };
    for (size_t i = 0; i < sizeof far / sizeof *far; ++i) {
        thrum_thread *thread = test_spawn(add_one, NULL);
        if (thread)
            CHECK_EQ(thrum_join_until(thread, NULL, far[i]), THRUM_OK);
    }
}

TEST(join_until_past_takes_an_ended_thread, 5)
{
    thrum_thread *thread = test_spawn(add_one, NULL);
    if (!thread)
        return;
    thrum_time limit = thrum_after(test_ms(2000));
    thrum_status status;
    do
        status = thrum_join_until(thread, NULL, 0);
    while (status == THRUM_TIMED_OUT && !test_late(limit));
    CHECK_EQ(status, THRUM_OK);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static void join_self(void *unused)
{
    (void)unused;
    thrum_join(thrum_self(), NULL);
}

static void join_self_until(void *unused)
{
    (void)unused;
    (void)!thrum_join_until(thrum_self(), NULL, 0);
}

TEST(join_of_self_is_misuse, 5)
{
    const char *line = test_fatal(join_self, NULL);
    CHECK(text_begins(line, "thrum: "));
    CHECK(test_contains(line, "join"));
    test_note("%s", line);
    line = test_fatal(join_self_until, NULL);
    CHECK(text_begins(line, "thrum: "));
}

static void detach_argument(void *thread)
{
    thrum_detach(thread);
}

static void join_argument(void *thread)
{
    thrum_join(thread, NULL);
}

TEST(second_detach_is_misuse, 5)
{
    static thrum_event go; /* the detached thread may look at it after this test's end */
    thrum_event_reset(&go);
    thrum_thread *thread = test_spawn(wait_for_event, &go);
    if (!thread)
        return;
    CHECK(thrum_detach(thread) == THRUM_OK);
    const char *line = test_fatal(detach_argument, thread);
    CHECK(text_begins(line, "thrum: "));
    CHECK(test_contains(line, "detach"));
    CHECK(test_contains_number(line, thrum_thread_id(thread)));
    test_note("%s", line);
    line = test_fatal(join_argument, thread);
    CHECK(text_begins(line, "thrum: "));
    test_note("%s", line);
    thrum_event_set(&go);
}

static void *join_in_thread(void *thread)
{
    thrum_join(thread, NULL);
    return NULL;
}

TEST(second_join_while_one_waits_is_misuse, 5)
{
    thrum_event go = THRUM_EVENT_INIT;
    thrum_thread *thread = test_spawn(wait_for_event, &go);
    thrum_thread *joiner = test_spawn(join_in_thread, thread);
    thrum_sleep_until(thrum_after(test_ms(30)));
    const char *line = test_fatal(join_argument, thread);
    CHECK(text_begins(line, "thrum: "));
    CHECK(test_contains(line, "join"));
    test_note("%s", line);
    line = test_fatal(detach_argument, thread);
    CHECK(text_begins(line, "thrum: "));
    thrum_event_set(&go);
    test_join(joiner);
}
