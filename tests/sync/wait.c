/* Wait on address, bare; and wakes that are meant for nobody (field note 19). */
#include "../support/blocking.h"
#include "../support/crew.h"
#include "../support/system.h"
#include "../test.h"

TEST(wait_on_another_value, 20)
{
    _Alignas(4) uint32_t word = 1;
    thrum_time start = thrum_now();
    for (uint32_t i = 0; i < 100; ++i) {
        thrum_wait(&word, 0);
        thrum_wait(&word, 2);
        CHECK_EQ(thrum_wait_until(&word, 0, thrum_after(test_ms(60000))), THRUM_OK);
        CHECK_EQ(thrum_wait_until(&word, 2, THRUM_FOREVER), THRUM_OK);
    }
    CHECK(!test_late(start + test_ms(3000)));
}

/* It may return early, but says TIMED_OUT only when it is. */
TEST(wait_until_the_deadline, 30)
{
    const thrum_time lengths[] = { 0, 1000000, 10000000, 30000000 };
    _Alignas(4) uint32_t word = 0;
    CHECK_EQ(thrum_wait_until(&word, 0, 0), THRUM_TIMED_OUT);
    CHECK_EQ(thrum_wait_until(&word, 0, 1), THRUM_TIMED_OUT);
    for (uint32_t i = 0; i < 4; ++i) {
        thrum_time deadline = thrum_after(lengths[i]);
        while (thrum_wait_until(&word, 0, deadline) == THRUM_OK)
            CHECK(!test_late(deadline + test_ms(3000)));
        CHECK(thrum_now() >= deadline);
        CHECK(!test_late(deadline + test_ms(3000)));
    }
}

/* A kernel may look at more than the 32 bits of the word, and a value whose top bit is set be
 * widened in two ways: the wrong one never sleeps. Early ends are allowed, but few. */
struct top_bit {
    _Alignas(4) uint32_t word;
    uint32_t ends;
};

static void sleep_on_top_bit(struct member *member)
{
    struct top_bit *shared = member->shared;
    while (flag_get(&shared->word) == 0x80000001u) {
        thrum_wait(&shared->word, 0x80000001u);
        flag_add(&shared->ends, 1);
    }
}

TEST(wait_sleeps_on_a_value_with_the_top_bit, 10)
{
    struct top_bit shared = { .word = 0x80000001u };
    struct member member;
    crew_start(&member, 1, sleep_on_top_bit, &shared);
    sleep_ms(50);
    uint32_t ends = flag_get(&shared.ends);
    flag_set(&shared.word, 0);
    thrum_wake(&shared.word, THRUM_ALL);
    crew_join(&member, 1);
    test_note("%u early ends in 50 ms", ends);
    CHECK(ends < 100);
}

/* --- who is woken ----------------------------------------------------------------------------- */

enum { SLEEPERS = 10 };

struct sleepers {
    _Alignas(4) uint32_t word;
    uint32_t woken;
    thrum_time deadline;
};

/* No loop: what is counted is how often the kernel lets one go. */
static void sleep_once(struct member *member)
{
    struct sleepers *shared = member->shared;
    if (shared->deadline == 0)
        thrum_wait(&shared->word, 0);
    else
        CHECK_EQ(thrum_wait_until(&shared->word, 0, shared->deadline), THRUM_OK);
    flag_add(&shared->woken, 1);
}

static void check_wake_counts(thrum_time deadline)
{
    static const uint32_t counts[] = { 1, 2, 0, 3, THRUM_ALL };
    static const uint32_t sums[] = { 1, 3, 3, 6, SLEEPERS };
    if (!system_waits_exactly()) {
        test_skip("waits end at random here");
        return;
    }
    struct sleepers shared = { .deadline = deadline };
    struct member members[SLEEPERS];
    crew_start(members, SLEEPERS, sleep_once, &shared);
    for (uint32_t i = 0; i < SLEEPERS; ++i)
        until_member_asleep(&members[i]);
    for (uint32_t i = 0; i < 5; ++i) {
        thrum_wake(&shared.word, counts[i]);
        CHECK(flag_await_until(&shared.woken, sums[i], thrum_after(test_ms(5000))));
        sleep_ms(5);
        CHECK_EQ(flag_get(&shared.woken), sums[i]);
    }
    crew_join(members, SLEEPERS);
}

TEST(wake_counts, 30)
{
    check_wake_counts(0);
}

