/* Semaphores: counts, wakes, overflow. */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../test.h"

_Static_assert(sizeof(thrum_sem) <= 8, "sizes of api.md");

TEST(sem_excludes, 60)
{
    check_exclusion(&lock_sem, LOCK_PLAIN, 6, test_scale(20000, 200));
    check_exclusion(&lock_sem, LOCK_MIXED, 6, test_scale(10000, 100));
}

TEST(sem_excludes_many_threads, 60)
{
    check_exclusion(&lock_sem, LOCK_MIXED, test_scale(64, 16), test_scale(800, 20));
}

TEST(sem_try, 20)
{
    check_try(&lock_sem);
}

TEST(sem_deadlines, 30)
{
    check_deadlines(&lock_sem);
}

TEST(sem_loses_no_wake, 60)
{
    check_no_lost_wake(&lock_sem, test_scale(4000, 40));
}

TEST(sem_counts, 20)
{
    thrum_sem sem = THRUM_SEM_INIT(3), zeroed = { 0 };
    for (uint32_t i = 0; i < 3; ++i)
        CHECK(thrum_sem_try_wait(&sem));
    CHECK(!thrum_sem_try_wait(&sem));
    thrum_sem_post(&sem, 0); /* gives nothing */
    CHECK(!thrum_sem_try_wait(&sem));
    thrum_sem_post(&sem, 2);
    thrum_sem_post(&sem, 1);
    thrum_sem_wait(&sem);
    CHECK_EQ(thrum_sem_wait_until(&sem, 0), THRUM_OK);
    CHECK(thrum_sem_try_wait(&sem));
    CHECK(!thrum_sem_try_wait(&sem));
    CHECK(!thrum_sem_try_wait(&zeroed));
    thrum_sem_post(&zeroed, THRUM_SEM_MAX);
    CHECK(thrum_sem_try_wait(&zeroed));
    thrum_sem_post(&zeroed, 1);
}

/* --- wakes ------------------------------------------------------------------------------------ */

struct taking {
    thrum_sem sem;
    uint32_t taken;
};

static void take_one(struct member *member)
{
    struct taking *taking = member->shared;
    thrum_sem_wait(&taking->sem);
    flag_add(&taking->taken, 1);
}

/* post(n) releases n, not one more; and the posts need not be one by one. */
TEST(sem_post_releases_as_many, 60)
{
    static const uint32_t posts[] = { 1, 3, 2, 6 };
    struct taking taking = { .taken = 0 };
    struct member members[12];
    uint32_t given = 0;
    crew_start(members, 12, take_one, &taking);
    for (uint32_t i = 0; i < 12; ++i)
        until_member_asleep(&members[i]);
    for (uint32_t i = 0; i < 4; ++i) {
        thrum_sem_post(&taking.sem, posts[i]);
        given += posts[i];
        CHECK(flag_await_until(&taking.taken, given, thrum_after(test_ms(5000))));
        sleep_ms(5);
        CHECK_EQ(flag_get(&taking.taken), given);
    }
    crew_join(members, 12);
    CHECK(!thrum_sem_try_wait(&taking.sem));
}

/* Two posts in a row while the first one's sleeper is still waking (field note 20): both wake. In
 * each round the takers must all come through, so a lost wake hangs. */
struct posting {
    thrum_sem sem;
    struct rally rally;
    uint32_t rounds;
};

enum { TAKERS = 3 };

static void post_member(struct member *member)
{
    struct posting *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        rally_meet(&shared->rally);
        if (member->index == 0) {
            burn(test_pick(&member->random, 20000));
            for (uint32_t left = TAKERS; left > 0;) {
                uint32_t n = 1 + test_pick(&member->random, left);
                thrum_sem_post(&shared->sem, n);
                left -= n;
                burn(test_pick(&member->random, 2000));
            }
        } else if (member->index == 1) {
            while (thrum_sem_wait_until(&shared->sem, thrum_after(20000)) != THRUM_OK) {
            }
        } else {
            thrum_sem_wait(&shared->sem);
        }
        rally_meet(&shared->rally);
    }
}

TEST(sem_posts_during_wakes, 60)
{
    struct posting shared = { .rally = { TAKERS + 1, 0, 0 }, .rounds = test_scale(8000, 60) };
    crew_run(TAKERS + 1, post_member, &shared);
    CHECK(!thrum_sem_try_wait(&shared.sem));
}

/* Tokens go round in a ring of semaphores. */
struct ring {
    thrum_sem sems[8];
    uint32_t rounds;
};

static void pass_on(struct member *member)
{
    struct ring *ring = member->shared;
    for (uint32_t i = 0; i < ring->rounds; ++i) {
        thrum_sem_wait(&ring->sems[member->index]);
        thrum_sem_post(&ring->sems[(member->index + 1) % member->count], 1);
    }
}

TEST(sem_ring, 60)
{
    struct ring ring = { .rounds = test_scale(3000, 50) };
    thrum_sem_post(&ring.sems[0], 1);
    thrum_sem_post(&ring.sems[3], 1);
    crew_run(8, pass_on, &ring);
    uint32_t tokens = 0;
    for (uint32_t i = 0; i < 8; ++i) {
        while (thrum_sem_try_wait(&ring.sems[i]))
            ++tokens;
    }
    CHECK_EQ(tokens, 2);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static void post_many(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_sem_post(misuse->object, *(uint32_t *)misuse->second);
}

TEST(sem_overflow, 30)
{
    static const uint32_t counts[][2] = { { THRUM_SEM_MAX, 1 },
                                          { 1, THRUM_SEM_MAX },
                                          { 0, THRUM_SEM_MAX + 1u },
                                          { 0, UINT32_MAX },
                                          { THRUM_SEM_MAX, UINT32_MAX } };
    for (uint32_t i = 0; i < sizeof counts / sizeof *counts; ++i) {
        thrum_sem sem = THRUM_SEM_INIT(counts[i][0]);
        uint32_t n = counts[i][1];
        struct misuse misuse = { .object = &sem, .second = &n };
        check_misuse(post_many, &misuse, "semaphore", 0);
    }
}
