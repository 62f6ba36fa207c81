/* What thrum's <threads.h> does beyond ISO C11 and where the standard leaves it open (docs/c11.md);
 * tests/c11 tests what the standard says. Its time_t has 32 bits here, and its wall clock is one
 * that can be set. */
#include "../support/thread_system.h"
#include "../test.h"

static uint64_t ahead; /* of since_start, in ns */
static uint64_t next;  /* what it is set to when a deadline has been made of it; 0: nothing */
static thrum_mutex ahead_lock;

static void set_clock_ahead(uint64_t nanoseconds)
{
    thrum_mutex_lock(&ahead_lock);
    ahead = nanoseconds;
    thrum_mutex_unlock(&ahead_lock);
}

/* The monotonic clock may start anywhere, also beyond 32 bits of seconds. Under the lock, or while there
 * is one thread. */
static uint64_t since_start(void)
{
    static thrum_time start;
    if (start == 0)
        start = thrum_now();
    return thrum_now() - start;
}

static uint64_t fake_now(void)
{
    thrum_mutex_lock(&ahead_lock);
    uint64_t now = since_start() + ahead;
    thrum_mutex_unlock(&ahead_lock);
    return now;
}

static int64_t fake_wall_clock(uint32_t *nanoseconds)
{
    uint64_t now = fake_now();
    *nanoseconds = (uint32_t)(now % 1000000000u);
    return (int64_t)(now / 1000000000u);
}

static thrum_time fake_wall_deadline(int64_t seconds, uint32_t nanoseconds)
{
    uint64_t time = (uint64_t)seconds * 1000000000u + nanoseconds, now = fake_now();
    if (next != 0)
        set_clock_ahead(next);
    next = 0;
    return time > now ? thrum_after(time - now) : 0;
}

#define thrum_wall_clock fake_wall_clock
#define thrum_wall_deadline fake_wall_deadline
#define time_t clock_time /* a system's <stddef.h> may have its own already */
#define THRUM_C11_TIME_T int32_t
#include <thrum/c11/threads.h>

_Static_assert(sizeof((struct timespec){ 0 }.tv_sec) == 4, "the one that was asked for");

enum { MS = 1000000 };

static struct timespec at(uint64_t time)
{
    return (struct timespec){ (int32_t)(time / 1000000000u), (long)(time % 1000000000u) };
}

/* --- a time_t of 32 bits ---------------------------------------------------------------------- */

TEST(c11_short_time_ends, 5)
{
    struct timespec now = { 0, 0 };
    set_clock_ahead((uint64_t)(INT32_MAX - 10) * 1000000000u - since_start());
    CHECK_EQ(timespec_get(&now, TIME_UTC), TIME_UTC);
    CHECK(now.tv_sec >= INT32_MAX - 10);
    set_clock_ahead(((uint64_t)INT32_MAX + 1) * 1000000000u - since_start());
    now = (struct timespec){ 5, 5 };
    CHECK_EQ(timespec_get(&now, TIME_UTC), 0);
    CHECK(now.tv_sec == 5 && now.tv_nsec == 5);
    set_clock_ahead(0);
}

/* --- a clock that is set ---------------------------------------------------------------------- */

struct waiting {
    mtx_t mutex;
    cnd_t cond;
    struct timespec time;
    uint64_t time_ns;
    unsigned early; /* waits that ended without a signal */
};

static void choose_time(struct waiting *waiting)
{
    waiting->time_ns = fake_now() + 200 * MS;
    waiting->time = at(waiting->time_ns);
}

static int lock_until(void *argument)
{
    struct waiting *waiting = argument;
    choose_time(waiting);
    int result = mtx_timedlock(&waiting->mutex, &waiting->time);
    CHECK(result != thrd_timedout || fake_now() >= waiting->time_ns);
    return result;
}

static int wait_until(void *argument)
{
    struct waiting *waiting = argument;
    CHECK_EQ(mtx_lock(&waiting->mutex), thrd_success);
    choose_time(waiting);
    int result;
    while ((result = cnd_timedwait(&waiting->cond, &waiting->mutex, &waiting->time)) ==
           thrd_success)
        ++waiting->early;
    CHECK(result != thrd_timedout || fake_now() >= waiting->time_ns);
    CHECK_EQ(mtx_unlock(&waiting->mutex), thrd_success);
    return result;
}

