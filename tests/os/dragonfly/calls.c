/* What the library believes of DragonFly's calls, asked of the kernel that runs. */
#include "../../support/bsd/bsd.h"

long thrum_bsd_umtx_sleep(const uint32_t *address, int expected, int timeout_us);
long thrum_bsd_umtx_wakeup(const uint32_t *address, int count);
long thrum_bsd_lwp_gettid(void);
long thrum_bsd_lwp_kill(int process, int tid, int signal);

static long wait_us(const uint32_t *word, uint32_t value, int microseconds)
{
    long result;
    do
        result = thrum_bsd_umtx_sleep(word, (int)value, microseconds);
    while (result == -THRUM_BSD_EINTR);
    return result;
}

TEST(dragonfly_wait_answers, 20)
{
    _Alignas(4) uint32_t word = 0x80000001u;
    CHECK_EQ(-wait_us(&word, 5, 20000), THRUM_BSD_EBUSY);
    CHECK_EQ(-wait_us(&word, word, 20000), THRUM_BSD_EAGAIN);
    /* no time at all is for ever, which is two seconds */
    thrum_time start = thrum_now();
    CHECK_EQ(-wait_us(&word, word, 0), THRUM_BSD_EAGAIN);
    CHECK(!test_late(start + test_ms(10000)));
    CHECK_EQ(thrum_bsd_umtx_wakeup(&word, 0), 0);
}

TEST(dragonfly_ids, 5)
{
    long tid = thrum_bsd_lwp_gettid();
    CHECK(tid > 0);
    CHECK_EQ(-thrum_bsd_lwp_kill((int)thrum_bsd_getpid(), INT32_MAX - 1, 0), THRUM_BSD_ESRCH);
}
