/* Reader-writer locks: who gets in with whom, in which order, and what nobody may do. */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../test.h"

_Static_assert(sizeof(thrum_rwlock) <= 64, "sizes of api.md");

TEST(rwlock_write_excludes, 60)
{
    check_exclusion(&lock_write, LOCK_PLAIN, 6, test_scale(10000, 100));
}

TEST(rwlock_write_excludes_by_try, 60)
{
    check_exclusion(&lock_write, LOCK_TRY, 4, test_scale(10000, 100));
}

TEST(rwlock_write_excludes_by_deadline, 60)
{
    check_exclusion(&lock_write, LOCK_UNTIL, 6, test_scale(8000, 80));
}

TEST(rwlock_write_excludes_many_threads, 60)
{
    check_exclusion(&lock_write, LOCK_MIXED, test_scale(48, 12), test_scale(500, 20));
}

TEST(rwlock_try, 30)
{
    check_try(&lock_write);
    check_try(&lock_read);
}

TEST(rwlock_deadlines, 60)
{
    check_deadlines(&lock_write);
    check_deadlines(&lock_read);
}

TEST(rwlock_holder, 20)
{
    check_holder(&lock_write);
    thrum_rwlock rwlock = THRUM_RWLOCK_INIT;
    thrum_rwlock_read_lock(&rwlock);
    CHECK_EQ(thrum_rwlock_holder(&rwlock), 0); /* readers are counted, not named */
    thrum_rwlock_read_unlock(&rwlock);
}

TEST(rwlock_loses_no_wake, 60)
{
    check_no_lost_wake(&lock_write, test_scale(2000, 30));
    check_no_lost_wake(&lock_read, test_scale(1000, 20));
}

/* --- readers and a writer --------------------------------------------------------------------- */

static void try_both(struct member *member)
{
    thrum_rwlock *rwlock = member->shared;
    bool shared = thrum_rwlock_holder(rwlock) == 0;
    bool got = thrum_rwlock_try_read_lock(rwlock);
    CHECK(got == shared);
    if (got)
        thrum_rwlock_read_unlock(rwlock);
    CHECK(!thrum_rwlock_try_write_lock(rwlock));
    CHECK_EQ(thrum_rwlock_write_lock_until(rwlock, 0), THRUM_TIMED_OUT);
    CHECK_EQ(thrum_rwlock_write_lock_until(rwlock, thrum_after(2000000)), THRUM_TIMED_OUT);
    if (!shared)
        CHECK_EQ(thrum_rwlock_read_lock_until(rwlock, thrum_after(2000000)), THRUM_TIMED_OUT);
}

TEST(rwlock_what_holders_keep_out, 30)
{
    thrum_rwlock rwlock = THRUM_RWLOCK_INIT;
    thrum_rwlock_read_lock(&rwlock);
    crew_run(1, try_both, &rwlock);
    thrum_rwlock_read_lock(&rwlock);
    thrum_rwlock_read_unlock(&rwlock);
    crew_run(1, try_both, &rwlock); /* one of two readers has left */
    thrum_rwlock_read_unlock(&rwlock);
    thrum_rwlock_write_lock(&rwlock);
    crew_run(1, try_both, &rwlock);
    thrum_rwlock_write_unlock(&rwlock);
    CHECK(thrum_rwlock_try_write_lock(&rwlock));
    thrum_rwlock_write_unlock(&rwlock);
}

/* Field note 32: all who asked for a share meet while they hold it. */
struct meeting {
    thrum_rwlock rwlock;
    struct rally rally;
};

static void meet_as_reader(struct member *member)
{
    struct meeting *meeting = member->shared;
    if (member->index % 3 == 0)
        thrum_rwlock_read_lock(&meeting->rwlock);
    else if (member->index % 3 == 1)
        CHECK_EQ(thrum_rwlock_read_lock_until(&meeting->rwlock, THRUM_FOREVER), THRUM_OK);
    else
        while (!thrum_rwlock_try_read_lock(&meeting->rwlock))
            thrum_yield();
    rally_meet(&meeting->rally);
    thrum_rwlock_read_unlock(&meeting->rwlock);
}

TEST(rwlock_readers_meet, 30)
{
    struct meeting meeting = { .rally = { 9, 0, 0 } };
    crew_run(9, meet_as_reader, &meeting);
}

