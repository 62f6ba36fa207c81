/* The clock, deadlines, sleep, yield. */
#include "../support/thread_system.h"
#include "../test.h"

TEST(now_is_monotonic, 5)
{
    thrum_time last = thrum_now();
    uint32_t rounds = test_scale(1000000, 1000), backwards = 0;
    for (uint32_t i = 0; i < rounds; ++i) {
        thrum_time now = thrum_now();
        backwards += now < last;
        last = now;
    }
    CHECK_EQ(backwards, 0);
}

TEST(now_is_the_kernels_clock, 5)
{
    for (int i = 0; i < 1000; ++i) {
        uint64_t before = system_now();
        thrum_time now = thrum_now();
        uint64_t after = system_now();
        if (!CHECK(before <= now && now <= after))
            return;
    }
}

static uint32_t latest; /* in 16 ns; it may wrap */

static void *publish_time(void *rounds)
{
    uint32_t backwards = 0;
    for (uintptr_t i = 0; i < (uintptr_t)rounds; ++i) {
        uint32_t seen = __atomic_load_n(&latest, __ATOMIC_SEQ_CST);
        uint32_t now = (uint32_t)(thrum_now() >> 4);
        backwards += (int32_t)(now - seen) < 0;
        __atomic_store_n(&latest, now, __ATOMIC_SEQ_CST);
    }
    return (void *)(uintptr_t)backwards;
}

/* What one thread has read is past for every other that sees it. */
TEST(now_is_monotonic_across_threads, 10)
{
    thrum_thread *threads[4];
    uintptr_t rounds = test_scale(200000, 500);
    latest = (uint32_t)(thrum_now() >> 4);
    for (int i = 0; i < 4; ++i)
        threads[i] = test_spawn(publish_time, (void *)rounds);
    for (int i = 0; i < 4; ++i)
        CHECK_EQ((uintptr_t)test_join(threads[i]), 0);
}

TEST(after_adds_and_saturates, 5)
{
    thrum_time before = thrum_now();
    thrum_time deadline = thrum_after(5000000000);
    CHECK(deadline >= before + 5000000000 && deadline <= thrum_now() + 5000000000);
    CHECK(thrum_after(0) >= before && thrum_after(0) <= thrum_now());
    CHECK_EQ(thrum_after(THRUM_FOREVER), THRUM_FOREVER);
    CHECK_EQ(thrum_after(THRUM_FOREVER - 1), THRUM_FOREVER);
    CHECK_EQ(thrum_after(THRUM_FOREVER - thrum_now() + 1), THRUM_FOREVER);
    CHECK(thrum_after((thrum_time)1 << 63) > (thrum_time)1 << 63);
}

TEST(sleep_until_the_past_returns, 5)
{
    thrum_time start = thrum_now();
    thrum_sleep_until(0);
    thrum_sleep_until(1);
    thrum_sleep_until(start);
    thrum_sleep_until(start - 1000000000);
    CHECK(!test_late(start + test_ms(500)));
}

TEST(sleep_until_is_never_early, 5)
{
    static const uint32_t lengths[] = { 1, 1000, 50000, 1000000, 15000000, 120000000 };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
        thrum_time deadline = thrum_after(lengths[i]);
        thrum_sleep_until(deadline);
        CHECK(thrum_now() >= deadline);
        CHECK(!test_late(deadline + test_ms(1000)));
    }
}

static void sleep_for_ever(void *far)
{
    thrum_sleep_until(*(thrum_time *)far);
}

/* A child that sleeps until its end is given: 2^63 ns and FOREVER are no past. */
TEST(sleep_until_far_sleeps, 10)
{
    static thrum_time far[] = { THRUM_FOREVER,
                                THRUM_FOREVER - 1,
                                (thrum_time)1 << 63,
                                ((thrum_time)1 << 63) - 1,
                                (thrum_time)1 << 62,
                                (thrum_time)0x80000000u * 1000000000, /* 2^31 seconds */
                                ((thrum_time)1 << 32) * 1000000000 };
    for (size_t i = 0; i < sizeof far / sizeof *far; ++i) {
        struct system_child *child = test_child();
        if (!CHECK(system_run(sleep_for_ever, &far[i], 80, child)))
            return;
        CHECK(child->killed);
    }
}

TEST(yield_returns, 5)
{
    for (int i = 0; i < 1000; ++i)
        thrum_yield();
}
