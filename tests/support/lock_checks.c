/* Checks of locks.h that are the same for every kind: try, deadlines, holder. */
#include "crew.h"
#include "locks.h"

/* --- try -------------------------------------------------------------------------------------- */

struct attempt {
    const struct lock_kind *kind;
    union any_lock *lock;
    bool expected;
};

static void try_once(struct member *member)
{
    struct attempt *attempt = member->shared;
    bool got = attempt->kind->try_lock(attempt->lock);
    CHECK(got == attempt->expected);
    if (got)
        attempt->kind->unlock(attempt->lock);
}

static void try_elsewhere(const struct lock_kind *kind, union any_lock *lock, bool expected)
{
    struct attempt attempt = { kind, lock, expected };
    crew_run(1, try_once, &attempt);
}

void check_try(const struct lock_kind *kind)
{
    union any_lock lock;
    kind->init(&lock);
    try_elsewhere(kind, &lock, true);
    kind->lock(&lock);
    CHECK(kind->try_lock(&lock) == kind->recursive);
    try_elsewhere(kind, &lock, kind->shared);
    if (kind->recursive) {
        kind->unlock(&lock);
        try_elsewhere(kind, &lock, kind->shared);
    }
    kind->unlock(&lock);
    if (CHECK(kind->try_lock(&lock))) {
        try_elsewhere(kind, &lock, kind->shared);
        kind->unlock(&lock);
    }
    try_elsewhere(kind, &lock, true);
}

/* --- deadlines -------------------------------------------------------------------------------- */

/* Locks that exclude are held by main; readers are kept out by a writer. */
static void keep(const struct lock_kind *kind, union any_lock *lock)
{
    if (kind->shared)
        thrum_rwlock_write_lock(&lock->rwlock);
    else
        kind->lock(lock);
}

static void let_go(const struct lock_kind *kind, union any_lock *lock)
{
    if (kind->shared)
        thrum_rwlock_write_unlock(&lock->rwlock);
    else
        kind->unlock(lock);
}

static void time_out(struct member *member)
{
    static const uint32_t waits_ms[] = { 0, 1, 7, 30 };
    struct attempt *attempt = member->shared;
    const struct lock_kind *kind = attempt->kind;
    thrum_time start = thrum_now();
    CHECK_EQ(kind->lock_until(attempt->lock, 0), THRUM_TIMED_OUT);
    CHECK_EQ(kind->lock_until(attempt->lock, 1), THRUM_TIMED_OUT);
    CHECK_EQ(kind->lock_until(attempt->lock, thrum_now()), THRUM_TIMED_OUT);
    for (uint32_t i = 0; i < 4; ++i) {
        thrum_time deadline = thrum_after((thrum_time)waits_ms[i] * 1000000);
        CHECK_EQ(kind->lock_until(attempt->lock, deadline), THRUM_TIMED_OUT);
        CHECK(thrum_now() >= deadline);
    }
    CHECK(!test_late(start + test_ms(3000)));
}

struct far {
    struct attempt attempt;
    thrum_time deadline;
    uint32_t done;
};

static void wait_far(struct member *member)
{
    struct far *far = member->shared;
    CHECK_EQ(far->attempt.kind->lock_until(far->attempt.lock, far->deadline), THRUM_OK);
    flag_set(&far->done, 1);
    far->attempt.kind->unlock(far->attempt.lock);
}

static void check_far(const struct lock_kind *kind, thrum_time deadline)
{
    union any_lock lock;
    struct far far = { { kind, &lock, true }, deadline, 0 };
    struct member member;
    kind->init(&lock);
    keep(kind, &lock);
    crew_start(&member, 1, wait_far, &far);
    until_member_asleep(&member);
    sleep_ms(5);
    CHECK_EQ(flag_get(&far.done), 0);
    let_go(kind, &lock);
    crew_join(&member, 1);
    CHECK_EQ(flag_get(&far.done), 1);
}

void check_deadlines(const struct lock_kind *kind)
{
    union any_lock lock;
    struct attempt attempt = { kind, &lock, false };
    const thrum_time free_deadlines[] = { 0, 1, thrum_now(), thrum_after(1000000), THRUM_FOREVER };
    kind->init(&lock);
    for (uint32_t i = 0; i < 5; ++i) { /* free: taken, whatever the deadline */
        if (CHECK_EQ(kind->lock_until(&lock, free_deadlines[i]), THRUM_OK))
            kind->unlock(&lock);
    }
    keep(kind, &lock);
    crew_run(1, time_out, &attempt);
    let_go(kind, &lock);
    CHECK(kind->try_lock(&lock)); /* nothing of those that left is still in the way */
    kind->unlock(&lock);
    check_far(kind, thrum_after(test_ms(60000)));
    check_far(kind, (thrum_time)1 << 62);
    check_far(kind, (thrum_time)1 << 63);
    check_far(kind, ((thrum_time)1 << 63) + 1);
    check_far(kind, THRUM_FOREVER - 1);
    check_far(kind, THRUM_FOREVER);
}

/* --- holder ----------------------------------------------------------------------------------- */

struct holding {
    const struct lock_kind *kind;
    union any_lock lock;
    uint32_t step;
};

static void hold(struct member *member)
{
    struct holding *holding = member->shared;
    CHECK_EQ(holding->kind->holder(&holding->lock), 0);
    holding->kind->lock(&holding->lock);
    CHECK_EQ(holding->kind->holder(&holding->lock), thrum_id());
    flag_set(&holding->step, 1);
    flag_await(&holding->step, 2);
    holding->kind->unlock(&holding->lock);
    CHECK_EQ(holding->kind->holder(&holding->lock), 0);
}

void check_holder(const struct lock_kind *kind)
{
    struct holding holding;
    struct member member;
    holding.kind = kind;
    holding.step = 0;
    kind->init(&holding.lock);
    crew_start(&member, 1, hold, &holding);
    flag_await(&holding.step, 1);
    CHECK_EQ(kind->holder(&holding.lock), thrum_thread_id(member.thread));
    CHECK_EQ(kind->lock_until(&holding.lock, thrum_after(1000000)), THRUM_TIMED_OUT);
    /* the waiter's mark does not hide the holder */
    CHECK_EQ(kind->holder(&holding.lock), thrum_thread_id(member.thread));
    flag_set(&holding.step, 2);
    crew_join(&member, 1);
    kind->lock(&holding.lock);
    CHECK_EQ(kind->holder(&holding.lock), thrum_id());
    kind->unlock(&holding.lock);
}
