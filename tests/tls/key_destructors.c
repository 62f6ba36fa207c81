/* Destructors of keys: called once with the value, again while they set values, four rounds at
 * most; for whom, and when not (field.md 3.3, 39). */
#include "../support/thread_system.h"
#include "../test.h"

static thrum_tls_key key, other;
static uint32_t calls;
static void *last_value;
static bool slot_was_null;
static char values[4];

static void note_call(void *value)
{
    last_value = value;
    slot_was_null = thrum_tls_get(key) == NULL;
    __atomic_fetch_add(&calls, 1, __ATOMIC_RELEASE); /* with both */
}

static void *set_key(void *value)
{
    thrum_tls_set(key, value);
    return NULL;
}

static void *set_twice(void *value)
{
    thrum_tls_set(key, &values[3]);
    thrum_tls_set(key, value);
    return NULL;
}

static void begin(void (*destroy)(void *))
{
    calls = 0;
    last_value = NULL;
    slot_was_null = false;
    CHECK_EQ(thrum_tls_alloc(&key, destroy, 0), THRUM_OK);
}

TEST(destructor_gets_the_value, 5)
{
    begin(note_call);
    test_join(test_spawn(set_twice, &values[1]));
    CHECK_EQ(calls, 1);
    CHECK(last_value == &values[1]);
    CHECK(slot_was_null);
    thrum_tls_free(key);
}

static void *nothing(void *argument)
{
    return argument;
}

TEST(destructor_is_not_called_for_null, 5)
{
    begin(note_call);
    test_join(test_spawn(nothing, NULL));
    test_join(test_spawn(set_twice, NULL));
    CHECK_EQ(calls, 0);
    thrum_tls_free(key);
}

TEST(destructor_is_not_called_by_free, 5)
{
    begin(note_call);
    thrum_tls_set(key, &values[0]);
    thrum_tls_free(key);
    test_join(test_spawn(nothing, NULL));
    CHECK_EQ(calls, 0);
}

static void *set_key_detached(void *value)
{
    thrum_tls_set(key, value);
    return NULL;
}

TEST(destructor_of_a_detached_thread, 5)
{
    thrum_spawn_options detached = { .detached = true };
    begin(note_call);
    CHECK(thrum_spawn(NULL, set_key_detached, &values[2], &detached) == THRUM_OK);
    thrum_time limit = thrum_after(test_ms(3000));
    while (!__atomic_load_n(&calls, __ATOMIC_ACQUIRE) && !test_late(limit))
        thrum_yield();
    CHECK_EQ(calls, 1);
    CHECK(last_value == &values[2]);
    thrum_sleep_until(thrum_after(test_ms(5)));
    thrum_tls_free(key);
}

/* --- rounds ----------------------------------------------------------------------------------- */

static void set_again(void *value)
{
    ++calls;
    thrum_tls_set(key, value);
}

TEST(destructor_that_sets_runs_four_rounds, 5)
{
    begin(set_again);
    test_join(test_spawn(set_key, &values[0]));
    CHECK_EQ(calls, 4);
    thrum_tls_free(key);
}

/* The value of the last round is nobody's; the next thread on the mapping does not meet it. */
static void *look(void *unused)
{
    (void)unused;
    return thrum_tls_get(key);
}

TEST(destructor_leftover_is_no_ghost, 5)
{
    begin(set_again);
    for (int i = 0; i < 100; ++i) {
        test_join(test_spawn(set_key, &values[0]));
        CHECK(test_join(test_spawn(look, NULL)) == NULL);
    }
    thrum_tls_free(key);
}

static uint32_t other_calls;

static void set_other(void *value)
{
    ++calls;
    thrum_tls_set(other, value);
}

static void count_other(void *value)
{
    (void)value;
    ++other_calls;
}

/* Of one key sets another: whichever is walked first, both are destroyed. */
static void set_crosswise(bool other_first)
{
    calls = other_calls = 0;
    if (other_first)
        CHECK_EQ(thrum_tls_alloc(&other, count_other, 0), THRUM_OK);
    CHECK_EQ(thrum_tls_alloc(&key, set_other, 0), THRUM_OK);
    if (!other_first)
        CHECK_EQ(thrum_tls_alloc(&other, count_other, 0), THRUM_OK);
    test_join(test_spawn(set_key, &values[0]));
    CHECK_EQ(calls, 1);
    CHECK_EQ(other_calls, 1);
    thrum_tls_free(key);
    thrum_tls_free(other);
}

TEST(destructor_that_sets_another_key, 5)
{
    set_crosswise(false);
    set_crosswise(true);
}

/* --- keys that come and go in destructors ----------------------------------------------------- */

static void allocate_in_destructor(void *value)
{
    ++calls;
    if (calls > 1)
        return;
    CHECK_EQ(thrum_tls_alloc(&other, count_other, 0), THRUM_OK);
    CHECK(thrum_tls_get(other) == NULL);
    thrum_tls_set(other, value);
}

