/* A clock beyond 2^31 and 2^32 seconds: nothing ends early, nothing late, on any CPU. */
#include "../support/thread_system.h"
#include "../test.h"
#include "arch/divide.h"

static void *give_back(void *argument)
{
    return argument;
}

static void *hold(void *event)
{
    thrum_event_wait(event);
    return NULL;
}

static void live_late(void *seconds)
{
    const thrum_time late = *(uint64_t *)seconds * 1000000000u, length = 20000000;
    static _Alignas(4) uint32_t word;
    thrum_time start = thrum_now();
    CHILD_CHECK(start >= late && start < late + (thrum_time)1000000000 * 1000000000);
    uint64_t before = system_now();
    CHILD_CHECK(before >= start && thrum_now() >= before);
    thrum_sleep_until(start + length);
    CHILD_CHECK(thrum_now() >= start + length && !test_late(start + length + test_ms(2000)));
    thrum_time deadline = thrum_after(length);
    while (thrum_wait_until(&word, 0, deadline) == THRUM_OK) {
    }
    CHILD_CHECK(thrum_now() >= deadline && !test_late(deadline + test_ms(2000)));
    CHILD_CHECK(thrum_wait_until(&word, 0, start) == THRUM_TIMED_OUT);

    thrum_event event = THRUM_EVENT_INIT;
    thrum_thread *thread = test_spawn(hold, &event);
    deadline = thrum_after(length);
    CHILD_CHECK(thrum_join_until(thread, NULL, deadline) == THRUM_TIMED_OUT);
    CHILD_CHECK(thrum_now() >= deadline && !test_late(deadline + test_ms(2000)));
    thrum_event_set(&event);
    CHILD_CHECK(test_join_soon(thread, NULL) == THRUM_OK);
    CHILD_CHECK(test_join(test_spawn(give_back, &word)) == &word);
}

TEST(far_clock_beyond_2_to_the_31_seconds, 10)
{
    static uint64_t seconds = 0x80000000u;
    test_in_child_later(seconds, live_late, &seconds, 5000);
}

TEST(far_clock_beyond_2_to_the_32_seconds, 10)
{
    static uint64_t seconds = ((uint64_t)1 << 32) + 5;
    test_in_child_later(seconds, live_late, &seconds, 5000);
}

/* The wrap itself is passed while threads wait. */
TEST(far_clock_passes_2_to_the_31_seconds, 10)
{
    static uint64_t seconds, reached = 0x80000000u - 1;
    uint32_t rest;
    seconds = reached - thrum_seconds(thrum_now(), &rest); /* a second or less before it */
    test_in_child_later(seconds, live_late, &reached, 5000);
}
