/* The clock and sleep of ISO C11 (7.27.2.5, 7.26.5.7). */
#include "c11.h"

TEST(c11_timespec_get_knows_its_base, 5)
{
    struct timespec time = { -7, -7 };
    CHECK(TIME_UTC > 0);
    CHECK_EQ(timespec_get(&time, 0), 0);
    CHECK_EQ(timespec_get(&time, -1), 0);
    CHECK_EQ(timespec_get(&time, TIME_UTC + 1000), 0);
    CHECK_EQ(time.tv_sec, -7);
    CHECK_EQ(time.tv_nsec, -7);
    CHECK_EQ(timespec_get(&time, TIME_UTC), TIME_UTC);
    CHECK(time.tv_sec > 1700000000); /* some time in 2023 */
}

TEST(c11_timespec_get_goes_on, 10)
{
    struct timespec last = after_ms(0);
    for (uint32_t i = 0; i < test_scale(100000, 1000); ++i) {
        struct timespec now = { 0, 0 };
        CHECK_EQ(timespec_get(&now, TIME_UTC), TIME_UTC);
        if (!CHECK(now.tv_nsec >= 0 && now.tv_nsec < 1000000000))
            return;
        if (!CHECK(now.tv_sec > last.tv_sec ||
                   (now.tv_sec == last.tv_sec && now.tv_nsec >= last.tv_nsec)))
            return;
        last = now;
    }
}

TEST(c11_sleep_is_never_early, 10)
{
    static const int lengths[] = { 0, 1, 20, 150, 1100 };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
        struct timespec end = after_ms(lengths[i]);
        sleep_ms(lengths[i]);
        CHECK(has_come(&end));
    }
}

TEST(c11_sleep_leaves_no_rest, 5)
{
    const struct timespec length = { 0, 20000000 };
    struct timespec rest = { 7, 7 };
    CHECK_EQ(thrd_sleep(&length, &rest), 0);
    CHECK_EQ(rest.tv_sec, 7); /* written only if a signal came */
    CHECK_EQ(rest.tv_nsec, 7);
}

TEST(c11_sleep_refuses_what_is_no_time, 5)
{
    static const struct timespec lengths[] = {
        { 0, -1 }, { 0, 1000000000 }, { 10, -1 }, { -1, 0 }
    };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i)
        CHECK(thrd_sleep(&lengths[i], NULL) < 0);
}

/* Names of the standard that a program may declare and take the address of. */
int thrd_create(thrd_t *, thrd_start_t, void *);
int timespec_get(struct timespec *, int);
void thrd_yield(void);

TEST(c11_functions_have_addresses, 5)
{
    int (*get)(struct timespec *, int) = timespec_get;
    void (*yield)(void) = thrd_yield;
    struct timespec time;
    CHECK_EQ(get(&time, TIME_UTC), TIME_UTC);
    yield();
}
