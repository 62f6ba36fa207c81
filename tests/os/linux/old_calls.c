/* A kernel before Linux 5.1, which has no calls with 64-bit times where a word has 32 bits: the old
 * ones serve. Such a kernel is made of a newer one by refusing it those calls; and the filters of old
 * container runtimes refuse them with another error. */
#include "../../support/thread_system.h"
#include "../../test.h"
#include "os/linux/linux.h"

/* The clocks once more: the program's own have found the vDSO, which such a kernel has not. */
#define thrum_os_now old_now
#define thrum_os_wall_clock old_wall_clock
#define thrum_os_sleep_until old_sleep_until
#define thrum_os_settle old_settle
#include "os/linux/clock.c"
#include "os/linux/sleep.c"

static thrum_mutex mutex;
static uint32_t counter;

static void *count_under_lock(void *rounds)
{
    for (uint32_t i = 0; i < *(uint32_t *)rounds; ++i) {
        thrum_mutex_lock(&mutex);
        counter = *(volatile uint32_t *)&counter + 1;
        if (i % 16 == 0)
            thrum_yield(); /* so that others come to sleep */
        thrum_mutex_unlock(&mutex);
    }
    return rounds;
}

static void *wait_for_event(void *event)
{
    thrum_event_wait(event);
    return event;
}

/* Beyond what the old calls can be told. */
static void *wait_far(void *event)
{
    return thrum_event_wait_until(event, (thrum_time)1 << 62) == THRUM_OK ? event : NULL;
}

static void read_old_clocks(void)
{
    uint32_t rest;
    thrum_linux_process.vdso = NULL;
    uint64_t now = system_now(), wall = system_wall_clock();
    CHILD_CHECK(old_now() >= now && old_now() <= thrum_now());
    int64_t seconds = old_wall_clock(&rest);
    CHILD_CHECK(thrum_nanoseconds((uint64_t)seconds) + rest >= wall);
    CHILD_CHECK(seconds <= thrum_wall_clock(&rest));
    CHILD_CHECK(clock_function == clock_by_call);
}

struct old_kernel {
    uint32_t rounds, error;
};

static void live_with_old_calls(void *argument)
{
    const uint32_t refused[] = { THRUM_LINUX_FUTEX, THRUM_LINUX_CLOCK_GETTIME,
                                 THRUM_LINUX_CLOCK_NANOSLEEP };
    const thrum_time length = 20000000;
    static _Alignas(4) uint32_t word;
    const uint32_t error = ((struct old_kernel *)argument)->error;
    static uint32_t rounds;
    rounds = ((struct old_kernel *)argument)->rounds;
    if (!system_refuse_calls(refused, sizeof refused / sizeof *refused, error))
        child_skip("the kernel cannot be made to refuse calls here");
    for (size_t i = 0; i < sizeof refused / sizeof *refused; ++i)
        CHILD_CHECK(thrum_linux_call((long)refused[i], 0, 0, 0, 0, 0, 0) == -(long)error);

    thrum_time start = thrum_now();
    CHILD_CHECK(thrum_now() >= start);
    read_old_clocks();
    thrum_sleep_until(start + length);
    CHILD_CHECK(thrum_now() >= start + length && !test_late(start + length + test_ms(2000)));
    thrum_sleep_until(start);
    thrum_time deadline = thrum_after(length);
    while (thrum_wait_until(&word, 0, deadline) == THRUM_OK) {
    }
    CHILD_CHECK(thrum_now() >= deadline && !test_late(deadline + test_ms(2000)));
    CHILD_CHECK(thrum_wait_until(&word, 0, 1) == THRUM_TIMED_OUT);
    CHILD_CHECK(thrum_wait_until(&word, 1, THRUM_FOREVER) != THRUM_TIMED_OUT);

    thrum_thread *threads[4];
    for (int i = 0; i < 4; ++i)
        threads[i] = test_spawn(count_under_lock, &rounds);
    for (int i = 0; i < 4; ++i)
        CHILD_CHECK(test_join(threads[i]) == &rounds);
    CHILD_CHECK(counter == 4 * rounds);

    thrum_event event = THRUM_EVENT_INIT;
    threads[0] = test_spawn(wait_for_event, &event);
    threads[1] = test_spawn(wait_far, &event);
    deadline = thrum_after(length);
    CHILD_CHECK(thrum_join_until(threads[0], NULL, deadline) == THRUM_TIMED_OUT);
    CHILD_CHECK(thrum_now() >= deadline);
    CHILD_CHECK(thrum_join_until(threads[1], NULL, thrum_after(length)) == THRUM_TIMED_OUT);
    thrum_event_set(&event);
    CHILD_CHECK(test_join(threads[0]) == &event);
    CHILD_CHECK(test_join(threads[1]) == &event);
}

static struct old_kernel old_kernel(uint32_t error, uint32_t rounds, uint32_t least)
{
    return (struct old_kernel){ test_scale(rounds, least), error };
}

TEST(old_calls_serve, 20)
{
    static struct old_kernel kernel;
    if (THRUM_LINUX_OLD_FUTEX == 0) {
        test_skip("this CPU has one set of calls");
        return;
    }
    kernel = old_kernel(THRUM_LINUX_ENOSYS, 20000, 200);
    test_in_child(live_with_old_calls, &kernel, 10000);
}

TEST(old_calls_serve_where_a_filter_forbids_the_new_ones, 20)
{
    static struct old_kernel kernel;
    if (THRUM_LINUX_OLD_FUTEX == 0) {
        test_skip("this CPU has one set of calls");
        return;
    }
    kernel = old_kernel(THRUM_LINUX_EPERM, 300, 100);
    test_in_child(live_with_old_calls, &kernel, 10000);
}

/* The old calls cannot be told such times: waits and sleeps come back early and look again. */
TEST(old_calls_serve_beyond_2_to_the_31_seconds, 20)
{
    static struct old_kernel kernel;
    if (THRUM_LINUX_OLD_FUTEX == 0) {
        test_skip("this CPU has one set of calls");
        return;
    }
    kernel = old_kernel(THRUM_LINUX_ENOSYS, 2000, 100);
    test_in_child_later(0x80000000u, live_with_old_calls, &kernel, 10000);
}