TEST(wake_counts_of_timed, 30)
{
    check_wake_counts((thrum_time)1 << 63);
    check_wake_counts(THRUM_FOREVER);
}

TEST(wake_of_none, 20)
{
    _Alignas(4) uint32_t word = 0;
    size_t size = system_page_size();
    uint32_t *page = system_map(size);
    thrum_wake(&word, 1);
    thrum_wake(&word, THRUM_ALL);
    if (!CHECK(page))
        return;
    CHECK(system_forbid(page, size));
    thrum_wake(page, 1); /* it reads nothing there */
    CHECK(system_unmap(page, size));
    thrum_wake(page, THRUM_ALL); /* nor here */
}

/* A change and a wake between the look and the sleep are not missed. */
struct ping {
    _Alignas(4) uint32_t word;
    uint32_t rounds;
};

static void play(struct member *member)
{
    struct ping *ping = member->shared;
    for (uint32_t i = 0; i < ping->rounds; ++i) {
        uint32_t mine = 2 * i + member->index;
        for (uint32_t seen; (seen = flag_get(&ping->word)) != mine;) {
            if (i % 2)
                thrum_wait(&ping->word, seen);
            else
                (void)!thrum_wait_until(&ping->word, seen, THRUM_FOREVER);
        }
        burn(test_pick(&member->random, 500));
        flag_set(&ping->word, mine + 1);
        thrum_wake(&ping->word, 1);
    }
}

TEST(wait_ping_pong, 60)
{
    struct ping ping = { .rounds = test_scale(15000, 200) };
    crew_run(2, play, &ping);
    CHECK_EQ(ping.word, 2 * ping.rounds);
}

/* --- stray wakes ------------------------------------------------------------------------------ */

struct stray {
    const struct blocking *call;
    struct blocking_object object;
    uint32_t returned;
    thrum_status status;
};

static void wait_among_strays(struct member *member)
{
    struct stray *stray = member->shared;
    stray->status = THRUM_OK;
    if (stray->call->wait)
        stray->call->wait(&stray->object);
    else
        stray->status = stray->call->wait_until(&stray->object, THRUM_FOREVER - 1);
    flag_set(&stray->returned, 1);
}

/* Wakes on the words of an object, as a late waker of an earlier object there gives them. */
static void check_strays(const struct blocking *call)
{
    struct stray stray = { .call = call };
    struct member member;
    const uint32_t *words = (const uint32_t *)(const void *)&stray.object.u;
    call->close(&stray.object);
    crew_start(&member, 1, wait_among_strays, &stray);
    for (uint32_t round = 0; round < 20; ++round) {
        until_member_asleep(&member);
        for (size_t i = 0; i < sizeof stray.object.u / sizeof *words; ++i)
            thrum_wake(&words[i], THRUM_ALL);
    }
    sleep_ms(2);
    if (!CHECK_EQ(flag_get(&stray.returned), 0))
        test_note("%s returned early", call->name);
    call->open(&stray.object);
    crew_join(&member, 1);
    CHECK_EQ(stray.status, THRUM_OK);
}

TEST(stray_wakes_end_no_wait, 60)
{
    for (uint32_t i = 0; i < blocking_count; ++i)
        check_strays(&blocking_calls[i]);
}

/* While locks are used at the address, another thread wakes there without end. */
struct pestered {
    thrum_mutex mutex;
    thrum_sem sem;
    uint32_t rounds, ended;
    volatile uint64_t counter;
};

static void use_pestered(struct member *member)
{
    struct pestered *shared = member->shared;
    if (member->index == 0) {
        while (flag_get(&shared->ended) < member->count - 1) {
            thrum_wake((const uint32_t *)(const void *)&shared->mutex, 1);
            thrum_wake((const uint32_t *)(const void *)&shared->sem, THRUM_ALL);
        }
        return;
    }
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        thrum_mutex_lock(&shared->mutex);
        shared->counter = shared->counter + 1;
        thrum_mutex_unlock(&shared->mutex);
        thrum_sem_post(&shared->sem, 1);
        thrum_sem_wait(&shared->sem);
    }
    flag_add(&shared->ended, 1);
}

TEST(stray_wakes_under_load, 60)
{
    struct pestered shared = { .rounds = test_scale(10000, 100) };
    crew_run(5, use_pestered, &shared);
    CHECK_EQ(shared.counter, (uint64_t)4 * shared.rounds);
    CHECK(!thrum_sem_try_wait(&shared.sem));
}
