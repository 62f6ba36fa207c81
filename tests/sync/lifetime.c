/* The memory of an object goes as soon as the caller knows, by its own acquire, that the last
 * release happened, while the releaser's call is still returning (field notes 19, 20). In each
 * round the one who acquires forbids the page at once: a touch after that is a crash. */
#include "../support/crew.h"
#include "../support/system.h"
#include "../test.h"

/* What passes from one to the other. */
struct handover {
    const char *name;
    void (*prepare)(void *object); /* by the releaser, before */
    void (*release)(void *object);
    bool (*try_take)(void *object); /* never sleeps */
    void (*take)(void *object);
};

/* --- the objects ------------------------------------------------------------------------------ */

static void mutex_prepare(void *object)
{
    thrum_mutex_lock(object);
}

static void mutex_release(void *object)
{
    thrum_mutex_unlock(object);
}

static bool mutex_try(void *object)
{
    return thrum_mutex_try_lock(object);
}

static void mutex_take(void *object)
{
    thrum_mutex_lock(object);
}

static void recursive_prepare(void *object)
{
    thrum_recursive_mutex_lock(object);
    thrum_recursive_mutex_lock(object);
    thrum_recursive_mutex_unlock(object);
}

static void recursive_release(void *object)
{
    thrum_recursive_mutex_unlock(object);
}

static bool recursive_try(void *object)
{
    return thrum_recursive_mutex_try_lock(object);
}

static void recursive_take(void *object)
{
    thrum_recursive_mutex_lock(object);
}

static void write_prepare(void *object)
{
    thrum_rwlock_write_lock(object);
}

static void write_release(void *object)
{
    thrum_rwlock_write_unlock(object);
}

static bool write_try(void *object)
{
    return thrum_rwlock_try_write_lock(object);
}

static void write_take(void *object)
{
    thrum_rwlock_write_lock(object);
}

static void read_prepare(void *object)
{
    thrum_rwlock_read_lock(object);
}

static void read_release(void *object)
{
    thrum_rwlock_read_unlock(object);
}

static bool read_try(void *object)
{
    return thrum_rwlock_try_read_lock(object);
}

static void read_take(void *object)
{
    thrum_rwlock_read_lock(object);
}

static void nothing(void *object)
{
    (void)object;
}

static void sem_release(void *object)
{
    thrum_sem_post(object, 1);
}

static bool sem_try(void *object)
{
    return thrum_sem_try_wait(object);
}

static void sem_take(void *object)
{
    thrum_sem_wait(object);
}

static void event_release(void *object)
{
    thrum_event_set(object);
}

static bool event_try(void *object)
{
    return thrum_event_is_set(object);
}

static void event_take(void *object)
{
    thrum_event_wait(object);
}

static void waitgroup_prepare(void *object)
{
    thrum_waitgroup_add(object, 1);
}

static void waitgroup_release(void *object)
{
    thrum_waitgroup_done(object);
}

static bool waitgroup_try(void *object)
{
    return thrum_waitgroup_wait_until(object, 0) == THRUM_OK;
}

static void waitgroup_take(void *object)
{
    thrum_waitgroup_wait(object);
}

/* The releaser runs it; who comes second is back when it has run. There is no try. */
static void once_function(void *begun)
{
    flag_set(begun, 1);
}

static uint32_t once_begun;
static void once_prepare(void *object)
{
    (void)object;
    flag_set(&once_begun, 0);
}

static void once_release(void *object)
{
    thrum_once_run(object, once_function, &once_begun);
}

static bool once_try(void *object)
{
    if (!flag_get(&once_begun))
        return false;
    thrum_once_run(object, once_function, &once_begun);
    return true;
}

static void once_take(void *object)
{
    flag_await(&once_begun, 1);
    thrum_once_run(object, once_function, &once_begun);
}

static const struct handover handovers[] = {
    { "mutex", mutex_prepare, mutex_release, mutex_try, mutex_take },
    { "recursive mutex", recursive_prepare, recursive_release, recursive_try, recursive_take },
    { "writer to writer", write_prepare, write_release, write_try, write_take },
    { "writer to reader", write_prepare, write_release, read_try, read_take },
    { "reader to writer", read_prepare, read_release, write_try, write_take },
    { "semaphore", nothing, sem_release, sem_try, sem_take },
    { "event", nothing, event_release, event_try, event_take },
    { "waitgroup", waitgroup_prepare, waitgroup_release, waitgroup_try, waitgroup_take },
    { "once", once_prepare, once_release, once_try, once_take },
};
enum { HANDOVERS = sizeof handovers / sizeof *handovers };

