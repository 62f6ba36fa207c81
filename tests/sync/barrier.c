/* Barriers: rounds, one that is told so, and more threads than places (field note 21). */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../support/system.h"
#include "../test.h"

_Static_assert(sizeof(thrum_barrier) <= 64, "sizes of api.md");

TEST(barrier_of_one, 20)
{
    thrum_barrier barrier = THRUM_BARRIER_INIT(1);
    for (uint32_t i = 0; i < 5; ++i)
        CHECK(thrum_barrier_wait(&barrier));
}

struct rounds {
    thrum_barrier barrier;
    uint32_t rounds;
    uint32_t serial;             /* how many were told true */
    uint32_t progress[CREW_MAX]; /* plain: the barrier makes it seen */
};

static void meet(struct member *member)
{
    struct rounds *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        shared->progress[member->index] = i + 1;
        if (thrum_barrier_wait(&shared->barrier)) {
            flag_add(&shared->serial, 1);
            if (i % 8 == 0)
                thrum_yield();
        }
        for (uint32_t k = 0; k < member->count; ++k)
            CHECK(shared->progress[k] == i + 1);
        thrum_barrier_wait(&shared->barrier); /* nobody is ahead while others look */
    }
}

static void run_rounds(uint32_t threads, uint32_t rounds)
{
    struct rounds shared = { .barrier = THRUM_BARRIER_INIT(threads), .rounds = rounds };
    crew_run(threads, meet, &shared);
    CHECK_EQ(shared.serial, rounds);
}

TEST(barrier_rounds, 60)
{
    run_rounds(2, test_scale(8000, 100));
    run_rounds(5, test_scale(2500, 50));
}

TEST(barrier_more_threads_than_cpus, 60)
{
    run_rounds(test_scale(48, 12), test_scale(100, 10));
}

TEST(barrier_blocks_until_all_came, 30)
{
    struct rounds shared = { .barrier = THRUM_BARRIER_INIT(4), .rounds = 1 };
    struct member members[3];
    crew_start(members, 3, meet, &shared);
    for (uint32_t i = 0; i < 3; ++i)
        until_member_asleep(&members[i]);
    sleep_ms(10);
    CHECK_EQ(flag_get(&shared.serial), 0);
    shared.progress[3] = 1; /* the caller is the fourth */
    uint32_t told = thrum_barrier_wait(&shared.barrier);
    thrum_barrier_wait(&shared.barrier);
    crew_join(members, 3);
    flag_add(&shared.serial, told);
    CHECK_EQ(flag_get(&shared.serial), 1);
}

/* Three times as many threads as places: each n make a round, whoever they are. Tickets are a
 * multiple of n, so that nobody is left over. */
struct crowd {
    thrum_barrier barrier;
    uint32_t tickets, taken, serial;
};

static void meet_in_a_crowd(struct member *member)
{
    struct crowd *crowd = member->shared;
    while (__atomic_fetch_add(&crowd->taken, 1, __ATOMIC_RELAXED) < crowd->tickets)
        flag_add(&crowd->serial, thrum_barrier_wait(&crowd->barrier));
}

TEST(barrier_with_more_threads_than_places, 60)
{
    struct crowd crowd = { .barrier = THRUM_BARRIER_INIT(3), .tickets = 3 * test_scale(8000, 100) };
    crew_run(9, meet_in_a_crowd, &crowd);
    CHECK_EQ(flag_get(&crowd.serial), crowd.tickets / 3);
}

/* Field note 23: a thread is kept from its CPU while others use the barrier for many rounds. Its
 * own round is over, however many have gone by since. */
static uint32_t in_handler, leave_handler;

static void stay_in_handler(int signal)
{
    (void)signal;
    flag_set(&in_handler, 1);
    flag_await(&leave_handler, 1);
}

static void wait_once(struct member *member)
{
    struct crowd *crowd = member->shared;
    thrum_barrier_wait(&crowd->barrier);
    flag_add(&crowd->taken, 1);
}

static void wait_often(struct member *member)
{
    struct crowd *crowd = member->shared;
    for (uint32_t i = 0; i < crowd->tickets; ++i)
        thrum_barrier_wait(&crowd->barrier);
}

static void check_late_leaver(uint32_t rounds)
{
    struct crowd crowd = { .barrier = THRUM_BARRIER_INIT(2), .tickets = rounds - 1 };
    struct member late;
    flag_set(&in_handler, 0);
    flag_set(&leave_handler, 0);
    crew_start(&late, 1, wait_once, &crowd);
    until_member_asleep(&late);
    CHECK(system_signal(late.id, SYSTEM_SIGNAL_A));
    flag_await(&in_handler, 1);
    CHECK(thrum_barrier_wait(&crowd.barrier)); /* its partner: the round is over */
    crew_run(2, wait_often, &crowd);
    flag_set(&leave_handler, 1);
    if (!CHECK(flag_await_until(&crowd.taken, 1, thrum_after(test_ms(1000))))) {
        test_note("still asleep after %u rounds", rounds);
        crowd.tickets = 1;
        crew_run(2, wait_often, &crowd); /* lets it go */
    }
    crew_join(&late, 1);
}

TEST(barrier_late_leaver, 60)
{
    static const uint32_t rounds[] = { 1, 2, 128, 255, 256, 257, 512, 1024, 4096, 65536 };
    CHECK(system_handle(SYSTEM_SIGNAL_A, stay_in_handler, 0));
    for (uint32_t i = 0; i < sizeof rounds / sizeof *rounds; ++i) {
        if (rounds[i] <= test_scale(65536, 512))
            check_late_leaver(rounds[i]);
    }
    CHECK(system_handle(SYSTEM_SIGNAL_A, NULL, 0));
}

/* --- the memory ------------------------------------------------------------------------------- */

/* When all have returned, the memory goes. */
struct going {
    struct rally rally;
    uint32_t rounds;
    char *pages;
    size_t page_size;
    uint32_t back;
};

static void meet_and_forbid(struct member *member)
{
    struct going *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        void *page = shared->pages + i * shared->page_size;
        if (member->index == 0)
            *(thrum_barrier *)page = (thrum_barrier)THRUM_BARRIER_INIT(member->count);
        rally_meet(&shared->rally);
        burn(test_pick(&member->random, 2000));
        thrum_barrier_wait(page);
        if (__atomic_add_fetch(&shared->back, 1, __ATOMIC_ACQ_REL) == member->count) {
            CHECK(system_forbid(page, shared->page_size));
            flag_set(&shared->back, 0);
        }
        rally_meet(&shared->rally);
    }
}

TEST(barrier_memory_goes_when_all_returned, 60)
{
    struct going shared = { .rally = { 3, 0, 0 },
                            .rounds = test_scale(2000, 40),
                            .page_size = system_page_size() };
    shared.pages = system_map(shared.rounds * shared.page_size);
    if (!CHECK(shared.pages))
        return;
    crew_run(3, meet_and_forbid, &shared);
    system_unmap(shared.pages, shared.rounds * shared.page_size);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static void wait_at(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_barrier_wait(misuse->object);
}

TEST(barrier_of_none, 30)
{
    static thrum_barrier zeroed;
    check_misuse(wait_at, &(struct misuse){ .object = &zeroed }, "barrier", 0);
}
