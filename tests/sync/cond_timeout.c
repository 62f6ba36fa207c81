/* Conditions: signals, broadcasts and waits whose time is just over (field note 24). */
#include "../support/crew.h"
#include "../support/system.h"
#include "../test.h"

/* --- a signal is not lost to one that times out ----------------------------------------------- */

/* TIMED waits with deadlines and one without; TIMED signals at about the time the deadlines end. A
 * signal that meets a waiter wakes one. So if any of the timed ones timed out, its signal went to
 * another, in the end to the one without deadline; and if none did, that one still waits. */
enum { TIMED = 3 };

struct timed {
    thrum_mutex mutex;
    thrum_cond cond;
    struct rally all, without_last;
    uint32_t rounds;
    uint32_t waiting, timed_out; /* of this round; under the mutex */
    uint32_t last_is_back;
    uint32_t all_timed_out;
};

static void wait_timed(struct timed *shared, struct member *member)
{
    thrum_time length = 40000 + test_pick(&member->random, 100000);
    thrum_mutex_lock(&shared->mutex);
    ++shared->waiting;
    if (thrum_cond_wait_until(&shared->cond, &shared->mutex, thrum_after(length)) != THRUM_OK)
        ++shared->timed_out;
    thrum_mutex_unlock(&shared->mutex);
}

static void wait_untimed(struct timed *shared)
{
    thrum_mutex_lock(&shared->mutex);
    ++shared->waiting;
    thrum_cond_wait(&shared->cond, &shared->mutex);
    flag_set(&shared->last_is_back, 1);
    thrum_mutex_unlock(&shared->mutex);
}

/* All have begun to wait; a timed one may have left again. */
static void await_waiters(struct timed *shared)
{
    for (bool all = false; !all;) {
        thrum_mutex_lock(&shared->mutex);
        all = shared->waiting == TIMED + 1;
        thrum_mutex_unlock(&shared->mutex);
        if (!all)
            thrum_yield();
    }
}

static void give_signals(struct timed *shared, struct member *member)
{
    await_waiters(shared);
    thrum_time end = thrum_after(test_pick(&member->random, 120000));
    while (thrum_now() < end)
        thrum_yield();
    for (uint32_t i = 0; i < TIMED; ++i) {
        bool with_mutex = test_pick(&member->random, 2);
        if (with_mutex)
            thrum_mutex_lock(&shared->mutex);
        thrum_cond_signal(&shared->cond);
        if (with_mutex)
            thrum_mutex_unlock(&shared->mutex);
    }
}

/* All timed waits have ended. */
static void check_last(struct timed *shared)
{
    if (shared->timed_out != 0) {
        CHECK(flag_await_until(&shared->last_is_back, 1, thrum_after(test_ms(5000))));
    } else {
        CHECK_EQ(flag_get(&shared->last_is_back), 0);
    }
    shared->all_timed_out += shared->timed_out;
    thrum_cond_signal(&shared->cond);
}

static void timed_round(struct timed *shared, struct member *member)
{
    if (member->index == 0)
        shared->waiting = shared->timed_out = shared->last_is_back = 0;
    rally_meet(&shared->all);
    if (member->index == TIMED + 1) {
        wait_untimed(shared);
    } else {
        if (member->index == 0)
            give_signals(shared, member);
        else
            wait_timed(shared, member);
        rally_meet(&shared->without_last);
        if (member->index == 0)
            check_last(shared);
    }
    rally_meet(&shared->all);
}

static void timed_member(struct member *member)
{
    struct timed *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i)
        timed_round(shared, member);
}

TEST(cond_signal_is_not_lost_to_a_time_out, 60)
{
    struct timed shared = { .all = { TIMED + 2, 0, 0 },
                            .without_last = { TIMED + 1, 0, 0 },
                            .rounds = test_scale(3000, 40) };
    crew_run(TIMED + 2, timed_member, &shared);
    test_note("%u of %u timed waits timed out", shared.all_timed_out, TIMED * shared.rounds);
}

/* --- one signal, one status ------------------------------------------------------------------- */

/* A single timed waiter and a single signal at its deadline: if the wait says that it timed out,
 * the signal found nobody, and the next waiter must not get it; if it says OK, it had it. */
