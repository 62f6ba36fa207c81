/* Numbers for lock ids: no two that live have the same, one comes again late, and the table says whose
 * each is. */
#include "os/numbers.h"

#include "../../support/crew.h"
#include "../../test.h"
#include "os/os.h"

enum { MANY = 20000, MOST = 1 << 22 };

static uint32_t taken[MANY];
static unsigned char has[MOST / 8];

static bool mark(uint32_t number)
{
    unsigned char bit = (unsigned char)(1u << number % 8), *byte = &has[number / 8];
    bool fresh = !(*byte & bit);
    *byte |= bit;
    return fresh;
}

static void unmark(uint32_t number)
{
    has[number / 8] &= (unsigned char)~(1u << number % 8);
}

/* More than a part of the table has room for, and again with every other one given back. */
TEST(numbers_are_unique_and_owned, 30)
{
    bool unique = true, owned = true;
    for (uint32_t i = 0; i < MOST; ++i)
        unmark(i); /* of a test before */
    for (uint32_t i = 0; i < MANY; ++i) {
        taken[i] = thrum_number_take();
        unique = unique && taken[i] > 0 && taken[i] < MOST && mark(taken[i]);
        thrum_number_own(taken[i], i + UINT32_MAX / 2);
    }
    CHECK(unique);
    for (uint32_t i = 0; i < MANY; ++i)
        owned = owned && thrum_os_lock_id_owner(taken[i]) == (uint64_t)i + UINT32_MAX / 2;
    CHECK(owned);
    for (uint32_t i = 0; i < MANY; i += 2) {
        unmark(taken[i]);
        thrum_number_free(taken[i]);
    }
    for (uint32_t i = 0; i < MANY; i += 2) {
        taken[i] = thrum_number_take();
        unique = unique && mark(taken[i]);
    }
    CHECK(unique);
    for (uint32_t i = 0; i < MANY; ++i) {
        unmark(taken[i]);
        thrum_number_free(taken[i]);
    }
}

/* A lock that an ended thread held shall not be the next one's at once; nor is a word that is no lock
 * anybody's. */
TEST(numbers_come_again_late, 10)
{
    uint32_t number = thrum_number_take();
    thrum_number_own(number, 4711);
    thrum_number_free(number);
    bool late = true;
    for (uint32_t i = 0; i < 1000; ++i) {
        uint32_t other = thrum_number_take();
        late = late && other != number;
        thrum_number_free(other);
    }
    CHECK(late);
    CHECK_EQ(thrum_os_lock_id_owner(number), 4711);
    CHECK_EQ(thrum_os_lock_id_owner(0), 0);
    CHECK_EQ(thrum_os_lock_id_owner(MOST - 1), 0);
}

struct claims {
    uint32_t rounds, twice;
    uint32_t claimed[MOST / 32]; /* a bit each: how far the table has grown is other tests' doing */
};

static void take_and_free(struct member *member)
{
    enum { HOLD = 64 };
    struct claims *claims = member->shared;
    uint32_t held[HOLD];
    for (uint32_t round = 0; round < claims->rounds; ++round) {
        uint32_t count = 1 + test_pick(&member->random, HOLD - 1);
        for (uint32_t i = 0; i < count; ++i) {
            held[i] = thrum_number_take();
            uint32_t bit = 1u << held[i] % 32;
            if (held[i] == 0 || held[i] >= MOST ||
                (__atomic_fetch_or(&claims->claimed[held[i] % MOST / 32], bit, __ATOMIC_RELAXED) &
                 bit))
                __atomic_fetch_add(&claims->twice, 1, __ATOMIC_RELAXED);
        }
        for (uint32_t i = 0; i < count; ++i) {
            __atomic_fetch_and(&claims->claimed[held[i] % MOST / 32], ~(1u << held[i] % 32),
                               __ATOMIC_RELAXED);
            thrum_number_free(held[i]);
        }
    }
}

TEST(numbers_are_taken_by_one_of_many, 30)
{
    static struct claims claims;
    claims.rounds = test_scale(2000, 100);
    claims.twice = 0;
    crew_run(8, take_and_free, &claims);
    CHECK_EQ(claims.twice, 0);
}

/* Numbers are given in turn, so those up to the first that comes again are all that nobody has. */
static uint32_t count_free(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < MOST; ++i)
        unmark(i);
    for (bool fresh = true; fresh; count += fresh) {
        uint32_t number = thrum_number_take();
        fresh = mark(number);
        thrum_number_free(number);
    }
    return count;
}

static void *nothing(void *argument)
{
    return argument;
}

TEST(numbers_of_joined_threads_are_free, 30)
{
    enum { THREADS = 50 };
    uint32_t before = count_free();
    for (uint32_t i = 0; i < THREADS; ++i)
        test_join(test_spawn(nothing, NULL));
    CHECK(count_free() >= before); /* more: detached ones of an earlier test are swept meanwhile */
}
