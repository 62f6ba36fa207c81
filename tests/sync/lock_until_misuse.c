/* A lock with a deadline by the holder: misuse whatever the deadline, a past one too, which to others is
 * a try; but not of a recursive mutex, and a try is none. */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../test.h"

enum { PAST, FIRST, NOW, SOON, FAR, NEVER, DEADLINES };
static const char *const names[] = { "0", "1", "now", "soon", "far", "THRUM_FOREVER" };

static thrum_time deadline_of(uint32_t which)
{
    switch (which) {
    case PAST: return 0;
    case FIRST: return 1;
    case NOW: return thrum_now();
    case SOON: return thrum_after(1000000);
    case FAR: return (thrum_time)1 << 62;
    default: return THRUM_FOREVER;
    }
}

static thrum_time deadline;

static void mutex_again(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_mutex_lock(misuse->object);
    (void)!thrum_mutex_lock_until(misuse->object, deadline);
}

static void write_again(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_rwlock_write_lock(misuse->object);
    (void)!thrum_rwlock_write_lock_until(misuse->object, deadline);
}

static void read_what_is_written(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_rwlock_write_lock(misuse->object);
    (void)!thrum_rwlock_read_lock_until(misuse->object, deadline);
}

static void check_all(void (*act)(void *misuse), const char *kind)
{
    union any_lock lock;
    for (uint32_t i = 0; i < DEADLINES; i++) {
        struct misuse misuse = { .object = &lock };
        __builtin_memset(&lock, 0, sizeof lock);
        deadline = deadline_of(i);
        test_note("%s, until %s", kind, names[i]);
        check_misuse(act, &misuse, kind, 0);
    }
}

TEST(lock_until_of_a_mutex_by_its_holder, 30)
{
    check_all(mutex_again, "mutex");
}

TEST(lock_until_of_an_rwlock_by_its_writer, 30)
{
    check_all(write_again, "rwlock");
    check_all(read_what_is_written, "rwlock");
}

TEST(lock_until_of_a_recursive_mutex_by_its_holder, 30)
{
    thrum_recursive_mutex mutex = THRUM_RECURSIVE_MUTEX_INIT;
    thrum_recursive_mutex_lock(&mutex);
    for (uint32_t i = 0; i < DEADLINES; i++) {
        CHECK_EQ(thrum_recursive_mutex_lock_until(&mutex, deadline_of(i)), THRUM_OK);
        CHECK_EQ(thrum_recursive_mutex_depth(&mutex), i + 2);
    }
    for (uint32_t i = 0; i <= DEADLINES; i++)
        thrum_recursive_mutex_unlock(&mutex);
    CHECK_EQ(thrum_recursive_mutex_holder(&mutex), 0);
}

/* Readers are not named: a reader's second lock is that of anybody. */
TEST(lock_until_of_an_rwlock_by_a_reader, 30)
{
    thrum_rwlock rwlock = THRUM_RWLOCK_INIT;
    thrum_rwlock_read_lock(&rwlock);
    for (uint32_t i = PAST; i <= SOON; i++) {
        CHECK_EQ(thrum_rwlock_write_lock_until(&rwlock, deadline_of(i)), THRUM_TIMED_OUT);
        CHECK_EQ(thrum_rwlock_read_lock_until(&rwlock, deadline_of(i)), THRUM_OK);
        thrum_rwlock_read_unlock(&rwlock);
    }
    thrum_rwlock_read_unlock(&rwlock);
    CHECK(thrum_rwlock_try_write_lock(&rwlock));
    CHECK(!thrum_rwlock_try_write_lock(&rwlock) && !thrum_rwlock_try_read_lock(&rwlock));
    thrum_rwlock_write_unlock(&rwlock);
}
