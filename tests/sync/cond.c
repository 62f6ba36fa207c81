/* Conditions: what a wait, a signal and a broadcast do, one at a time. */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../support/system.h"
#include "../test.h"

_Static_assert(sizeof(thrum_cond) <= 64, "sizes of api.md");

enum { WAITERS = 8 };

/* Waiters of one condition, each with a word that says how its wait ended. */
struct waiting {
    thrum_mutex mutex;
    thrum_cond cond;
    thrum_time deadline;      /* 0: none */
    uint32_t returned;        /* how many waits */
    uint32_t order[CREW_MAX]; /* who returned, in turn; under the mutex */
    thrum_status status[CREW_MAX];
};

static void wait_once(struct member *member)
{
    struct waiting *shared = member->shared;
    thrum_status status = THRUM_OK;
    thrum_mutex_lock(&shared->mutex);
    if (shared->deadline == 0)
        thrum_cond_wait(&shared->cond, &shared->mutex);
    else
        status = thrum_cond_wait_until(&shared->cond, &shared->mutex, shared->deadline);
    CHECK_EQ(thrum_mutex_holder(&shared->mutex), thrum_id());
    shared->status[member->index] = status;
    shared->order[shared->returned] = member->index;
    flag_add(&shared->returned, 1);
    thrum_mutex_unlock(&shared->mutex);
}

/* Starts them one after the other, each when the one before sleeps. */
static void queue_up(struct member *members, uint32_t count, struct waiting *shared)
{
    for (uint32_t i = 0; i < count; ++i) {
        crew_start(&members[i], 1, wait_once, shared);
        members[i].index = i; /* read only after the mutex, which the waiter frees last */
        until_member_asleep(&members[i]);
    }
}

static bool returned_is(struct waiting *shared, uint32_t count)
{
    return flag_await_until(&shared->returned, count, thrum_after(test_ms(5000)));
}

/* --- one signal ------------------------------------------------------------------------------- */

TEST(cond_wait_frees_the_mutex, 30)
{
    struct waiting shared = { .deadline = 0 };
    struct member member;
    queue_up(&member, 1, &shared);
    CHECK(thrum_mutex_try_lock(&shared.mutex));
    thrum_cond_signal(&shared.cond);
    sleep_ms(5);
    CHECK_EQ(flag_get(&shared.returned), 0); /* it wants the mutex again */
    thrum_mutex_unlock(&shared.mutex);
    crew_join(&member, 1);
}

TEST(cond_signal_without_the_mutex, 30)
{
    struct waiting shared = { .deadline = 0 };
    struct member member;
    queue_up(&member, 1, &shared);
    thrum_cond_signal(&shared.cond);
    crew_join(&member, 1);
    queue_up(&member, 1, &shared);
    thrum_cond_broadcast(&shared.cond);
    crew_join(&member, 1);
}

TEST(cond_signal_is_not_kept, 30)
{
    struct waiting shared = { .deadline = 0 };
    struct member member;
    for (uint32_t i = 0; i < 5; ++i) {
        thrum_cond_signal(&shared.cond);
        thrum_cond_broadcast(&shared.cond);
    }
    queue_up(&member, 1, &shared);
    sleep_ms(10);
    CHECK_EQ(flag_get(&shared.returned), 0);
    thrum_cond_signal(&shared.cond);
    crew_join(&member, 1);
}

TEST(cond_first_come_first_woken, 60)
{
    struct waiting shared = { .deadline = 0 };
    struct member members[WAITERS];
    queue_up(members, WAITERS, &shared);
    for (uint32_t i = 0; i < WAITERS; ++i) {
        thrum_cond_signal(&shared.cond);
        CHECK(returned_is(&shared, i + 1));
        CHECK_EQ(shared.order[i], i);
    }
    crew_join(members, WAITERS);
}

