/* Threads of ISO C11 (7.26.5): create, join, detach, exit, equality. */
#include "c11.h"

TEST(c11_results_differ, 5)
{
    static const int results[] = { thrd_success, thrd_busy, thrd_error, thrd_nomem, thrd_timedout };
    enum { COUNT = sizeof results / sizeof *results };
    for (int i = 0; i < COUNT; ++i)
        for (int k = 0; k < i; ++k)
            CHECK(results[i] != results[k]);
}

static int give_back(void *argument)
{
    return *(const int *)argument;
}

TEST(c11_join_gives_the_result, 10)
{
    static const int results[] = { 0,           1, -1, 42, -1000000, LARGEST_INT, SMALLEST_INT + 1,
                                   SMALLEST_INT };
    for (size_t i = 0; i < sizeof results / sizeof *results; ++i) {
        int argument = results[i], result = 7;
        thrd_t thread;
        if (!start(&thread, give_back, &argument))
            return;
        CHECK_EQ(thrd_join(thread, &result), thrd_success);
        CHECK_EQ(result, results[i]);
        if (start(&thread, give_back, &argument))
            CHECK_EQ(thrd_join(thread, NULL), thrd_success);
    }
}

static int is_null(void *argument)
{
    return argument == NULL;
}

TEST(c11_argument_may_be_null, 10)
{
    CHECK_EQ(in_thread(is_null, NULL), 1);
}

/* --- who is who ------------------------------------------------------------------------------- */

static thrd_t main_thread, seen;

static int look_at_self(void *unused)
{
    (void)unused;
    seen = thrd_current();
    return thrd_equal(seen, thrd_current()) != 0 && !thrd_equal(seen, main_thread);
}

TEST(c11_current_is_what_create_gave, 10)
{
    thrd_t thread;
    main_thread = thrd_current();
    CHECK(thrd_equal(main_thread, thrd_current()));
    if (!start(&thread, look_at_self, NULL))
        return;
    CHECK(!thrd_equal(thread, main_thread));
    CHECK_EQ(join(thread), 1);
    CHECK(thrd_equal(thread, seen));
}

static int await_gate(void *gate)
{
    gate_await(gate, 1);
    return 0;
}

TEST(c11_threads_differ, 10)
{
    struct gate gate;
    thrd_t threads[5];
    gate_init(&gate);
    for (int i = 0; i < 5; ++i)
        if (!start(&threads[i], await_gate, &gate))
            return;
    for (int i = 0; i < 5; ++i)
        for (int k = 0; k < 5; ++k)
            CHECK_EQ(thrd_equal(threads[i], threads[k]) != 0, i == k);
    gate_add(&gate, 1);
    for (int i = 0; i < 5; ++i)
        CHECK_EQ(join(threads[i]), 0);
    gate_destroy(&gate);
}

/* --- exit ------------------------------------------------------------------------------------- */

static int exit_from(int depth, int result)
{
    if (depth == 0)
        thrd_exit(result);
    return depth < 0 ? 0 : 1 + exit_from(depth - 1, result); /* 1 +: no tail call */
}

static int exit_deep(void *result)
{
    return exit_from(50, *(const int *)result);
}

TEST(c11_exit_from_any_depth, 10)
{
    static const int results[] = { 0, 5, -5, LARGEST_INT, SMALLEST_INT };
    for (size_t i = 0; i < sizeof results / sizeof *results; ++i) {
        int argument = results[i];
        CHECK_EQ(in_thread(exit_deep, &argument), results[i]);
    }
}

static void exit_in_once(void)
{
    thrd_exit(6);
}

static int exit_within_a_call(void *unused)
{
    once_flag flag = ONCE_FLAG_INIT;
    (void)unused;
    call_once(&flag, exit_in_once);
    return 99;
}

TEST(c11_exit_from_a_callback, 10)
{
    CHECK_EQ(in_thread(exit_within_a_call, NULL), 6);
}

/* --- detach ----------------------------------------------------------------------------------- */

static int go_through(void *gate)
{
    gate_await(gate, 1);
    gate_add(gate, 10);
    return 0;
}

static int detach_itself(void *gate)
{
    CHECK_EQ(thrd_detach(thrd_current()), thrd_success);
    gate_add(gate, 10);
    return 0;
}

/* The gates are static: a detached thread may still be on its way out of one. */
TEST(c11_detached_by_its_creator, 10)
{
    static struct gate gate;
    thrd_t thread;
    gate_init(&gate);
    if (!start(&thread, go_through, &gate))
        return;
    CHECK_EQ(thrd_detach(thread), thrd_success);
    gate_add(&gate, 1);
    gate_await(&gate, 11);
}

TEST(c11_detached_by_itself, 20)
{
    static struct gate gate;
    unsigned count = test_scale(200, 10);
    gate_init(&gate);
    for (unsigned i = 1; i <= count; ++i) {
        thrd_t thread;
        if (!start(&thread, detach_itself, &gate))
            return;
        gate_await(&gate, 10 * i);
    }
}

/* --- many ------------------------------------------------------------------------------------- */

enum { MOST = 1000 };

struct one {
    struct gate *arrived, *leave;
    int number;
};

static thread_local int own = 3;

static int be_one_of_many(void *argument)
{
    const struct one *one = argument;
    int before = own;
    own += one->number;
    gate_add(one->arrived, 1);
    gate_await(one->leave, 1);
    return before == 3 && own == 3 + one->number ? one->number : -1;
}

TEST(c11_a_thousand_at_once, 60)
{
    static thrd_t threads[MOST];
    static struct one ones[MOST];
    struct gate arrived, leave;
    unsigned count = test_scale_threads(MOST, 20), alive = 0;
    gate_init(&arrived);
    gate_init(&leave);
    for (; alive < count; ++alive) {
        ones[alive] = (struct one){ &arrived, &leave, (int)alive };
        if (!start(&threads[alive], be_one_of_many, &ones[alive]))
            break;
    }
    gate_await(&arrived, alive);
    gate_add(&leave, 1);
    for (unsigned i = 0; i < alive; ++i)
        CHECK_EQ(join(threads[i]), i);
    CHECK_EQ(own, 3);
    gate_destroy(&arrived);
    gate_destroy(&leave);
}

static int create_another(void *depth)
{
    int left = *(const int *)depth - 1;
    return left < 0 ? 0 : 1 + in_thread(create_another, &left);
}

TEST(c11_threads_create_threads, 20)
{
    int depth = 20;
    CHECK_EQ(in_thread(create_another, &depth), 20);
}
