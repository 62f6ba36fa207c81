/* Checks of locks.h that run long: exclusion, and wakes that must not be lost. */
#include "crew.h"
#include "locks.h"

/* --- exclusion -------------------------------------------------------------------------------- */

struct exclusion {
    const struct lock_kind *kind;
    enum lock_way way;
    uint32_t rounds;
    uint32_t padding[16];
    union any_lock lock;
    uint32_t more_padding[16];
    /* only the holder touches these; volatile, so that each step is in the program */
    volatile uint64_t first, second;
    volatile uint32_t inside;
};

/* Even while it looks torn, only the holder sees it. */
static void change(struct exclusion *shared, uint64_t dice)
{
    CHECK_EQ(shared->inside, 0);
    shared->inside = 1;
    uint64_t first = shared->first;
    if (dice % 512 == 0)
        thrum_yield();
    else
        burn((uint32_t)(dice % 40));
    shared->first = first + 1;
    shared->second = shared->second + 1;
    CHECK_EQ(shared->inside, 1);
    shared->inside = 0;
}

static void exclude(struct member *member)
{
    struct exclusion *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        lock_take(shared->kind, &shared->lock, shared->way, &member->random);
        change(shared, test_random(&member->random));
        shared->kind->unlock(&shared->lock);
        if (test_pick(&member->random, 64) == 0)
            thrum_yield();
    }
}

void check_exclusion(const struct lock_kind *kind, enum lock_way way, uint32_t threads,
                     uint32_t rounds)
{
    struct exclusion shared;
    shared.kind = kind;
    shared.way = way;
    shared.rounds = rounds;
    shared.first = shared.second = 0;
    shared.inside = 0;
    kind->init(&shared.lock);
    thrum_time start = thrum_now();
    crew_run(threads, exclude, &shared);
    thrum_time took = thrum_now() - start;
    CHECK_EQ(shared.first, (uint64_t)threads * rounds);
    CHECK_EQ(shared.second, (uint64_t)threads * rounds);
    test_note("%s: %u threads, %l ns a round", kind->name, threads,
              took / ((uint64_t)threads * rounds));
}

/* --- wakes ------------------------------------------------------------------------------------ */

/* A round: member 0 holds the lock; the middle ones wait with deadlines that end about when it is
 * set free; the last one waits without. Only when all are through does the next round begin, so a
 * wake that went to one that gave up leaves the last one asleep for good. */
struct wakes {
    const struct lock_kind *kind;
    uint32_t rounds;
    struct rally rally;
    union any_lock lock;
    uint32_t given_up;
};

enum { WAKE_THREADS = 5, WAKE_SPAN_NS = 120000 };

static void wake_round(struct wakes *shared, struct member *member)
{
    const struct lock_kind *kind = shared->kind;
    if (member->index == 0)
        kind->lock(&shared->lock);
    rally_meet(&shared->rally);
    thrum_time span = test_pick(&member->random, WAKE_SPAN_NS);
    if (member->index == 0) {
        for (thrum_time end = thrum_after(span); thrum_now() < end;)
            thrum_yield();
        kind->unlock(&shared->lock);
    } else if (member->index < member->count - 1) {
        if (kind->lock_until(&shared->lock, thrum_after(span)) == THRUM_OK)
            kind->unlock(&shared->lock);
        else
            flag_add(&shared->given_up, 1);
    } else {
        kind->lock(&shared->lock);
        kind->unlock(&shared->lock);
    }
    rally_meet(&shared->rally);
}

static void wake_member(struct member *member)
{
    struct wakes *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i)
        wake_round(shared, member);
}

void check_no_lost_wake(const struct lock_kind *kind, uint32_t rounds)
{
    struct wakes shared = { .kind = kind, .rounds = rounds, .rally = { WAKE_THREADS, 0, 0 } };
    kind->init(&shared.lock);
    crew_run(WAKE_THREADS, wake_member, &shared);
    test_note("%s: %u of %u timed waits ended by their deadline", kind->name,
              flag_get(&shared.given_up), rounds * (WAKE_THREADS - 2));
}
