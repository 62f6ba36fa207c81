/* Mutexes: exclusion, try, deadlines, holder, misuse. */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../test.h"

_Static_assert(sizeof(thrum_mutex) <= 8 && sizeof(thrum_recursive_mutex) <= 64, "sizes of api.md");

static thrum_mutex zeroed; /* usable as it is */
static thrum_mutex initialised = THRUM_MUTEX_INIT;

TEST(mutex_zeroed_is_free, 20)
{
    thrum_mutex *both[] = { &zeroed, &initialised };
    for (uint32_t i = 0; i < 2; ++i) {
        CHECK_EQ(thrum_mutex_holder(both[i]), 0);
        CHECK(thrum_mutex_try_lock(both[i]));
        thrum_mutex_unlock(both[i]);
        thrum_mutex_lock(both[i]);
        thrum_mutex_unlock(both[i]);
        CHECK_EQ(thrum_mutex_holder(both[i]), 0);
    }
}

TEST(mutex_excludes, 60)
{
    check_exclusion(&lock_mutex, LOCK_PLAIN, 6, test_scale(40000, 300));
}

TEST(mutex_excludes_by_try, 60)
{
    check_exclusion(&lock_mutex, LOCK_TRY, 4, test_scale(20000, 200));
}

TEST(mutex_excludes_by_deadline, 60)
{
    check_exclusion(&lock_mutex, LOCK_UNTIL, 6, test_scale(20000, 200));
}

TEST(mutex_excludes_many_threads, 60)
{
    check_exclusion(&lock_mutex, LOCK_MIXED, test_scale(64, 16), test_scale(1500, 20));
}

TEST(mutex_try, 20)
{
    check_try(&lock_mutex);
}

TEST(mutex_deadlines, 30)
{
    check_deadlines(&lock_mutex);
}

TEST(mutex_holder, 20)
{
    check_holder(&lock_mutex);
}

TEST(mutex_loses_no_wake, 60)
{
    check_no_lost_wake(&lock_mutex, test_scale(4000, 50));
}

/* --- misuse ----------------------------------------------------------------------------------- */

static void unlock(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_mutex_unlock(misuse->object);
}

static void lock_twice(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_mutex_lock(misuse->object);
    thrum_mutex_lock(misuse->object);
}

static void lock_and_lock_until(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_mutex_lock(misuse->object);
    (void)!thrum_mutex_lock_until(misuse->object, *(thrum_time *)misuse->second);
}

TEST(mutex_unlock_by_another, 30)
{
    thrum_mutex mutex = THRUM_MUTEX_INIT;
    struct misuse misuse = { .object = &mutex };
    thrum_mutex_lock(&mutex);
    check_misuse(unlock, &misuse, "mutex", thrum_id());
}

static void wait_and_leave(struct member *member)
{
    thrum_mutex_lock(member->shared);
    thrum_mutex_unlock(member->shared);
}

TEST(mutex_unlock_by_another_while_one_waits, 30)
{
    struct member member;
    thrum_mutex mutex = THRUM_MUTEX_INIT;
    struct misuse misuse = { .object = &mutex };
    thrum_mutex_lock(&mutex);
    crew_start(&member, 1, wait_and_leave, &mutex);
    until_member_asleep(&member);
    check_misuse(unlock, &misuse, "mutex", thrum_id());
    /* that exchange has set it free: the waiter must not sleep on, whatever woke it */
    thrum_wake((const uint32_t *)(const void *)&mutex, THRUM_ALL);
    crew_join(&member, 1);
}

TEST(mutex_unlock_of_a_free_one, 30)
{
    thrum_mutex mutex = THRUM_MUTEX_INIT;
    struct misuse misuse = { .object = &mutex };
    check_misuse(unlock, &misuse, "mutex", 0);
}

TEST(mutex_relock, 30)
{
    thrum_mutex mutex = THRUM_MUTEX_INIT;
    struct misuse misuse = { .object = &mutex };
    check_misuse(lock_twice, &misuse, "mutex", 0);
}

TEST(mutex_lock_until_by_the_holder, 30)
{
    const thrum_time deadlines[] = { 0, thrum_now(), thrum_after(1000000000), THRUM_FOREVER };
    for (uint32_t i = 0; i < 4; ++i) {
        thrum_mutex mutex = THRUM_MUTEX_INIT;
        thrum_time deadline = deadlines[i];
        struct misuse misuse = { .object = &mutex, .second = &deadline };
        check_misuse(lock_and_lock_until, &misuse, "mutex", 0);
    }
}

static void *lock_and_end(void *mutex)
{
    thrum_mutex_lock(mutex);
    return NULL;
}

/* Its thread has ended: the line says so, and names no other thread as the holder. */
TEST(mutex_of_an_ended_holder, 30)
{
    thrum_mutex mutex = THRUM_MUTEX_INIT;
    struct misuse misuse = { .object = &mutex };
    test_join(test_spawn(lock_and_end, &mutex));
    CHECK(!thrum_mutex_try_lock(&mutex));
    CHECK(test_contains(test_fatal(unlock, &misuse), "ended"));
}
