/* call_once of ISO C11 (7.26.2). */
#include "c11.h"

static once_flag one = ONCE_FLAG_INIT, other = ONCE_FLAG_INIT;
static int one_runs, other_runs;

static void run_one(void)
{
    ++one_runs;
}

static void run_other(void)
{
    ++other_runs;
    call_once(&one, run_one); /* within another is no recursion */
}

TEST(c11_once_runs_once, 5)
{
    for (int i = 0; i < 3; ++i)
        call_once(&other, run_other);
    for (int i = 0; i < 3; ++i)
        call_once(&one, run_one);
    CHECK_EQ(one_runs, 1);
    CHECK_EQ(other_runs, 1);
}

/* Many come while it runs: none returns before its end, and each sees what it did. */
enum { CALLERS = 16 };

static once_flag slow;
static struct gate begun, callers;
static int slow_runs, plain[4];
static bool ended;

static void run_slowly(void)
{
    gate_add(&begun, 1);
    gate_await(&callers, CALLERS);
    sleep_ms(10);
    for (int i = 0; i < 4; ++i)
        plain[i] = i + 1;
    ++slow_runs;
    ended = true;
}

static int call_slow(void *comes_later)
{
    if (comes_later)
        gate_await(&begun, 1);
    gate_add(&callers, 1);
    call_once(&slow, run_slowly);
    CHECK(ended);
    for (int i = 0; i < 4; ++i)
        CHECK_EQ(plain[i], i + 1);
    return 0;
}

TEST(c11_once_releases_all_callers, 30)
{
    for (uint32_t round = 0; round < test_scale(20, 2); ++round) {
        static const once_flag fresh = ONCE_FLAG_INIT;
        thrd_t threads[CALLERS];
        slow = fresh;
        slow_runs = 0;
        ended = false;
        for (int i = 0; i < 4; ++i)
            plain[i] = 0;
        gate_init(&begun);
        gate_init(&callers);
        for (int i = 0; i < CALLERS; ++i)
            if (!start(&threads[i], call_slow, i % 2 ? &threads[i] : NULL))
                return;
        for (int i = 0; i < CALLERS; ++i)
            CHECK_EQ(join(threads[i]), 0);
        CHECK_EQ(slow_runs, 1);
        gate_destroy(&begun);
        gate_destroy(&callers);
    }
}
