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

/* Without a time: with one it may not end (src/os/netbsd/wait.c). */
TEST(netbsd_wait_answers, 10)
{
    _Alignas(4) uint32_t word = 0x80000001u;
    long result;
    if (skip_before_10())
        return;
    do
        result = thrum_bsd_futex(&word, FUTEX_WAIT | FUTEX_PRIVATE, 5, NULL, NULL, 0, 0);
    while (result == -THRUM_BSD_EINTR);
    CHECK_EQ(-result, THRUM_BSD_EAGAIN);
    CHECK_EQ(thrum_bsd_futex(&word, FUTEX_WAKE | FUTEX_PRIVATE, 7, NULL, NULL, 0, 0), 0);
    CHECK_EQ(-thrum_bsd_futex(&word, FUTEX_WAKE | FUTEX_PRIVATE, -1, NULL, NULL, 0, 0),
             THRUM_BSD_EINVAL);
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

/* A time that is over is seen before an unpark that was kept. */
TEST(netbsd_park_sees_the_time_first, 10)
{
    struct thrum_bsd_timespec past = { 0, 0 };
    while (park_20_ms() != -THRUM_BSD_ETIMEDOUT) {
    }
    CHECK_EQ(thrum_bsd_lwp_unpark((int)thrum_bsd_lwp_self(), NULL), 0);
    CHECK_EQ(-thrum_bsd_lwp_park(THRUM_BSD_CLOCK_MONOTONIC, TIMER_ABSTIME, &past, 0, NULL, NULL),
             THRUM_BSD_ETIMEDOUT);
    CHECK_EQ(-park_20_ms(), EALREADY);
}

TEST(netbsd_ids, 5)
{
    long tid = thrum_bsd_lwp_self();
    int departed = 0;
    CHECK(tid > 0);
    CHECK_EQ(-thrum_bsd_lwp_kill(INT32_MAX - 1, 0), THRUM_BSD_ESRCH);
    CHECK_EQ(-thrum_bsd_lwp_wait(INT32_MAX - 1, &departed), THRUM_BSD_ESRCH);
}

static void *give_back(void *argument)
{
    return argument;
}

/* NetBSD 10 may lose the start of a thread that is born suspended (src/os/netbsd/thread.c). */
TEST(netbsd_every_birth_begins, 60)
{
    for (uintptr_t i = 0; i < 200; ++i) {
        void *result = NULL;
        thrum_thread *thread = test_spawn(give_back, (void *)i);
        if (!CHECK_EQ(thrum_join_until(thread, &result, thrum_after(test_ms(10000))), THRUM_OK))
            break; /* what never begins is there to the end */
        CHECK(result == (void *)i);
    }
}
