/* Wait groups: counting down, and groups that are used again. */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../support/system.h"
#include "../test.h"

_Static_assert(sizeof(thrum_waitgroup) <= 64, "sizes of api.md");

TEST(waitgroup_of_none, 20)
{
    thrum_waitgroup group = THRUM_WAITGROUP_INIT;
    thrum_waitgroup_wait(&group);
    CHECK_EQ(thrum_waitgroup_wait_until(&group, 0), THRUM_OK);
    thrum_waitgroup_add(&group, 0);
    thrum_waitgroup_wait(&group);
    thrum_waitgroup_add(&group, 2);
    CHECK_EQ(thrum_waitgroup_wait_until(&group, 0), THRUM_TIMED_OUT);
    thrum_waitgroup_done(&group);
    CHECK_EQ(thrum_waitgroup_wait_until(&group, thrum_after(1000000)), THRUM_TIMED_OUT);
    thrum_waitgroup_done(&group);
    CHECK_EQ(thrum_waitgroup_wait_until(&group, 0), THRUM_OK);
}

enum { WORKERS = 6, WAITERS = 4 };

struct work {
    thrum_waitgroup group;
    uint64_t results[WORKERS]; /* plain: the group makes them seen */
    uint32_t released;
};

static void do_work(struct member *member)
{
    struct work *work = member->shared;
    burn(test_pick(&member->random, 50000));
    work->results[member->index] = member->index + 1;
    thrum_waitgroup_done(&work->group);
}

static void await_work(struct member *member)
{
    struct work *work = member->shared;
    if (member->index % 2)
        thrum_waitgroup_wait(&work->group);
    else
        CHECK_EQ(thrum_waitgroup_wait_until(&work->group, THRUM_FOREVER), THRUM_OK);
    for (uint32_t i = 0; i < WORKERS; ++i)
        CHECK_EQ(work->results[i], i + 1);
    flag_add(&work->released, 1);
}

TEST(waitgroup_waits_for_all, 60)
{
    for (uint32_t round = 0; round < test_scale(200, 5); ++round) {
        struct work work = { .released = 0 };
        struct member waiters[WAITERS], workers[WORKERS];
        thrum_waitgroup_add(&work.group, WORKERS);
        crew_start(waiters, WAITERS, await_work, &work);
        crew_start(workers, WORKERS, do_work, &work);
        crew_join(waiters, WAITERS);
        crew_join(workers, WORKERS);
        CHECK_EQ(flag_get(&work.released), WAITERS);
    }
}

/* The last one done, and at once one more: those that waited go, for the count has been zero. */
TEST(waitgroup_used_again_at_once, 60)
{
    for (uint32_t round = 0; round < test_scale(100, 5); ++round) {
        struct work work = { .released = 0 };
        struct member waiters[WAITERS];
        for (uint32_t i = 0; i < WORKERS; ++i)
            work.results[i] = i + 1;
        thrum_waitgroup_add(&work.group, 1);
        crew_start(waiters, WAITERS, await_work, &work);
        for (uint32_t i = 0; i < WAITERS; ++i)
            until_member_asleep(&waiters[i]);
        CHECK_EQ(flag_get(&work.released), 0);
        thrum_waitgroup_done(&work.group);
        thrum_waitgroup_add(&work.group, 1);
        crew_join(waiters, WAITERS);
        CHECK_EQ(thrum_waitgroup_wait_until(&work.group, 0), THRUM_TIMED_OUT);
        thrum_waitgroup_done(&work.group);
    }
}

/* Rounds in which some wait for good, some for a while, and some not at all. */
struct rounds {
    thrum_waitgroup group;
    struct rally rally;
    uint32_t rounds;
};

static void rounds_member(struct member *member)
{
    struct rounds *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        if (member->index == 0) /* one adds for all, before any is done */
            thrum_waitgroup_add(&shared->group, member->count);
        rally_meet(&shared->rally);
        burn(test_pick(&member->random, 3000));
        thrum_waitgroup_done(&shared->group);
        if (member->index % 3 == 2) {
            while (thrum_waitgroup_wait_until(&shared->group, thrum_after(15000)) != THRUM_OK) {
            }
        } else if (member->index % 3 == 1) {
            thrum_waitgroup_wait(&shared->group);
        } else if (i % 2) {
            CHECK_EQ(thrum_waitgroup_wait_until(&shared->group, THRUM_FOREVER), THRUM_OK);
        }
        rally_meet(&shared->rally);
    }
}