struct single {
    thrum_mutex mutex;
    thrum_cond cond;
    struct rally rally;
    uint32_t rounds;
    uint32_t in_time;
};

static void single_member(struct member *member)
{
    struct single *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        thrum_time length = test_pick(&member->random, 60000);
        rally_meet(&shared->rally);
        if (member->index == 0) {
            for (thrum_time end = thrum_after(length); thrum_now() < end;)
                burn(10);
            thrum_cond_signal(&shared->cond);
            rally_meet(&shared->rally);
            continue;
        }
        thrum_mutex_lock(&shared->mutex);
        thrum_status status =
            thrum_cond_wait_until(&shared->cond, &shared->mutex, thrum_after(30000));
        shared->in_time += status == THRUM_OK;
        thrum_mutex_unlock(&shared->mutex);
        rally_meet(&shared->rally);
        /* the signal is given by now */
        thrum_mutex_lock(&shared->mutex);
        CHECK_EQ(thrum_cond_wait_until(&shared->cond, &shared->mutex, thrum_after(1000)),
                 THRUM_TIMED_OUT);
        thrum_mutex_unlock(&shared->mutex);
    }
}

TEST(cond_late_signal_is_not_kept, 60)
{
    struct single shared = { .rally = { 2, 0, 0 }, .rounds = test_scale(4000, 40) };
    crew_run(2, single_member, &shared);
    test_note("%u of %u signals in time", shared.in_time, shared.rounds);
}

/* --- broadcast, then the memory goes ---------------------------------------------------------- */

/* The memory of a condition may go once a broadcast has returned and nobody begins a new wait; also
 * while timed waiters, whose time is just over, are on their way out. */
enum { LEAVERS = 3 };

struct going {
    thrum_mutex mutex; /* this stays */
    struct rally rally;
    uint32_t rounds;
    uint32_t waiting; /* under the mutex */
    char *pages;
    size_t page_size;
    uint32_t timed_out;
};

static void leave(struct going *shared, thrum_cond *cond, struct member *member)
{
    thrum_time length = 10000 + test_pick(&member->random, 80000);
    thrum_mutex_lock(&shared->mutex);
    ++shared->waiting;
    if (member->index == 1)
        thrum_cond_wait(cond, &shared->mutex);
    else if (thrum_cond_wait_until(cond, &shared->mutex, thrum_after(length)) != THRUM_OK)
        ++shared->timed_out;
    thrum_mutex_unlock(&shared->mutex);
}

static void broadcast_and_forbid(struct going *shared, thrum_cond *cond, struct member *member)
{
    for (bool all = false; !all;) {
        thrum_mutex_lock(&shared->mutex);
        all = shared->waiting == LEAVERS;
        thrum_mutex_unlock(&shared->mutex);
    }
    thrum_time end = thrum_after(test_pick(&member->random, 80000));
    while (thrum_now() < end)
        burn(10);
    bool with_mutex = test_pick(&member->random, 2);
    if (with_mutex)
        thrum_mutex_lock(&shared->mutex);
    thrum_cond_broadcast(cond);
    CHECK(system_forbid(cond, shared->page_size));
    if (with_mutex)
        thrum_mutex_unlock(&shared->mutex);
}

static void going_member(struct member *member)
{
    struct going *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        thrum_cond *cond = (thrum_cond *)(void *)(shared->pages + i * shared->page_size);
        if (member->index == 0)
            shared->waiting = 0;
        rally_meet(&shared->rally);
        if (member->index == 0)
            broadcast_and_forbid(shared, cond, member);
        else
            leave(shared, cond, member);
        rally_meet(&shared->rally);
    }
}

TEST(cond_memory_goes_after_a_broadcast, 60)
{
    struct going shared = { .rally = { LEAVERS + 1, 0, 0 },
                            .rounds = test_scale(3000, 40),
                            .page_size = system_page_size() };
    shared.pages = system_map(shared.rounds * shared.page_size);
    if (!CHECK(shared.pages))
        return;
    crew_run(LEAVERS + 1, going_member, &shared);
    system_unmap(shared.pages, shared.rounds * shared.page_size);
    test_note("%u of %u timed waits timed out", shared.timed_out, (LEAVERS - 1) * shared.rounds);
}