TEST(cond_first_come_first_woken_of_timed, 60)
{
    struct waiting shared = { .deadline = THRUM_FOREVER - 1 };
    struct member members[WAITERS];
    queue_up(members, WAITERS, &shared);
    for (uint32_t i = 0; i < WAITERS; ++i) {
        thrum_mutex_lock(&shared.mutex);
        thrum_cond_signal(&shared.cond);
        thrum_mutex_unlock(&shared.mutex);
        CHECK(returned_is(&shared, i + 1));
        CHECK_EQ(shared.order[i], i);
        CHECK_EQ(shared.status[i], THRUM_OK);
    }
    crew_join(members, WAITERS);
}

/* k signals, k threads: not one more. */
TEST(cond_as_many_as_signals, 60)
{
    struct waiting shared = { .deadline = 0 };
    struct member members[WAITERS];
    uint32_t given = 0;
    queue_up(members, WAITERS, &shared);
    for (uint32_t k = 1; given + k <= WAITERS; ++k) {
        thrum_mutex_lock(&shared.mutex);
        for (uint32_t i = 0; i < k; ++i)
            thrum_cond_signal(&shared.cond);
        thrum_mutex_unlock(&shared.mutex);
        given += k;
        CHECK(returned_is(&shared, given));
        sleep_ms(5);
        CHECK_EQ(flag_get(&shared.returned), given);
        for (uint32_t i = 0; i < given; ++i)
            CHECK(shared.order[i] < given); /* those that waited longest */
    }
    thrum_cond_broadcast(&shared.cond);
    crew_join(members, WAITERS);
}

/* --- broadcast -------------------------------------------------------------------------------- */

TEST(cond_broadcast_wakes_all_once, 60)
{
    struct waiting shared = { .deadline = 0 };
    struct member members[WAITERS], late;
    queue_up(members, WAITERS, &shared);
    thrum_mutex_lock(&shared.mutex);
    thrum_cond_broadcast(&shared.cond);
    thrum_mutex_unlock(&shared.mutex);
    crew_join(members, WAITERS);
    CHECK_EQ(flag_get(&shared.returned), WAITERS);
    queue_up(&late, 1, &shared); /* one that comes later is not woken by it */
    sleep_ms(10);
    CHECK_EQ(flag_get(&shared.returned), WAITERS);
    thrum_cond_broadcast(&shared.cond);
    crew_join(&late, 1);
}

enum { HERD = 16 };

static uint64_t herd_sleeps[HERD];

static uint32_t count_woken(const struct member *members)
{
    uint32_t woken = 0;
    for (uint32_t i = 0; i < HERD; ++i)
        woken += system_thread_sleep_count(members[i].id) != herd_sleeps[i];
    return woken;
}

/* All are due, the mutex is held: at most two have been woken to contend for it. */
TEST(cond_broadcast_wakes_no_herd, 60)
{
    struct waiting shared = { .deadline = 0 };
    struct member members[HERD];
    queue_up(members, HERD, &shared);
    for (uint32_t i = 0; i < HERD; ++i)
        herd_sleeps[i] = system_thread_sleep_count(members[i].id);
    thrum_mutex_lock(&shared.mutex);
    thrum_cond_broadcast(&shared.cond);
    sleep_ms(20);
    uint32_t woken = count_woken(members);
    thrum_mutex_unlock(&shared.mutex);
    crew_join(members, HERD);
    CHECK_EQ(flag_get(&shared.returned), HERD);
    CHECK(woken <= 2);
    if (herd_sleeps[0] == UINT64_MAX)
        test_skip("the system does not tell how often a thread slept");
    test_note("%u of %u contended for the mutex", woken, HERD);
}

/* As the broadcast without the mutex, and while the first of them still has it. */
TEST(cond_broadcast_without_the_mutex, 60)
{
    for (uint32_t round = 0; round < test_scale(50, 5); ++round) {
        struct waiting shared = { .deadline = round % 2 ? THRUM_FOREVER : 0 };
        struct member members[WAITERS];
        queue_up(members, WAITERS, &shared);
        thrum_cond_broadcast(&shared.cond);
        crew_join(members, WAITERS);
        CHECK_EQ(flag_get(&shared.returned), WAITERS);
    }
}

