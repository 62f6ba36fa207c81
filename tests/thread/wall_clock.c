/* The wall clock, and the deadlines that it gives. Nobody is to set it meanwhile. */
#include "../support/thread_system.h"
#include "../test.h"

static const uint32_t second = 1000000000;

static uint64_t wall_clock(void)
{
    uint32_t nanoseconds;
    int64_t seconds = thrum_wall_clock(&nanoseconds);
    CHECK(seconds > 0 && nanoseconds < second);
    return (uint64_t)seconds * second + nanoseconds;
}

TEST(wall_clock_is_the_kernels, 5)
{
    for (int i = 0; i < 1000; ++i) {
        uint64_t before = system_wall_clock();
        uint64_t now = wall_clock();
        uint64_t after = system_wall_clock();
        if (!CHECK(before <= now && now <= after))
            return;
    }
}

static thrum_time deadline_at(uint64_t time)
{
    return thrum_wall_deadline((int64_t)(time / second), (uint32_t)(time % second));
}

TEST(wall_deadline_is_as_far_ahead, 5)
{
    uint64_t seed = test_seed();
    for (int i = 0; i < 1000; ++i) {
        uint64_t length = second + test_random(&seed) % ((uint64_t)100000 * second);
        thrum_time before = thrum_now();
        uint64_t time = wall_clock() + length;
        thrum_time deadline = deadline_at(time);
        if (!CHECK(deadline >= before + length && deadline <= thrum_now() + length))
            return;
    }
}

TEST(wall_deadline_that_has_come_is_0, 5)
{
    uint64_t now = wall_clock();
    CHECK_EQ(deadline_at(now), 0);
    CHECK_EQ(deadline_at(now - 1), 0);
    CHECK_EQ(deadline_at(now - second), 0);
    CHECK_EQ(deadline_at(0), 0);
    CHECK_EQ(thrum_wall_deadline(-1, second - 1), 0);
    CHECK_EQ(thrum_wall_deadline(INT64_MIN, 0), 0);
    CHECK(deadline_at(wall_clock() + second) != 0);
}

TEST(wall_deadline_saturates, 5)
{
    const int64_t years = 31556952; /* seconds of one */
    CHECK_EQ(thrum_wall_deadline(INT64_MAX, second - 1), THRUM_FOREVER);
    CHECK_EQ(thrum_wall_deadline(INT64_MAX, 0), THRUM_FOREVER);
    CHECK_EQ(thrum_wall_deadline(2700 * years, 0), THRUM_FOREVER);
    /* 2^32 seconds and more ahead */
    thrum_time deadline = thrum_wall_deadline(500 * years, 0);
    CHECK(deadline > (thrum_time)400 * 31556952 * second && deadline < THRUM_FOREVER);
}