/* Waits for 200 ms; when that has begun the clock is set to `later`. Returns how long it took. */
static thrum_time wait_through(struct waiting *waiting, thrd_start_t function, uint64_t later)
{
    thrd_t thread;
    int result = -1;
    *waiting = (struct waiting){ .early = 0 };
    CHECK_EQ(mtx_init(&waiting->mutex, mtx_timed), thrd_success);
    CHECK_EQ(cnd_init(&waiting->cond), thrd_success);
    if (function == lock_until)
        CHECK_EQ(mtx_lock(&waiting->mutex), thrd_success);
    set_clock_ahead((uint64_t)1000 * 1000000000u);
    thrum_time began = thrum_now();
    next = later;
    if (!CHECK_EQ(thrd_create(&thread, function, waiting), thrd_success))
        return 0;
    CHECK_EQ(thrd_join(thread, &result), thrd_success);
    CHECK_EQ(result, thrd_timedout);
    if (function == lock_until)
        CHECK_EQ(mtx_unlock(&waiting->mutex), thrd_success);
    set_clock_ahead(0);
    return thrum_now() - began;
}

TEST(c11_clock_set_back_lengthens_a_lock, 10)
{
    struct waiting waiting;
    thrum_time took = wait_through(&waiting, lock_until, (uint64_t)1000 * 1000000000u - 300 * MS);
    CHECK(took >= 500 * MS);
}

/* A wait comes back without a signal, and is begun again. */
TEST(c11_clock_set_back_ends_no_wait, 20)
{
    enum { TRIES = 8 };
    struct waiting waiting = { .early = 0 };
    /* one that is kept from the CPU for so long does not see that the clock was set */
    for (unsigned i = 0; i < TRIES && waiting.early == 0; ++i)
        CHECK(wait_through(&waiting, wait_until, (uint64_t)1000 * 1000000000u - 300 * MS) >=
              500 * MS);
    CHECK_EQ(waiting.early, 1);
}

TEST(c11_clock_set_forward_is_seen_at_the_deadline, 10)
{
    struct waiting waiting;
    CHECK(wait_through(&waiting, lock_until, (uint64_t)2000 * 1000000000u) >= 200 * MS);
    CHECK(wait_through(&waiting, wait_until, (uint64_t)2000 * 1000000000u) >= 200 * MS);
    CHECK_EQ(waiting.early, 0);
}

/* --- recursion -------------------------------------------------------------------------------- */

struct levels {
    mtx_t mutex;
    cnd_t cond;
    bool met;
};

static int meet(void *argument)
{
    struct levels *levels = argument;
    CHECK_EQ(mtx_lock(&levels->mutex), thrd_success);
    levels->met = true;
    CHECK_EQ(cnd_signal(&levels->cond), thrd_success);
    CHECK_EQ(mtx_unlock(&levels->mutex), thrd_success);
    return 0;
}

TEST(c11_wait_frees_all_levels, 10)
{
    struct levels levels = { .met = false };
    thrd_t thread;
    CHECK_EQ(mtx_init(&levels.mutex, mtx_recursive), thrd_success);
    CHECK_EQ(cnd_init(&levels.cond), thrd_success);
    for (int i = 0; i < 3; ++i)
        CHECK_EQ(mtx_lock(&levels.mutex), thrd_success);
    if (!CHECK_EQ(thrd_create(&thread, meet, &levels), thrd_success))
        return;
    while (!levels.met)
        CHECK_EQ(cnd_wait(&levels.cond, &levels.mutex), thrd_success);
    CHECK_EQ(thrum_recursive_mutex_depth(&levels.mutex.private_mutex), 3);
    for (int i = 0; i < 3; ++i)
        CHECK_EQ(mtx_unlock(&levels.mutex), thrd_success);
    CHECK_EQ(thrd_join(thread, NULL), thrd_success);
}

/* --- refusals --------------------------------------------------------------------------------- */

static int sleep_on(void *unused)
{
    (void)unused;
    thrum_sleep_until(THRUM_FOREVER);
    return 0;
}

