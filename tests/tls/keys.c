/* Keys: own slot, all at once, from any thread at any time, reuse without ghosts, misuse. */
#include "../support/thread_system.h"
#include "../test.h"

static thrum_tls_key key, second;
static char values[16];

static void *check_and_set(void *argument)
{
    bool fresh = thrum_tls_get(key) == NULL;
    thrum_tls_set(key, argument);
    thrum_yield();
    return fresh && thrum_tls_get(key) == argument ? argument : NULL;
}

TEST(key_is_every_threads_own, 5)
{
    CHECK_EQ(thrum_tls_alloc(&key, NULL, 0), THRUM_OK);
    CHECK(thrum_tls_get(key) == NULL);
    thrum_tls_set(key, &values[0]);
    for (int round = 0; round < 50; ++round) {
        thrum_thread *threads[8];
        for (int i = 0; i < 8; ++i)
            threads[i] = test_spawn(check_and_set, &values[i + 1]);
        for (int i = 0; i < 8; ++i)
            CHECK(test_join(threads[i]) == &values[i + 1]);
    }
    CHECK(thrum_tls_get(key) == &values[0]);
    thrum_tls_set(key, NULL);
    CHECK(thrum_tls_get(key) == NULL);
    thrum_tls_free(key);
}

TEST(key_unknown_flags_are_invalid, 5)
{
    static const unsigned flags[] = { 2, 3, 4, 0x80000000u, 0xffffffffu, 0xfffffffeu };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; ++i) {
        key.private_word = 1;
        CHECK_EQ(thrum_tls_alloc(&key, NULL, flags[i]), THRUM_INVALID);
        CHECK_EQ(key.private_word, 0);
    }
}

/* --- from any thread, at any time ------------------------------------------------------------- */

static thrum_event allocated, looked;

static void *run_before_the_key(void *argument)
{
    thrum_event_wait(&allocated);
    bool fresh = thrum_tls_get(key) == NULL;
    thrum_tls_set(key, argument);
    thrum_event_set(&looked);
    return fresh && thrum_tls_get(key) == argument ? argument : NULL;
}

static void *allocate_key(void *unused)
{
    CHECK_EQ(thrum_tls_alloc(&key, NULL, 0), THRUM_OK);
    return unused;
}

TEST(key_allocated_while_threads_run, 5)
{
    thrum_event_reset(&allocated);
    thrum_event_reset(&looked);
    thrum_thread *thread = test_spawn(run_before_the_key, &values[3]);
    test_join(test_spawn(allocate_key, NULL)); /* not by main: Myrddin could only there */
    thrum_event_set(&allocated);
    thrum_event_wait(&looked);
    CHECK(thrum_tls_get(key) == NULL);
    CHECK(test_join(thread) == &values[3]);
    thrum_tls_free(key);
}

/* --- all of them ------------------------------------------------------------------------------ */

static thrum_tls_key all[THRUM_KEY_MAX + 8];

static uint32_t allocate_all(void)
{
    uint32_t count = 0;
    thrum_status status = THRUM_OK;
    while (count < THRUM_KEY_MAX + 8 &&
           (status = thrum_tls_alloc(&all[count], NULL, 0)) == THRUM_OK)
        ++count;
    CHECK_EQ(status, THRUM_KEY_LIMIT);
    CHECK_EQ(all[count].private_word, 0);
    return count;
}

static void *use_all(void *argument)
{
    uint32_t count = *(uint32_t *)argument, wrong = 0;
    for (uint32_t i = 0; i < count; ++i) {
        wrong += thrum_tls_get(all[i]) != NULL;
        thrum_tls_set(all[i], (void *)(uintptr_t)(i + thrum_id()));
    }
    for (uint32_t i = 0; i < count; ++i)
        wrong += (uintptr_t)thrum_tls_get(all[i]) != i + thrum_id();
    return (void *)(uintptr_t)wrong;
}

TEST(key_max_at_once, 10)
{
    for (int round = 0; round < 3; ++round) {
        uint32_t count = allocate_all();
        CHECK_EQ(count, THRUM_KEY_MAX); /* nobody else keeps one here */
        for (uint32_t i = 0; i < count; ++i)
            CHECK(all[i].private_word != 0 &&
                  (i == 0 || all[i].private_word != all[i - 1].private_word));
        thrum_thread *threads[4];
        for (int i = 0; i < 4; ++i)
            threads[i] = test_spawn(use_all, &count);
        CHECK_EQ((uintptr_t)use_all(&count), 0);
        for (int i = 0; i < 4; ++i)
            CHECK_EQ((uintptr_t)test_join(threads[i]), 0);
        for (uint32_t i = 0; i < count; ++i)
            thrum_tls_free(all[i]);
    }
    CHECK_EQ(thrum_tls_alloc(&key, NULL, 0), THRUM_OK);
    thrum_tls_free(key);
}

/* One freed in the middle can be had again, and only one. */
TEST(key_freed_at_the_limit_can_be_had_again, 5)
{
    uint32_t count = allocate_all();
    thrum_tls_free(all[count / 2]);
    CHECK_EQ(thrum_tls_alloc(&all[count / 2], NULL, 0), THRUM_OK);
    CHECK_EQ(thrum_tls_alloc(&key, NULL, 0), THRUM_KEY_LIMIT);
    for (uint32_t i = 0; i < count; ++i)
        thrum_tls_free(all[i]);
}

/* --- ghosts (field.md 3.3, 40) ---------------------------------------------------------------- */

enum { HAUNTED = 8 };
static thrum_barrier step = THRUM_BARRIER_INIT(HAUNTED + 1);