/* rust #57534: a registration while the list is walked. */
TEST(destructor_that_allocates_a_key, 5)
{
    other_calls = 0;
    begin(allocate_in_destructor);
    test_join(test_spawn(set_key, &values[0]));
    CHECK_EQ(calls, 1);
    CHECK_EQ(other_calls, 1);
    thrum_tls_free(key);
    thrum_tls_free(other);
}

static void free_other(void *value)
{
    (void)value;
    ++calls;
    thrum_tls_free(other);
}

static void *set_both(void *value)
{
    thrum_tls_set(key, value);
    thrum_tls_set(other, value);
    return NULL;
}

TEST(destructor_that_frees_a_key, 5)
{
    calls = other_calls = 0;
    CHECK_EQ(thrum_tls_alloc(&key, free_other, 0), THRUM_OK);
    CHECK_EQ(thrum_tls_alloc(&other, count_other, 0), THRUM_OK);
    test_join(test_spawn(set_both, &values[0]));
    CHECK_EQ(calls, 1);
    CHECK(other_calls <= 1); /* 0 if it was freed before its turn came */
    CHECK_EQ(thrum_tls_alloc(&other, NULL, 0), THRUM_OK);
    CHECK(thrum_tls_get(other) == NULL);
    thrum_tls_free(other);
    thrum_tls_free(key);
}

/* --- what destructors may do ------------------------------------------------------------------ */

static THRUM_THREAD_LOCAL uint32_t variable = 3;
static thrum_mutex mutex;
static bool all_worked;

static void do_everything(void *value)
{
    ++calls;
    variable += 1;
    thrum_mutex_lock(&mutex);
    void *result = test_join(test_spawn(nothing, value));
    thrum_mutex_unlock(&mutex);
    thrum_sleep_until(thrum_after(1000));
    all_worked = result == value && variable == 4 && thrum_id() == system_thread_id() &&
                 thrum_thread_id(thrum_self()) == thrum_id();
}

TEST(destructor_may_spawn_lock_and_sleep, 5)
{
    all_worked = false;
    begin(do_everything);
    test_join(test_spawn(set_key, &values[0]));
    CHECK_EQ(calls, 1);
    CHECK(all_worked);
    thrum_tls_free(key);
}

static uint32_t chain, chain_length;

static void spawn_the_next(void *value)
{
    thrum_spawn_options detached = { .detached = true };
    if (__atomic_add_fetch(&chain, 1, __ATOMIC_RELEASE) < chain_length)
        CHECK(thrum_spawn(NULL, set_key, value, &detached) == THRUM_OK);
}

/* Each thread's destructor spawns the next thread, detached. */
TEST(destructor_spawns_a_chain, 10)
{
    chain = 0;
    chain_length = test_scale_threads(200, 50);
    uint32_t threads = test_thread_count();
    begin(spawn_the_next);
    test_join(test_spawn(set_key, &values[0]));
    thrum_time limit = thrum_after(test_ms(8000));
    while ((__atomic_load_n(&chain, __ATOMIC_ACQUIRE) < chain_length ||
            test_thread_count() > threads) &&
           !test_late(limit))
        thrum_yield();
    CHECK_EQ(chain, chain_length);
    thrum_tls_free(key);
}

/* --- many ------------------------------------------------------------------------------------- */

enum { MANY = 200 };
static thrum_tls_key many[MANY];
static uint32_t many_calls;

static void count_many(void *value)
{
    __atomic_fetch_add(&many_calls, (uint32_t)(uintptr_t)value, __ATOMIC_RELAXED);
}

static void *set_many(void *unused)
{
    for (uintptr_t i = 0; i < MANY; ++i)
        thrum_tls_set(many[i], (void *)(i + 1));
    return unused;
}

TEST(destructors_of_many_keys_in_many_threads, 10)
{
    many_calls = 0;
    for (int i = 0; i < MANY; ++i)
        CHECK_EQ(thrum_tls_alloc(&many[i], count_many, 0), THRUM_OK);
    thrum_thread *threads[10];
    for (int i = 0; i < 10; ++i)
        threads[i] = test_spawn(set_many, NULL);
    for (int i = 0; i < 10; ++i)
        test_join(threads[i]);
    CHECK_EQ(many_calls, 10 * MANY * (MANY + 1) / 2);
    for (int i = 0; i < MANY; ++i)
        thrum_tls_free(many[i]);
}

/* --- main ------------------------------------------------------------------------------------- */

static void print_value(void *value)
{
    text_print(value);
}

static void exit_in_main(void *unused)
{
    (void)unused;
    CHILD_CHECK(thrum_tls_alloc(&key, print_value, 0) == THRUM_OK);
    thrum_tls_set(key, "destroyed\n");
    thrum_exit(NULL);
}

TEST(destructor_runs_for_mains_exit, 5)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(exit_in_main, NULL, 3000, child)))
        return;
    CHECK_EQ(child->exit_status, 0);
    CHECK_EQ(text_count(child->output, "destroyed\n"), 1);
}