/* And when they all queued behind a writer. */
TEST(rwlock_queued_readers_meet, 30)
{
    for (uint32_t round = 0; round < test_scale(50, 5); ++round) {
        struct meeting meeting = { .rally = { 8, 0, 0 } };
        struct member members[8];
        thrum_rwlock_write_lock(&meeting.rwlock);
        crew_start(members, 8, meet_as_reader, &meeting);
        for (uint32_t i = 0; i < 8; ++i) {
            if (i % 3 != 2)
                until_member_asleep(&members[i]);
        }
        thrum_rwlock_write_unlock(&meeting.rwlock);
        crew_join(members, 8);
    }
}

/* --- stress ----------------------------------------------------------------------------------- */

enum { STRESS_WORDS = 16 };

struct mixed {
    thrum_rwlock rwlock;
    uint32_t rounds;
    uint32_t readers, writers; /* inside now */
    uint32_t most_readers;
    uint64_t writes;
    volatile uint64_t words[STRESS_WORDS]; /* all the same, but while a writer is inside */
};

static void mixed_write(struct mixed *shared)
{
    CHECK_EQ(__atomic_add_fetch(&shared->writers, 1, __ATOMIC_RELAXED), 1);
    CHECK_EQ(__atomic_load_n(&shared->readers, __ATOMIC_RELAXED), 0);
    for (uint32_t i = 0; i < STRESS_WORDS; ++i)
        shared->words[i] = shared->words[i] + 1;
    ++shared->writes;
    __atomic_sub_fetch(&shared->writers, 1, __ATOMIC_RELAXED);
}

static void mixed_read(struct mixed *shared, uint64_t dice)
{
    uint32_t inside = __atomic_add_fetch(&shared->readers, 1, __ATOMIC_RELAXED);
    if (inside > __atomic_load_n(&shared->most_readers, __ATOMIC_RELAXED))
        __atomic_store_n(&shared->most_readers, inside, __ATOMIC_RELAXED);
    CHECK_EQ(__atomic_load_n(&shared->writers, __ATOMIC_RELAXED), 0);
    uint64_t first = shared->words[dice % STRESS_WORDS];
    if (dice % 64 == 0)
        thrum_yield();
    for (uint32_t i = 0; i < STRESS_WORDS; ++i)
        CHECK_EQ(shared->words[i], first);
    __atomic_sub_fetch(&shared->readers, 1, __ATOMIC_RELAXED);
}

static void mixed_member(struct member *member)
{
    struct mixed *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        uint64_t dice = test_random(&member->random);
        const struct lock_kind *kind = dice % 5 == 0 ? &lock_write : &lock_read;
        union any_lock *lock = (union any_lock *)(void *)&shared->rwlock;
        lock_take(kind, lock, LOCK_MIXED, &member->random);
        if (kind == &lock_write)
            mixed_write(shared);
        else
            mixed_read(shared, dice / 5);
        kind->unlock(lock);
    }
}

static void run_mixed(uint32_t threads, uint32_t rounds)
{
    struct mixed shared = { .rounds = rounds };
    crew_run(threads, mixed_member, &shared);
    CHECK_EQ(shared.words[0], shared.writes);
    CHECK(shared.writes > 0);
    test_note("%u threads, %l writes, most readers at once %u", threads, shared.writes,
              shared.most_readers);
    CHECK(thrum_rwlock_try_write_lock(&shared.rwlock)); /* nothing is left behind */
    thrum_rwlock_write_unlock(&shared.rwlock);
}

TEST(rwlock_readers_and_writers_stress, 60)
{
    run_mixed(6, test_scale(20000, 200));
}

TEST(rwlock_more_threads_than_cpus, 60)
{
    run_mixed(test_scale(40, 12), test_scale(1500, 30));
}

/* Field note 5: a lock that leaks a count in each use hangs in the end. */
TEST(rwlock_many_uses, 60)
{
    thrum_rwlock rwlock = THRUM_RWLOCK_INIT;
    uint32_t uses = test_scale(3000000, 10000);
    for (uint32_t i = 0; i < uses; ++i) {
        thrum_rwlock_read_lock(&rwlock);
        thrum_rwlock_read_unlock(&rwlock);
        thrum_rwlock_write_lock(&rwlock);
        thrum_rwlock_write_unlock(&rwlock);
    }
    CHECK_EQ(rwlock.private_word, 0);
    CHECK(thrum_rwlock_try_write_lock(&rwlock));
    thrum_rwlock_write_unlock(&rwlock);
}
