/* Deadlines, over every call that has one (field note 29): past, zero, now, near, far, never. */
#include "../support/blocking.h"
#include "../support/crew.h"
#include "../test.h"

TEST(deadline_after_saturates, 20)
{
    thrum_time before = thrum_now();
    thrum_time after = thrum_after(1000);
    CHECK(after >= before + 1000);
    CHECK(after <= thrum_now() + 1000);
    CHECK_EQ(thrum_after(THRUM_FOREVER), THRUM_FOREVER);
    CHECK_EQ(thrum_after(THRUM_FOREVER - 1), THRUM_FOREVER);
    CHECK_EQ(thrum_after(THRUM_FOREVER - before), THRUM_FOREVER);
    CHECK(thrum_after((thrum_time)1 << 63) >= ((thrum_time)1 << 63) + before);
    CHECK(thrum_now() <= thrum_after(0));
}

TEST(deadline_of_sleep, 30)
{
    thrum_time start = thrum_now();
    thrum_sleep_until(0);
    thrum_sleep_until(1);
    thrum_sleep_until(start);
    CHECK(!test_late(start + test_ms(3000)));
    for (uint32_t ms = 1; ms < 40; ms *= 3) {
        thrum_time deadline = thrum_after((thrum_time)ms * 1000000);
        thrum_sleep_until(deadline);
        CHECK(thrum_now() >= deadline);
        CHECK(!test_late(deadline + test_ms(3000)));
    }
}

struct timed {
    const struct blocking *call;
    struct blocking_object object;
    thrum_time deadline;
    uint32_t returned;
};

static void check_one(struct timed *timed, thrum_time deadline)
{
    thrum_time start = thrum_now();
    bool good = CHECK_EQ(timed->call->wait_until(&timed->object, deadline), THRUM_TIMED_OUT);
    thrum_time end = thrum_now();
    thrum_time latest = (deadline > start ? deadline : start) + test_ms(3000);
    good &= CHECK(end >= deadline);
    good &= CHECK(end < latest);
    if (!good)
        test_note("%s until %l, now %l", timed->call->name, deadline, end);
}

static void check_near(struct member *member)
{
    struct timed *timed = member->shared;
    check_one(timed, 0);
    check_one(timed, 1);
    check_one(timed, thrum_now());
    check_one(timed, thrum_after(1));
    check_one(timed, thrum_after(50000));
    check_one(timed, thrum_after(999999));
    check_one(timed, thrum_after(12000000));
    flag_set(&timed->returned, 1);
}

TEST(deadlines_near, 60)
{
    for (uint32_t i = 0; i < blocking_count; ++i) {
        struct timed timed = { .call = &blocking_calls[i] };
        struct member member;
        if (!timed.call->wait_until)
            continue;
        timed.call->close(&timed.object);
        crew_start(&member, 1, check_near, &timed);
        CHECK(flag_await_until(&timed.returned, 1, thrum_after(test_ms(10000))));
        crew_join(&member, 1);
        timed.call->open(&timed.object);
        if (timed.object.helper)
            test_join(timed.object.helper);
    }
}

static void wait_far(struct member *member)
{
    struct timed *timed = member->shared;
    CHECK_EQ(timed->call->wait_until(&timed->object, timed->deadline), THRUM_OK);
    flag_set(&timed->returned, 1);
}

static void check_far(const struct blocking *call, thrum_time deadline)
{
    struct timed timed = { .call = call, .deadline = deadline };
    struct member member;
    call->close(&timed.object);
    crew_start(&member, 1, wait_far, &timed);
    until_member_asleep(&member);
    sleep_ms(1);
    if (!CHECK_EQ(flag_get(&timed.returned), 0))
        test_note("%s until %l returned at once", call->name, deadline);
    call->open(&timed.object);
    crew_join(&member, 1);
}

TEST(deadlines_far, 60)
{
    static const thrum_time deadlines[] = {
        (thrum_time)0x7fffffff * 1000000000 + 5, /* 2^31 seconds: 2038 of a 32-bit clock */
        (thrum_time)0x80000000u * 1000000000 + 5,
        (thrum_time)0xffffffffu * 1000000000 + 5, /* 2^32: 2106 */
        ((thrum_time)1 << 32) * 1000000000 + 5,
        (thrum_time)7258118400u * 1000000000, /* 2200 */
        (thrum_time)0x7fffffffffffffff,
        (thrum_time)1 << 63,
        THRUM_FOREVER - 1,
        THRUM_FOREVER,
    };
    for (uint32_t i = 0; i < blocking_count; ++i) {
        for (uint32_t d = 0; d < sizeof deadlines / sizeof *deadlines; ++d) {
            if (blocking_calls[i].wait_until)
                check_far(&blocking_calls[i], deadlines[d]);
        }
    }
}

/* Nothing in the way: OK, whatever the deadline, even one that is over. */
TEST(deadline_past_is_a_try, 30)
{
    const thrum_time deadlines[] = { 0, 1, thrum_now(), thrum_after(1000000), THRUM_FOREVER };
    thrum_mutex mutex = THRUM_MUTEX_INIT;
    thrum_recursive_mutex recursive = THRUM_RECURSIVE_MUTEX_INIT;
    thrum_rwlock rwlock = THRUM_RWLOCK_INIT;
    thrum_sem sem = THRUM_SEM_INIT(5);
    thrum_event event = THRUM_EVENT_INIT;
    thrum_waitgroup group = THRUM_WAITGROUP_INIT;
    thrum_event_set(&event);
    for (uint32_t i = 0; i < 5; ++i) {
        CHECK_EQ(thrum_mutex_lock_until(&mutex, deadlines[i]), THRUM_OK);
        thrum_mutex_unlock(&mutex);
        CHECK_EQ(thrum_recursive_mutex_lock_until(&recursive, deadlines[i]), THRUM_OK);
        CHECK_EQ(thrum_recursive_mutex_lock_until(&recursive, deadlines[i]), THRUM_OK);
        thrum_recursive_mutex_unlock(&recursive);
        thrum_recursive_mutex_unlock(&recursive);
        CHECK_EQ(thrum_rwlock_read_lock_until(&rwlock, deadlines[i]), THRUM_OK);
        CHECK_EQ(thrum_rwlock_read_lock_until(&rwlock, deadlines[i]), THRUM_OK);
        thrum_rwlock_read_unlock(&rwlock);
        thrum_rwlock_read_unlock(&rwlock);
        CHECK_EQ(thrum_rwlock_write_lock_until(&rwlock, deadlines[i]), THRUM_OK);
        thrum_rwlock_write_unlock(&rwlock);
        CHECK_EQ(thrum_sem_wait_until(&sem, deadlines[i]), THRUM_OK);
        CHECK_EQ(thrum_event_wait_until(&event, deadlines[i]), THRUM_OK);
        CHECK_EQ(thrum_waitgroup_wait_until(&group, deadlines[i]), THRUM_OK);
    }
    CHECK(!thrum_sem_try_wait(&sem));
}
