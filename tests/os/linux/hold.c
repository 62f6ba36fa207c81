/* A thread that is named to the kernel by its id stays until that is done, so the id is no other's. */
#include "../../support/crew.h"
#include "../../support/thread_system.h"
#include "../../test.h"
#include "thread/handle.h"
#include "thread/life.h"

static void *end_at(void *flag)
{
    flag_await(flag, 1);
    return flag;
}

TEST(held_thread_keeps_its_id, 30)
{
    uint32_t end = 0;
    void *result = NULL;
    thrum_thread *thread = test_spawn(end_at, &end);
    struct thrum_block *block = thrum_handle_block(thread, "tests");
    uint64_t id = thrum_thread_id(thread);
    if (!CHECK(thrum_thread_hold(block)))
        return;
    CHECK(thrum_thread_hold(block)); /* by several */
    flag_set(&end, 1);
    CHECK_EQ(thrum_join_until(thread, NULL, thrum_after(test_ms(50))), THRUM_TIMED_OUT);
    CHECK(system_signal(id, 0));
    CHECK(!thrum_thread_hold(block)); /* it has ended */
    CHECK_EQ(thrum_set_name(thread, "late"), THRUM_NOT_FOUND);
    unsigned cpu = 0;
    CHECK_EQ(thrum_set_affinity(thread, &cpu, 1), THRUM_NOT_FOUND);
    thrum_thread_let_go(block);
    sleep_ms(5);
    CHECK(system_signal(id, 0));
    thrum_thread_let_go(block);
    CHECK_EQ(thrum_join(thread, &result), THRUM_OK);
    CHECK(result == &end);
}

TEST(held_thread_that_is_detached, 30)
{
    uint32_t end = 0;
    thrum_thread *thread = test_spawn(end_at, &end);
    struct thrum_block *block = thrum_handle_block(thread, "tests");
    uint64_t id = thrum_thread_id(thread);
    CHECK(thrum_thread_hold(block));
    CHECK_EQ(thrum_detach(thread), THRUM_OK);
    flag_set(&end, 1);
    sleep_ms(20);
    test_join(test_spawn(end_at, &end)); /* which sweeps */
    CHECK(system_signal(id, 0));
    thrum_thread_let_go(block);
    thrum_time until = thrum_after(test_ms(5000));
    while (system_signal(id, 0) && thrum_now() < until)
        thrum_yield();
    CHECK(!system_signal(id, 0));
}
