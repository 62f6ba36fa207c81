/* The mutex calls that headers have inline, as functions of the library: for other languages. */
#define THRUM_PRIVATE_BUILD 1
#include "../support/locks.h"
#include "../test.h"

static void init(union any_lock *lock)
{
    lock->mutex = (thrum_mutex)THRUM_MUTEX_INIT;
}

static void lock_it(union any_lock *lock)
{
    thrum_mutex_lock(&lock->mutex);
}

static bool try_it(union any_lock *lock)
{
    return thrum_mutex_try_lock(&lock->mutex);
}

static thrum_status until(union any_lock *lock, thrum_time deadline)
{
    return thrum_mutex_lock_until(&lock->mutex, deadline);
}

static void unlock_it(union any_lock *lock)
{
    thrum_mutex_unlock(&lock->mutex);
}

static uint64_t holder(const union any_lock *lock)
{
    return thrum_mutex_holder(&lock->mutex);
}

static const struct lock_kind kind = { "mutex",   init,   lock_it, try_it, until,
                                       unlock_it, holder, false,   false };

TEST(mutex_out_of_line, 60)
{
    check_try(&kind);
    check_holder(&kind);
    check_exclusion(&kind, LOCK_PLAIN, 6, test_scale(20000, 200));
    check_exclusion(&kind, LOCK_MIXED, 6, test_scale(5000, 50));
}

static void unlock_misused(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_mutex_unlock(misuse->object);
}

static void relock(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_mutex_lock(misuse->object);
    thrum_mutex_lock(misuse->object);
}

TEST(mutex_out_of_line_misuse, 30)
{
    thrum_mutex held = THRUM_MUTEX_INIT, mutex = THRUM_MUTEX_INIT;
    thrum_mutex_lock(&held);
    check_misuse(unlock_misused, &(struct misuse){ .object = &held }, "mutex", thrum_id());
    check_misuse(unlock_misused, &(struct misuse){ .object = &mutex }, "mutex", 0);
    check_misuse(relock, &(struct misuse){ .object = &mutex }, "mutex", 0);
}
