/* What the library believes of FreeBSD's calls, asked of the kernel that runs. */
#include "../../support/bsd/bsd.h"
#include "os/freebsd/umtx.h"

#include TEST_BSD_CPU_FILE

struct umtx_time {
    struct thrum_bsd_timespec time;
    uint32_t flags, clock;
};

enum { WAIT_UINT = 11, NO_SUCH_OPERATION = 999, ABSOLUTE = 1 };

long thrum_bsd_umtx_op(const void *address, int operation, unsigned long value, uintptr_t size,
                       const struct umtx_time *time);
long thrum_bsd_thr_self(int64_t *tid);
long thrum_bsd_thr_kill(int64_t tid, int signal);

static struct umtx_time after_ms(uint32_t milliseconds)
{
    uint32_t nanoseconds;
    thrum_time deadline = thrum_now() + (thrum_time)milliseconds * 1000000;
    struct umtx_time time = { { 0, 0 }, ABSOLUTE, THRUM_BSD_CLOCK_MONOTONIC };
    time.time.seconds = (int64_t)thrum_seconds(deadline, &nanoseconds);
    time.time.nanoseconds = nanoseconds;
    return time;
}

/* Once more where the wait ended for a reason of its own. */
static long wait_again(const void *address, int operation, unsigned long value,
                       uint32_t milliseconds)
{
    struct umtx_time time = after_ms(milliseconds);
    long result;
    do
        result = thrum_bsd_umtx_op(address, operation, value, sizeof time, &time);
    while (result == -THRUM_BSD_EINTR);
    return result;
}

TEST(freebsd_wait_answers, 10)
{
    _Alignas(8) uint32_t word[2] = { 0x80000001u, 0 };
    thrum_time start = thrum_now();
    CHECK_EQ(wait_again(word, WAIT_UINT, 5, 1000), 0); /* another value */
    CHECK_EQ(wait_again(word, THRUM_FREEBSD_WAIT_UINT_PRIVATE, 5, 1000), 0);
    /* widened with the sign it is another value, too */
    CHECK_EQ(
        wait_again(word, THRUM_FREEBSD_WAIT_UINT_PRIVATE, (unsigned long)(int32_t)word[0], 1000),
        0);
    CHECK(!test_late(start + test_ms(900)));
    start = thrum_now();
    CHECK_EQ(-wait_again(word, THRUM_FREEBSD_WAIT_UINT_PRIVATE, word[0], 20), THRUM_BSD_ETIMEDOUT);
    CHECK_EQ(-wait_again(word, THRUM_FREEBSD_WAIT, word[0], 20), THRUM_BSD_ETIMEDOUT);
    CHECK(thrum_now() >= start + (thrum_time)40 * 1000000);
    CHECK_EQ(-thrum_bsd_umtx_op(word, NO_SUCH_OPERATION, 0, 0, NULL), THRUM_BSD_EINVAL);
}

TEST(freebsd_ids, 5)
{
    int64_t tid = 0;
    CHECK_EQ(thrum_bsd_thr_self(&tid), 0);
    CHECK(tid > 0);
    CHECK_EQ(-thrum_bsd_thr_kill(INT32_MAX - 1, 0), THRUM_BSD_ESRCH);
}

__asm__(TEST_FREEBSD_REGISTERS_ASM);
void test_freebsd_registers(uint64_t after[TEST_FREEBSD_ARGUMENTS]);

/* Why calls are functions: of those that hold arguments the kernel gives not all back. */
TEST(freebsd_registers_after_a_call, 5)
{
    uint64_t after[TEST_FREEBSD_ARGUMENTS];
    test_freebsd_registers(after);
    for (unsigned i = 0; i < TEST_FREEBSD_ARGUMENTS; ++i) {
        test_note("argument %u: %l", i, after[i]);
        if (TEST_FREEBSD_KEPT >> i & 1)
            CHECK_EQ(after[i], i + 1);
        if (TEST_FREEBSD_CLEARED >> i & 1)
            CHECK_EQ(after[i], 0);
    }
}
