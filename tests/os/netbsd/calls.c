/* What the library believes of NetBSD's calls, asked of the kernel that runs. */
#include "../../support/bsd/bsd.h"

enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, FUTEX_PRIVATE = 128, EALREADY = 37, TIMER_ABSTIME = 1 };

long thrum_bsd_futex(const uint32_t *address, int operation, int value,
                     const struct thrum_bsd_timespec *length, const uint32_t *other, int value2,
                     int value3);
long thrum_bsd_lwp_self(void);
long thrum_bsd_lwp_kill(int tid, int signal);
long thrum_bsd_lwp_wait(int tid, int *departed);
long thrum_bsd_lwp_park(int clock, int flags, struct thrum_bsd_timespec *until, int unpark,
                        const void *hint, const void *unpark_hint);
long thrum_bsd_lwp_unpark(int tid, const void *hint);

static bool skip_before_10(void)
{
    int revision = 0;
    if (thrum_bsd_sysctl_number(1, 3, &revision) && revision >= 1000000000)
        return false;
    test_skip("__futex came with NetBSD 10");
    return true;
}

static long wait_20_ms(const uint32_t *word, uint32_t value)
{
    const struct thrum_bsd_timespec length = { 0, 20000000 };
    long result;
    do
        result = thrum_bsd_futex(word, FUTEX_WAIT | FUTEX_PRIVATE, (int)value, &length, NULL, 0, 0);
    while (result == -THRUM_BSD_EINTR);
    return result;
}

TEST(netbsd_wait_answers, 10)
{
    _Alignas(4) uint32_t word = 0x80000001u;
    if (skip_before_10())
        return;
    thrum_time start = thrum_now();
    CHECK_EQ(-wait_20_ms(&word, 5), THRUM_BSD_EAGAIN);
    CHECK_EQ(-wait_20_ms(&word, word), THRUM_BSD_ETIMEDOUT);
    CHECK(thrum_now() >= start + (thrum_time)19 * 1000000);
    CHECK_EQ(thrum_bsd_futex(&word, FUTEX_WAKE | FUTEX_PRIVATE, 7, NULL, NULL, 0, 0), 0);
}

static long park_20_ms(void)
{
    thrum_time deadline = thrum_now() + (thrum_time)20 * 1000000;
    uint32_t nanoseconds;
    struct thrum_bsd_timespec until;
    long result;
    do {
        until.seconds = (int64_t)thrum_seconds(deadline, &nanoseconds);
        until.nanoseconds = nanoseconds;
        result =
            thrum_bsd_lwp_park(THRUM_BSD_CLOCK_MONOTONIC, TIMER_ABSTIME, &until, 0, NULL, NULL);
    } while (result == -THRUM_BSD_EINTR);
    return result;
}

TEST(netbsd_park_answers, 10)
{
    while (park_20_ms() != -THRUM_BSD_ETIMEDOUT) { /* what an earlier test may have left */
    }
    CHECK_EQ(thrum_bsd_lwp_unpark((int)thrum_bsd_lwp_self(), NULL), 0);
    CHECK_EQ(-park_20_ms(), EALREADY); /* it was kept */
    CHECK_EQ(-park_20_ms(), THRUM_BSD_ETIMEDOUT);
}

TEST(netbsd_ids, 5)
{
    long tid = thrum_bsd_lwp_self();
    int departed = 0;
    CHECK(tid > 0);
    CHECK_EQ(-thrum_bsd_lwp_kill(INT32_MAX - 1, 0), THRUM_BSD_ESRCH);
    CHECK_EQ(-thrum_bsd_lwp_wait(INT32_MAX - 1, &departed), THRUM_BSD_ESRCH);
}
