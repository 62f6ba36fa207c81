/* Recursive mutexes: levels, and all that holds for a mutex. */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../test.h"

TEST(recursive_mutex_excludes, 60)
{
    check_exclusion(&lock_recursive, LOCK_PLAIN, 6, test_scale(20000, 200));
    check_exclusion(&lock_recursive, LOCK_MIXED, 6, test_scale(10000, 100));
}

TEST(recursive_mutex_try, 20)
{
    check_try(&lock_recursive);
}

TEST(recursive_mutex_deadlines, 30)
{
    check_deadlines(&lock_recursive);
}

TEST(recursive_mutex_holder, 20)
{
    check_holder(&lock_recursive);
}

TEST(recursive_mutex_loses_no_wake, 60)
{
    check_no_lost_wake(&lock_recursive, test_scale(2000, 30));
}

/* --- levels ----------------------------------------------------------------------------------- */

static void look_from_outside(struct member *member)
{
    thrum_recursive_mutex *mutex = member->shared;
    CHECK_EQ(thrum_recursive_mutex_depth(mutex), 0); /* the caller's levels, and it has none */
    CHECK(!thrum_recursive_mutex_try_lock(mutex));
    CHECK_EQ(thrum_recursive_mutex_lock_until(mutex, thrum_after(100000)), THRUM_TIMED_OUT);
}

TEST(recursive_mutex_counts_its_levels, 30)
{
    thrum_recursive_mutex mutex = THRUM_RECURSIVE_MUTEX_INIT;
    CHECK_EQ(thrum_recursive_mutex_depth(&mutex), 0);
    thrum_recursive_mutex_lock(&mutex);
    CHECK(thrum_recursive_mutex_try_lock(&mutex));
    CHECK_EQ(thrum_recursive_mutex_lock_until(&mutex, 0), THRUM_OK);
    CHECK_EQ(thrum_recursive_mutex_lock_until(&mutex, THRUM_FOREVER), THRUM_OK);
    for (uint32_t depth = 4; depth > 0; --depth) {
        CHECK_EQ(thrum_recursive_mutex_depth(&mutex), depth);
        CHECK_EQ(thrum_recursive_mutex_holder(&mutex), thrum_id());
        crew_run(1, look_from_outside, &mutex);
        thrum_recursive_mutex_unlock(&mutex);
    }
    CHECK_EQ(thrum_recursive_mutex_depth(&mutex), 0);
    CHECK_EQ(thrum_recursive_mutex_holder(&mutex), 0);
}

struct nest {
    thrum_recursive_mutex mutex;
    volatile uint64_t counter;
    uint32_t rounds;
};

static void nest_levels(struct nest *nest, uint32_t levels)
{
    uint32_t before = thrum_recursive_mutex_depth(&nest->mutex);
    if (levels == 0)
        return;
    thrum_recursive_mutex_lock(&nest->mutex);
    CHECK_EQ(thrum_recursive_mutex_depth(&nest->mutex), before + 1);
    nest->counter = nest->counter + 1;
    nest_levels(nest, levels - 1);
    nest->counter = nest->counter + 1;
    thrum_recursive_mutex_unlock(&nest->mutex);
}

static void nest_member(struct member *member)
{
    struct nest *nest = member->shared;
    for (uint32_t i = 0; i < nest->rounds; ++i)
        nest_levels(nest, 1 + i % 7);
}

TEST(recursive_mutex_nested_stress, 60)
{
    struct nest nest = { .rounds = test_scale(7000, 70) / 7 * 7 };
    crew_run(5, nest_member, &nest);
    CHECK_EQ(nest.counter, (uint64_t)5 * nest.rounds * 2 * (1 + 2 + 3 + 4 + 5 + 6 + 7) / 7);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static void unlock(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_recursive_mutex_unlock(misuse->object);
}

static void unlock_once_too_often(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_recursive_mutex_lock(misuse->object);
    thrum_recursive_mutex_lock(misuse->object);
    thrum_recursive_mutex_unlock(misuse->object);
    thrum_recursive_mutex_unlock(misuse->object);
    thrum_recursive_mutex_unlock(misuse->object);
}

TEST(recursive_mutex_unlock_by_another, 30)
{
    thrum_recursive_mutex mutex = THRUM_RECURSIVE_MUTEX_INIT;
    struct misuse misuse = { .object = &mutex };
    thrum_recursive_mutex_lock(&mutex);
    thrum_recursive_mutex_lock(&mutex);
    check_misuse(unlock, &misuse, "recursive mutex", thrum_id());
}

TEST(recursive_mutex_unlock_of_a_free_one, 30)
{
    thrum_recursive_mutex mutex = THRUM_RECURSIVE_MUTEX_INIT;
    struct misuse misuse = { .object = &mutex };
    check_misuse(unlock, &misuse, "recursive mutex", 0);
    check_misuse(unlock_once_too_often, &misuse, "recursive mutex", 0);
}

/* Levels end at 2^32-1: one more would make a locked mutex look as if it were held once. */
static void lock_past_the_last_level(void *argument)
{
    struct misuse *misuse = argument;
    thrum_recursive_mutex *mutex = misuse->object;
    misuse_begins(misuse);
    thrum_recursive_mutex_lock(mutex);
    mutex->private_depth = UINT32_MAX;
    thrum_recursive_mutex_lock(mutex);
}

TEST(recursive_mutex_has_a_last_level, 30)
{
    thrum_recursive_mutex mutex = THRUM_RECURSIVE_MUTEX_INIT;
    struct misuse misuse = { .object = &mutex };
    check_misuse(lock_past_the_last_level, &misuse, "recursive mutex", 0);
}
