/* Conditions: what a program must not do. */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../test.h"

static void wait_without_the_mutex(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_cond_wait(misuse->object, misuse->second);
}

static void wait_until_without_the_mutex(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    (void)!thrum_cond_wait_until(misuse->object, misuse->second, thrum_after(1000000));
}

/* The line may name the condition or the mutex; it says which mutex it is about. */
static void check_wait_misuse(void (*act)(void *), thrum_cond *cond, thrum_mutex *mutex,
                              uint64_t holder)
{
    struct misuse misuse = { .object = cond, .second = mutex };
    const char *line = test_fatal(act, &misuse);
    bool good = CHECK(test_contains(line, "thrum: "));
    good &= CHECK(test_contains(line, "cond"));
    good &= CHECK(test_contains_number(line, misuse.caller));
    good &= CHECK(test_contains_address(line, cond) || test_contains_address(line, mutex));
    if (holder != 0)
        good &= CHECK(test_contains_number(line, holder));
    if (!good)
        test_note("caller %l, holder %l, cond %p, mutex %p, line: %s", misuse.caller, holder, cond,
                  mutex, line);
}

TEST(cond_wait_without_the_mutex, 30)
{
    thrum_mutex mutex = THRUM_MUTEX_INIT;
    thrum_cond cond = THRUM_COND_INIT;
    check_wait_misuse(wait_without_the_mutex, &cond, &mutex, 0);
    check_wait_misuse(wait_until_without_the_mutex, &cond, &mutex, 0);
}

TEST(cond_wait_with_the_mutex_of_another, 30)
{
    thrum_mutex mutex = THRUM_MUTEX_INIT;
    thrum_cond cond = THRUM_COND_INIT;
    thrum_mutex_lock(&mutex);
    check_wait_misuse(wait_without_the_mutex, &cond, &mutex, thrum_id());
}

static void wait_with_another_mutex(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_mutex_lock(misuse->second);
    thrum_cond_wait(misuse->object, misuse->second);
}

static void wait_until_with_another_mutex(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_mutex_lock(misuse->second);
    (void)!thrum_cond_wait_until(misuse->object, misuse->second, thrum_after(1000000));
}

struct first_waiter {
    thrum_cond cond;
    thrum_mutex mutex;
    uint32_t returned;
};

static void wait_first(struct member *member)
{
    struct first_waiter *first = member->shared;
    thrum_mutex_lock(&first->mutex);
    thrum_cond_wait(&first->cond, &first->mutex);
    flag_set(&first->returned, 1);
    thrum_mutex_unlock(&first->mutex);
}

/* And the one that waited rightly goes on waiting, and can be woken. */
TEST(cond_with_two_mutexes, 60)
{
    for (uint32_t i = 0; i < 2; ++i) {
        struct first_waiter first = { .returned = 0 };
        thrum_mutex second = THRUM_MUTEX_INIT;
        struct member member;
        crew_start(&member, 1, wait_first, &first);
        until_member_asleep(&member);
        check_wait_misuse(i ? wait_until_with_another_mutex : wait_with_another_mutex, &first.cond,
                          &second, 0);
        CHECK_EQ(flag_get(&first.returned), 0);
        thrum_cond_signal(&first.cond);
        crew_join(&member, 1);
    }
}

/* One after the other, they may be different ones. */
TEST(cond_with_another_mutex_later, 30)
{
    thrum_cond cond = THRUM_COND_INIT;
    thrum_mutex mutexes[2] = { THRUM_MUTEX_INIT, THRUM_MUTEX_INIT };
    for (uint32_t i = 0; i < 6; ++i) {
        thrum_mutex_lock(&mutexes[i % 2]);
        CHECK_EQ(thrum_cond_wait_until(&cond, &mutexes[i % 2], thrum_after(100000)),
                 THRUM_TIMED_OUT);
        thrum_mutex_unlock(&mutexes[i % 2]);
    }
}
