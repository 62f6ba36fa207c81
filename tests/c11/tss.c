/* Thread-specific storage of ISO C11 (7.26.6). */
#include "c11.h"

_Static_assert(TSS_DTOR_ITERATIONS >= 1, "what the standard asks for");

static int values[4];

static int keep_own(void *argument)
{
    tss_t key = *(tss_t *)argument;
    CHECK(tss_get(key) == NULL);
    CHECK_EQ(tss_set(key, &values[1]), thrd_success);
    CHECK(tss_get(key) == &values[1]);
    thrd_yield();
    CHECK(tss_get(key) == &values[1]);
    CHECK_EQ(tss_set(key, NULL), thrd_success);
    CHECK(tss_get(key) == NULL);
    CHECK_EQ(tss_set(key, &values[2]), thrd_success);
    return tss_get(key) == &values[2];
}

TEST(c11_tss_is_each_threads_own, 10)
{
    tss_t key;
    thrd_t threads[4];
    CHECK_EQ(tss_create(&key, NULL), thrd_success);
    CHECK(tss_get(key) == NULL);
    CHECK_EQ(tss_set(key, &values[0]), thrd_success);
    for (int i = 0; i < 4; ++i)
        if (!start(&threads[i], keep_own, &key))
            return;
    for (int i = 0; i < 4; ++i)
        CHECK_EQ(join(threads[i]), 1);
    CHECK(tss_get(key) == &values[0]);
    tss_delete(key);
}

/* A key that is created while a thread runs is there for it too. */
struct late {
    struct gate gate;
    tss_t key;
};

static int use_late_key(void *argument)
{
    struct late *late = argument;
    gate_add(&late->gate, 1);
    gate_await(&late->gate, 2);
    CHECK(tss_get(late->key) == NULL);
    CHECK_EQ(tss_set(late->key, late), thrd_success);
    return tss_get(late->key) == late;
}

TEST(c11_tss_created_after_the_thread, 10)
{
    struct late late;
    thrd_t thread;
    gate_init(&late.gate);
    if (!start(&thread, use_late_key, &late))
        return;
    gate_await(&late.gate, 1);
    CHECK_EQ(tss_create(&late.key, NULL), thrd_success);
    gate_add(&late.gate, 1);
    CHECK_EQ(join(thread), 1);
    tss_delete(late.key);
    gate_destroy(&late.gate);
}

/* The whole of a key's life again and again: a new one holds nothing of an old one. */
TEST(c11_tss_keys_come_back, 20)
{
    for (uint32_t i = 0; i < test_scale(5000, 100); ++i) {
        tss_t key;
        if (!CHECK_EQ(tss_create(&key, NULL), thrd_success))
            return;
        CHECK(tss_get(key) == NULL);
        CHECK_EQ(tss_set(key, &key), thrd_success);
        tss_delete(key);
    }
}

TEST(c11_tss_keys_run_out, 10)
{
    enum { MOST = 100000 };
    static tss_t keys[MOST];
    int count = 0, result = thrd_success;
    while (count < MOST && (result = tss_create(&keys[count], NULL)) == thrd_success)
        ++count;
    CHECK(count >= 100);
    CHECK_EQ(result, thrd_error);
    while (count > 0)
        tss_delete(keys[--count]);
    CHECK_EQ(tss_create(&keys[0], NULL), thrd_success);
    tss_delete(keys[0]);
}

/* --- destructors ------------------------------------------------------------------------------ */

/* Written by one thread at a time, read when that is joined. */
static tss_t first, second;
static int first_runs, second_runs;
static void *first_value;
static bool empty_by_then;

static void destroy_first(void *value)
{
    ++first_runs;
    first_value = value;
    empty_by_then = tss_get(first) == NULL;
}

static int set_first(void *value)
{
    CHECK_EQ(tss_set(first, value), thrd_success);
    return 0;
}

static int set_first_and_exit(void *value)
{
    CHECK_EQ(tss_set(first, value), thrd_success);
    thrd_exit(0);
}

TEST(c11_tss_destructor_gets_the_value, 10)
{
    static const thrd_start_t ways[] = { set_first, set_first_and_exit };
    for (int i = 0; i < 2; ++i) {
        first_runs = 0;
        first_value = NULL;
        empty_by_then = false;
        CHECK_EQ(tss_create(&first, destroy_first), thrd_success);
        CHECK_EQ(in_thread(ways[i], &values[3]), 0);
        CHECK_EQ(first_runs, 1);
        CHECK(first_value == &values[3]);
        CHECK(empty_by_then);
        CHECK_EQ(in_thread(ways[i], NULL), 0); /* none for a null pointer */
        CHECK_EQ(first_runs, 1);
        tss_delete(first);
    }
}

/* For its own key it sets a value each time. */
static void set_again(void *value)
{
    ++first_runs;
    CHECK_EQ(tss_set(first, value), thrd_success);
}

TEST(c11_tss_destructors_run_so_many_rounds, 10)
{
    first_runs = 0;
    CHECK_EQ(tss_create(&first, set_again), thrd_success);
    CHECK_EQ(in_thread(set_first, values), 0);
    CHECK_EQ(first_runs, TSS_DTOR_ITERATIONS);
    tss_delete(first);
}

/* Each destructor fills the other's key once: both run, whichever is first. */
static void destroy_and_set_second(void *value)
{
    if (++first_runs == 1)
        CHECK_EQ(tss_set(second, value), thrd_success);
}

static void destroy_and_set_first(void *value)
{
    if (++second_runs == 1)
        CHECK_EQ(tss_set(first, value), thrd_success);
}

static int set_second(void *value)
{
    CHECK_EQ(tss_set(second, value), thrd_success);
    return 0;
}

TEST(c11_tss_destructors_of_two_keys, 10)
{
    for (int order = 0; order < 4; ++order) {
        first_runs = second_runs = 0;
        for (int i = 0; i < 2; ++i) {
            if (i == order % 2)
                CHECK_EQ(tss_create(&first, destroy_and_set_second), thrd_success);
            else
                CHECK_EQ(tss_create(&second, destroy_and_set_first), thrd_success);
        }
        CHECK_EQ(in_thread(order < 2 ? set_first : set_second, values), 0);
        /* one began, the other was filled by it, and filled the first again */
        CHECK_EQ(first_runs, order < 2 ? 2 : 1);
        CHECK_EQ(second_runs, order < 2 ? 1 : 2);
        tss_delete(first);
        tss_delete(second);
    }
}

static int set_then_wait(void *gate)
{
    CHECK_EQ(tss_set(first, gate), thrd_success);
    gate_add(gate, 1);
    gate_await(gate, 2);
    return 0;
}

TEST(c11_tss_delete_runs_no_destructor, 10)
{
    struct gate gate;
    thrd_t thread;
    gate_init(&gate);
    first_runs = 0;
    CHECK_EQ(tss_create(&first, destroy_first), thrd_success);
    CHECK_EQ(tss_set(first, &gate), thrd_success);
    if (!start(&thread, set_then_wait, &gate))
        return;
    gate_await(&gate, 1);
    tss_delete(first);
    CHECK_EQ(first_runs, 0);
    gate_add(&gate, 1);
    CHECK_EQ(join(thread), 0);
    CHECK_EQ(first_runs, 0);
    gate_destroy(&gate);
}