TEST(waitgroup_used_again_stress, 60)
{
    struct rounds shared = { .rally = { 5, 0, 0 }, .rounds = test_scale(6000, 50) };
    crew_run(5, rounds_member, &shared);
    CHECK_EQ(thrum_waitgroup_wait_until(&shared.group, 0), THRUM_OK);
}

/* Waiters whose time is over leave; the others stay, and are released. */
static void give_up(struct member *member)
{
    struct work *work = member->shared;
    thrum_time deadline = thrum_after(2000000);
    CHECK_EQ(thrum_waitgroup_wait_until(&work->group, deadline), THRUM_TIMED_OUT);
    CHECK(thrum_now() >= deadline);
}

TEST(waitgroup_time_out_leaves_the_others, 60)
{
    for (uint32_t round = 0; round < test_scale(20, 2); ++round) {
        struct work work = { .released = 0 };
        struct member leaving[3], waiters[WAITERS];
        thrum_waitgroup_add(&work.group, WORKERS);
        crew_start(leaving, 3, give_up, &work);
        crew_start(waiters, WAITERS, await_work, &work);
        crew_join(leaving, 3);
        crew_run(WORKERS, do_work, &work);
        crew_join(waiters, WAITERS);
    }
}

/* A waiter is kept from its CPU while the group is used again, and has waiters again: its own wait
 * is over all the same. */
static uint32_t in_handler, leave_handler;

static void stay_in_handler(int signal)
{
    (void)signal;
    flag_set(&in_handler, 1);
    flag_await(&leave_handler, 1);
}

static void await_plain(struct member *member)
{
    struct work *work = member->shared;
    thrum_waitgroup_wait(&work->group);
    flag_add(&work->released, 1);
}

TEST(waitgroup_late_waiter, 30)
{
    CHECK(system_handle(SYSTEM_SIGNAL_A, stay_in_handler, 0));
    for (uint32_t round = 0; round < test_scale(20, 3); ++round) {
        struct work work = { .released = 0 };
        struct member late, next;
        flag_set(&in_handler, 0);
        flag_set(&leave_handler, 0);
        thrum_waitgroup_add(&work.group, 1);
        crew_start(&late, 1, await_plain, &work);
        until_member_asleep(&late);
        CHECK(system_signal(late.id, SYSTEM_SIGNAL_A));
        flag_await(&in_handler, 1);
        thrum_waitgroup_done(&work.group);
        thrum_waitgroup_add(&work.group, 1);
        crew_start(&next, 1, await_plain, &work);
        until_member_asleep(&next);
        flag_set(&leave_handler, 1);
        CHECK(flag_await_until(&work.released, 1, thrum_after(test_ms(2000))));
        CHECK_EQ(flag_get(&work.released), 1);
        thrum_waitgroup_done(&work.group);
        crew_join(&late, 1);
        crew_join(&next, 1);
    }
    CHECK(system_handle(SYSTEM_SIGNAL_A, NULL, 0));
}

/* --- misuse ----------------------------------------------------------------------------------- */

static void done_once_too_often(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_waitgroup_add(misuse->object, 1);
    thrum_waitgroup_done(misuse->object);
    thrum_waitgroup_done(misuse->object);
}

static void add_too_many(void *argument)
{
    struct misuse *misuse = argument;
    uint32_t *counts = misuse->second;
    misuse_begins(misuse);
    thrum_waitgroup_add(misuse->object, counts[0]);
    thrum_waitgroup_add(misuse->object, counts[1]);
}

TEST(waitgroup_misuse, 30)
{
    static const uint32_t most = UINT32_MAX;
    uint32_t counts[][2] = {
        { most, 1 }, { 1, most }, { most / 2 + 1, most / 2 + 1 }, { most, most }
    };
    thrum_waitgroup group = THRUM_WAITGROUP_INIT;
    struct misuse misuse = { .object = &group };
    check_misuse(done_once_too_often, &misuse, "waitgroup", 0);
    for (uint32_t i = 0; i < sizeof counts / sizeof *counts; ++i) {
        thrum_waitgroup full = THRUM_WAITGROUP_INIT;
        struct misuse adding = { .object = &full, .second = counts[i] };
        check_misuse(add_too_many, &adding, "waitgroup", 0);
    }
}

TEST(waitgroup_most, 20)
{
    thrum_waitgroup group = THRUM_WAITGROUP_INIT;
    thrum_waitgroup_add(&group, UINT32_MAX - 1);
    thrum_waitgroup_add(&group, 1);
    thrum_waitgroup_done(&group);
    thrum_waitgroup_add(&group, 1);
    CHECK_EQ(thrum_waitgroup_wait_until(&group, 0), THRUM_TIMED_OUT);
}