static int create_until_refused(void)
{
    enum { MOST = 4000 };
    int result = thrd_success;
    for (int i = 0; i < MOST && result == thrd_success; ++i) {
        thrd_t thread;
        result = thrd_create(&thread, sleep_on, NULL);
    }
    return result;
}

static void meet_memory_limit(void *unused)
{
    (void)unused;
    size_t space = system_address_space();
    if (space == 0)
        child_skip("the address space in use is not told here");
    CHILD_CHECK(system_limit_address_space(space + ((size_t)50 << 20)));
    CHILD_CHECK(create_until_refused() == thrd_nomem);
}

TEST(c11_create_without_memory, 20)
{
    test_in_child(meet_memory_limit, NULL, 10000);
}

static void meet_thread_limit(void *unused)
{
    (void)unused;
    /* a user of its own, because threads are counted by user and other suites may run */
    if (!system_become_user(54321 + (unsigned)(system_process_id() & 0xffff)))
        child_skip("another user than root cannot be had here");
    CHILD_CHECK(system_limit_threads(20));
    CHILD_CHECK(create_until_refused() == thrd_error);
}

TEST(c11_create_beyond_the_thread_limit, 20)
{
    test_in_child(meet_thread_limit, NULL, 10000);
}

TEST(c11_refuses_what_is_nothing, 5)
{
    thrd_t thread;
    mtx_t mutex;
    CHECK_EQ(mtx_init(&mutex, 4), thrd_error);
    CHECK_EQ(mtx_init(&mutex, -1), thrd_error);
    CHECK_EQ(thrd_create(&thread, NULL, NULL), thrd_error);
    CHECK_EQ(thrd_create(NULL, sleep_on, NULL), thrd_error);
}

/* --- the last one out ------------------------------------------------------------------------- */

static int end_late(void *unused)
{
    (void)unused;
    thrum_sleep_until(thrum_after(20 * MS));
    text_print("late");
    return 9;
}

static void exit_main(void *unused)
{
    thrd_t thread;
    (void)unused;
    CHILD_CHECK(thrd_create(&thread, end_late, NULL) == thrd_success);
    CHILD_CHECK(thrd_detach(thread) == thrd_success);
    thrd_exit(9);
}

TEST(c11_last_exit_ends_the_process_with_0, 10)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(exit_main, NULL, 5000, child)))
        return;
    CHECK_EQ(child->exit_status, 0);
    CHECK(text_find(child->output, "late") != NULL);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static int await_event(void *event)
{
    thrum_event_wait(event);
    return 0;
}

static void lock_twice(void *mutex)
{
    mtx_lock(mutex);
    mtx_lock(mutex);
}

static void lock_timed_twice(void *mutex)
{
    const struct timespec epoch = { 0, 0 };
    mtx_lock(mutex);
    mtx_timedlock(mutex, &epoch);
}

static void unlock(void *mutex)
{
    mtx_unlock(mutex);
}

static void join_detached(void *gate)
{
    thrd_t thread;
    CHECK_EQ(thrd_create(&thread, await_event, gate), thrd_success);
    CHECK_EQ(thrd_detach(thread), thrd_success);
    thrd_join(thread, NULL);
}

static void set_no_key(void *unused)
{
    tss_t key;
    (void)unused;
    CHECK_EQ(tss_create(&key, NULL), thrd_success);
    tss_delete(key);
    tss_set(key, &key);
}

TEST(c11_misuse_is_reported, 30)
{
    static mtx_t mutexes[4]; /* held by threads that have ended */
    static thrum_event event;
    for (int i = 0; i < 4; ++i)
        CHECK_EQ(mtx_init(&mutexes[i], i == 3 ? mtx_recursive : mtx_timed), thrd_success);
    CHECK(test_contains(test_fatal(lock_twice, &mutexes[0]), "mutex"));
    CHECK(test_contains(test_fatal(lock_timed_twice, &mutexes[1]), "mutex"));
    CHECK(test_contains(test_fatal(unlock, &mutexes[2]), "mutex"));
    CHECK(test_contains(test_fatal(unlock, &mutexes[3]), "recursive mutex"));
    CHECK(test_contains(test_fatal(set_no_key, NULL), "key"));
    CHECK(test_contains(test_fatal(join_detached, &event), "detached"));
    thrum_event_set(&event);
}