static void *hold_values(void *argument)
{
    uint32_t rounds = *(uint32_t *)argument, ghosts = 0;
    for (uint32_t i = 0; i < rounds; ++i) {
        thrum_barrier_wait(&step); /* the key is there */
        ghosts += thrum_tls_get(key) != NULL;
        thrum_tls_set(key, &values[i % 16]);
        thrum_barrier_wait(&step); /* all have values: it is freed */
    }
    return (void *)(uintptr_t)ghosts;
}

static void *free_key(void *unused)
{
    thrum_tls_free(key);
    return unused;
}

TEST(key_reused_shows_no_ghosts, 20)
{
    uint32_t rounds = test_scale_threads(500, 20);
    uint64_t state = test_seed();
    thrum_thread *threads[HAUNTED];
    for (int i = 0; i < HAUNTED; ++i)
        threads[i] = test_spawn(hold_values, &rounds);
    for (uint32_t i = 0; i < rounds; ++i) {
        CHECK_EQ(thrum_tls_alloc(&key, NULL, 0), THRUM_OK);
        CHECK(thrum_tls_get(key) == NULL);
        thrum_tls_set(key, &values[1]);
        thrum_barrier_wait(&step);
        thrum_barrier_wait(&step);
        if (test_pick(&state, 4) == 0)
            test_join(test_spawn(free_key, NULL)); /* by a thread that never used it */
        else
            free_key(NULL);
    }
    for (int i = 0; i < HAUNTED; ++i)
        CHECK_EQ((uintptr_t)test_join(threads[i]), 0);
}

/* A mapping whose last thread left values behind serves the next thread. */
static void *leave_a_value(void *argument)
{
    bool ghost = thrum_tls_get(key) != NULL || thrum_tls_get(second) != NULL;
    thrum_tls_set(key, argument);
    thrum_tls_set(second, argument);
    return ghost ? argument : NULL;
}

TEST(key_of_a_reused_mapping_is_null, 10)
{
    uint32_t rounds = test_scale_threads(1000, 50);
    CHECK_EQ(thrum_tls_alloc(&key, NULL, 0), THRUM_OK);
    for (uint32_t i = 0; i < rounds; ++i) {
        CHECK_EQ(thrum_tls_alloc(&second, NULL, 0), THRUM_OK);
        CHECK(test_join(test_spawn(leave_a_value, values)) == NULL);
        CHECK(test_join(test_spawn(leave_a_value, values)) == NULL);
        thrum_tls_free(second);
    }
    thrum_tls_free(key);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static thrum_tls_key wrong_key;

static void get_wrong(void *unused)
{
    (void)unused;
    (void)!thrum_tls_get(wrong_key);
}

static void set_wrong(void *unused)
{
    thrum_tls_set(wrong_key, unused);
}

static void free_wrong(void *unused)
{
    (void)unused;
    thrum_tls_free(wrong_key);
}

static void check_line(void (*misuse)(void *), const char *what)
{
    const char *text = test_fatal(misuse, NULL);
    if (!CHECK(text_begins(text, "thrum: ")) || !CHECK(test_contains(text, "key")))
        test_note("%s of key %u: %s", what, wrong_key.private_word, text);
}

TEST(key_misuse_is_told, 20)
{
    static const uint32_t out_of_range[] = { 0, THRUM_KEY_MAX + 1, 0x7fffffff, 0xffffffff };
    for (size_t i = 0; i < sizeof out_of_range / sizeof *out_of_range; ++i) {
        wrong_key.private_word = out_of_range[i];
        check_line(get_wrong, "get");
        check_line(set_wrong, "set");
        check_line(free_wrong, "free");
    }
    CHECK_EQ(thrum_tls_alloc(&wrong_key, NULL, 0), THRUM_OK);
    thrum_tls_free(wrong_key);
    check_line(set_wrong, "set (freed)");
    check_line(free_wrong, "free (twice)");
    wrong_key.private_word = THRUM_KEY_MAX; /* in range, never allocated here */
    check_line(set_wrong, "set (unallocated)");
    check_line(free_wrong, "free (unallocated)");
    test_note("%s", test_fatal(free_wrong, NULL));
}

/* A key that was freed is not the one that has its slot now. */
TEST(key_freed_is_not_the_next_one_of_its_slot, 20)
{
    static thrum_tls_key others[THRUM_KEY_MAX];
    for (int generation = 0; generation < 3; ++generation) {
        CHECK_EQ(thrum_tls_alloc(&wrong_key, NULL, 0), THRUM_OK);
        thrum_tls_free(wrong_key);
        thrum_tls_key next = THRUM_TLS_KEY_INIT;
        const uint32_t slot = wrong_key.private_word & THRUM_PRIVATE_KEY_INDEX;
        uint32_t count = 0;
        while (thrum_tls_alloc(&next, NULL, 0) == THRUM_OK &&
               (next.private_word & THRUM_PRIVATE_KEY_INDEX) != slot)
            others[count++] = next;
        CHECK_EQ(next.private_word & THRUM_PRIVATE_KEY_INDEX, slot);
        CHECK(next.private_word != wrong_key.private_word);
        thrum_tls_set(next, &wrong_key);
        CHECK(test_contains(test_fatal(set_wrong, NULL), "which was freed"));
        CHECK(test_contains(test_fatal(free_wrong, NULL), "which was freed"));
        CHECK(thrum_tls_get(next) == &wrong_key);
        thrum_tls_free(next);
        while (count > 0)
            thrum_tls_free(others[--count]);
    }
}