/* --- rounds ----------------------------------------------------------------------------------- */

struct lifetime {
    const struct handover *handover;
    bool sleep; /* who acquires sleeps for it; else it tries again and again */
    bool step;  /* the releaser goes one instruction at a time */
    uint32_t rounds;
    struct rally rally;
    char *pages; /* one a round, never used again */
    size_t page_size;
    void *object;   /* of this round */
    uint64_t taker; /* thread id */
    uint32_t tries; /* of this round */
    uint32_t forbidden;
    uint64_t steps;
};

/* After each instruction of the releaser: time for the other to notice and to forbid the page. */
static void give_time(void *argument)
{
    struct lifetime *shared = argument;
    if (flag_get(&shared->forbidden))
        return;
    uint32_t tries = flag_get(&shared->tries);
    thrum_time end = thrum_after(shared->sleep ? 50000 : 300000);
    while (!flag_get(&shared->forbidden) && thrum_now() < end) {
        if (!shared->sleep && flag_get(&shared->tries) - tries >= 2)
            return;
        thrum_yield();
    }
}

static void release(void *argument)
{
    struct lifetime *shared = argument;
    shared->handover->release(shared->object);
}

static void release_round(struct lifetime *shared, struct member *member)
{
    shared->handover->prepare(shared->object);
    rally_meet(&shared->rally);
    if (shared->step) {
        if (shared->sleep && shared->handover->take != once_take)
            until_asleep(shared->taker);
        shared->steps += system_step(release, give_time, shared);
    } else {
        burn(test_pick(&member->random, 3000));
        shared->handover->release(shared->object);
    }
}

static void take_by_trying(struct lifetime *shared)
{
    while (!shared->handover->try_take(shared->object)) {
        flag_add(&shared->tries, 1);
        if (flag_get(&shared->tries) % 256 == 0)
            thrum_yield(); /* both may have to share one CPU */
    }
}

static void take_round(struct lifetime *shared, struct member *member, uint32_t round)
{
    rally_meet(&shared->rally);
    if (!shared->step)
        burn(test_pick(&member->random, 3000));
    if (shared->sleep)
        shared->handover->take(shared->object);
    else
        take_by_trying(shared);
    CHECK(round % 4 == 3 ? system_unmap(shared->object, shared->page_size)
                         : system_forbid(shared->object, shared->page_size));
    flag_set(&shared->forbidden, 1);
}

static void lifetime_member(struct member *member)
{
    struct lifetime *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        if (member->index == 0) {
            shared->object = shared->pages + i * shared->page_size;
            flag_set(&shared->tries, 0);
            flag_set(&shared->forbidden, 0);
        } else {
            shared->taker = thrum_id();
        }
        rally_meet(&shared->rally);
        if (member->index == 0)
            release_round(shared, member);
        else
            take_round(shared, member, i);
        rally_meet(&shared->rally);
    }
}

static void check_lifetime(const struct handover *handover, bool sleep, bool step, uint32_t rounds)
{
    struct lifetime shared = { .handover = handover,
                               .sleep = sleep,
                               .step = step,
                               .rounds = rounds,
                               .rally = { 2, 0, 0 },
                               .page_size = system_page_size() };
    shared.pages = system_map(rounds * shared.page_size);
    if (!CHECK(shared.pages))
        return;
    crew_run(2, lifetime_member, &shared);
    system_unmap(shared.pages, rounds * shared.page_size);
    if (step && shared.steps == 0)
        test_skip("this machine does not step");
    if (step)
        test_note("%s, %s: %l instructions", handover->name, sleep ? "asleep" : "trying",
                  shared.steps / rounds);
}

TEST(memory_goes_at_the_acquire, 60)
{
    for (uint32_t i = 0; i < HANDOVERS; ++i)
        check_lifetime(&handovers[i], false, false, test_scale(1200, 20));
}

TEST(memory_goes_at_the_wake, 60)
{
    for (uint32_t i = 0; i < HANDOVERS; ++i)
        check_lifetime(&handovers[i], true, false, test_scale(1200, 20));
}

/* The same between any two instructions of the releaser. */
TEST(memory_goes_between_any_two_instructions, 60)
{
    for (uint32_t i = 0; i < HANDOVERS; ++i)
        check_lifetime(&handovers[i], false, true, test_scale(12, 2));
}

TEST(memory_of_a_sleeper_goes_between_any_two_instructions, 60)
{
    for (uint32_t i = 0; i < HANDOVERS; ++i)
        check_lifetime(&handovers[i], true, true, test_scale(8, 2));
}