/* --- no reason, no return --------------------------------------------------------------------- */

TEST(cond_no_spurious_return, 60)
{
    struct waiting shared = { .deadline = 0 };
    struct member members[WAITERS];
    queue_up(members, WAITERS, &shared);
    for (thrum_time end = thrum_after(test_run_ms(60)); thrum_now() < end;) {
        const uint32_t *words = (const uint32_t *)(const void *)&shared;
        size_t count = (sizeof shared.mutex + sizeof shared.cond) / sizeof *words + 1;
        for (size_t i = 0; i < count; ++i)
            thrum_wake(&words[i], THRUM_ALL);
        thrum_mutex_lock(&shared.mutex);
        CHECK_EQ(flag_get(&shared.returned), 0);
        thrum_mutex_unlock(&shared.mutex);
        thrum_yield();
    }
    thrum_cond_broadcast(&shared.cond);
    crew_join(members, WAITERS);
}

/* --- deadlines -------------------------------------------------------------------------------- */

TEST(cond_deadlines, 30)
{
    thrum_mutex mutex = THRUM_MUTEX_INIT;
    thrum_cond cond = THRUM_COND_INIT;
    const thrum_time waits[] = { 0, 1000000, 7000000, 30000000 };
    thrum_mutex_lock(&mutex);
    CHECK_EQ(thrum_cond_wait_until(&cond, &mutex, 0), THRUM_TIMED_OUT);
    CHECK_EQ(thrum_cond_wait_until(&cond, &mutex, 1), THRUM_TIMED_OUT);
    for (uint32_t i = 0; i < 4; ++i) {
        thrum_time deadline = thrum_after(waits[i]);
        CHECK_EQ(thrum_cond_wait_until(&cond, &mutex, deadline), THRUM_TIMED_OUT);
        CHECK(thrum_now() >= deadline);
        CHECK(!test_late(deadline + test_ms(3000)));
        CHECK_EQ(thrum_mutex_holder(&mutex), thrum_id());
    }
    thrum_mutex_unlock(&mutex);
}

/* Past its deadline, but without the mutex: it waits for that, and says so. */
TEST(cond_timed_out_waiter_wants_the_mutex, 30)
{
    struct waiting shared = { .deadline = thrum_after(5000000) };
    struct member member;
    queue_up(&member, 1, &shared);
    thrum_mutex_lock(&shared.mutex);
    while (thrum_now() < shared.deadline)
        thrum_yield();
    sleep_ms(10);
    uint32_t returned = flag_get(&shared.returned);
    thrum_mutex_unlock(&shared.mutex);
    crew_join(&member, 1);
    CHECK_EQ(shared.status[0], THRUM_TIMED_OUT);
    if (returned != 0)
        test_note("it had timed out before the mutex was held");
}

/* A waiter in the middle of the queue that leaves does not take the others with it. */
TEST(cond_leaving_the_middle, 60)
{
    for (uint32_t gone = 0; gone < 3; ++gone) {
        struct waiting stay = { .deadline = 0 };
        struct member members[3];
        for (uint32_t i = 0; i < 3; ++i) {
            thrum_mutex_lock(&stay.mutex);
            stay.deadline = i == gone ? thrum_after(test_ms(30)) : 0;
            thrum_mutex_unlock(&stay.mutex);
            crew_start(&members[i], 1, wait_once, &stay);
            members[i].index = i;
            until_member_asleep(&members[i]);
        }
        CHECK(returned_is(&stay, 1));
        CHECK_EQ(stay.order[0], gone);
        CHECK_EQ(stay.status[gone], THRUM_TIMED_OUT);
        thrum_cond_signal(&stay.cond);
        CHECK(returned_is(&stay, 2));
        CHECK_EQ(stay.order[1], gone == 0 ? 1 : 0);
        thrum_cond_signal(&stay.cond);
        crew_join(members, 3);
    }
}
