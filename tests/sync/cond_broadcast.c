/* Broadcasts: no waiter waits for another that does not run, none is lost, whoever holds the mutex
 * meanwhile. */
#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../test.h"
#include "arch/arch.h"

enum { WAITERS = 6 };

static thrum_mutex mutex;
static thrum_cond cond;
static uint32_t waiting, woken;
static uint32_t stalled, go_on; /* of the handler that keeps a thread from running */

static void renew(void)
{
    mutex = (thrum_mutex)THRUM_MUTEX_INIT;
    cond = (thrum_cond)THRUM_COND_INIT;
    waiting = woken = stalled = go_on = 0;
}

static void wait_once(thrum_time deadline)
{
    thrum_mutex_lock(&mutex);
    flag_add(&waiting, 1);
    CHECK_EQ(thrum_cond_wait_until(&cond, &mutex, deadline), THRUM_OK);
    CHECK_EQ(thrum_mutex_holder(&mutex), thrum_id());
    flag_add(&woken, 1);
    thrum_mutex_unlock(&mutex);
}

static void wait_for_ever(struct member *member)
{
    (void)member;
    wait_once(THRUM_FOREVER);
}

static void wait_long(struct member *member)
{
    (void)member;
    wait_once((thrum_time)1 << 62);
}

static void start_asleep(struct member *member, void (*wait)(struct member *member))
{
    crew_start(member, 1, wait, NULL);
    until_member_asleep(member);
}

/* --- one that does not run -------------------------------------------------------------------- */

static void stall(int signal)
{
    (void)signal;
    flag_set(&stalled, 1);
    while (!flag_get(&go_on))
        thrum_arch_relax();
}

/* The first to wait is in a handler until all others have had the mutex: as good as a thread of a low
 * priority that gets no CPU. */
static void check_stalled(bool inside, void (*wait)(struct member *member))
{
    struct member members[WAITERS];
    renew();
    for (uint32_t i = 0; i < WAITERS; ++i)
        start_asleep(&members[i], wait);
    CHECK(system_signal(members[0].id, SYSTEM_SIGNAL_A));
    CHECK(flag_await_until(&stalled, 1, thrum_after(test_ms(5000))));
    if (inside)
        thrum_mutex_lock(&mutex);
    thrum_cond_broadcast(&cond);
    if (inside)
        thrum_mutex_unlock(&mutex);
    CHECK(flag_await_until(&woken, WAITERS - 1, thrum_after(test_ms(5000))));
    CHECK_EQ(flag_get(&woken), WAITERS - 1);
    flag_set(&go_on, 1);
    crew_join(members, WAITERS);
    CHECK_EQ(flag_get(&woken), WAITERS);
}

TEST(signals_hold_up_no_broadcast, 60)
{
    if (test_skip_under(SYSTEM_THREAD_SANITIZER,
                        "ThreadSanitizer lets handlers wait for the next call of the libc"))
        return;
    CHECK(system_handle(SYSTEM_SIGNAL_A, stall, 0));
    check_stalled(false, wait_for_ever);
    check_stalled(true, wait_for_ever);
    check_stalled(false, wait_long);
    check_stalled(true, wait_long);
    CHECK(system_handle(SYSTEM_SIGNAL_A, NULL, 0));
}

/* --- priorities ------------------------------------------------------------------------------- */

enum { LOW = 1, MIDDLE, HIGH, ABOVE };

static thrum_mutex start;
static uint32_t high_woken;

static void *wait_low(void *unused)
{
    thrum_mutex_lock(&mutex);
    thrum_cond_wait(&cond, &mutex);
    thrum_mutex_unlock(&mutex);
    return unused;
}

static void *wait_high(void *unused)
{
    wait_low(NULL);
    flag_set(&high_woken, 1);
    return unused;
}

/* From its start on the CPU is no lower thread's, until the high one has been woken or should have
 * been. */
static void *run_on(void *unused)
{
    (void)unused;
    thrum_mutex_lock(&start);
    thrum_mutex_unlock(&start);
    thrum_time end = thrum_after(test_ms(3000));
    while (!flag_get(&high_woken) && thrum_now() < end)
        thrum_arch_relax();
    return flag_get(&high_woken) ? &start : NULL;
}

static thrum_thread *spawn_at(int priority, void *(*run)(void *argument))
{
    thrum_thread *thread = NULL;
    CHILD_CHECK(system_set_class(SYSTEM_CLASS_FIRST_COME, priority)); /* which it inherits */
    CHILD_CHECK(thrum_spawn(&thread, run, NULL, NULL) == THRUM_OK);
    CHILD_CHECK(system_set_class(SYSTEM_CLASS_FIRST_COME, ABOVE));
    do /* asleep itself: a yield leaves the CPU to no lower thread */
        thrum_sleep_until(thrum_after(1000000));
    while (!system_thread_sleeps(thrum_thread_id(thread)));
    return thread;
}

static void broadcast_on_one_cpu(void *held)
{
    unsigned cpu = 0;
    size_t count = system_affinity(&cpu, 1);
    void *in_time = NULL;
    if (count == 0 || thrum_set_affinity(thrum_self(), &cpu, 1) != THRUM_OK)
        child_skip("no CPU can be chosen");
    if (!system_set_class(SYSTEM_CLASS_FIRST_COME, ABOVE))
        child_skip("a real-time class is not permitted");
    thrum_mutex_lock(&start);
    thrum_thread *low = spawn_at(LOW, wait_low), *high = spawn_at(HIGH, wait_high);
    thrum_thread *middle = spawn_at(MIDDLE, run_on);
    if (held != NULL)
        thrum_mutex_lock(&mutex);
    thrum_cond_broadcast(&cond);
    thrum_mutex_unlock(&start);
    if (held != NULL)
        thrum_mutex_unlock(&mutex);
    CHILD_CHECK(thrum_join(middle, &in_time) == THRUM_OK);
    CHILD_CHECK(in_time != NULL);
    CHILD_CHECK(thrum_join(high, NULL) == THRUM_OK);
    CHILD_CHECK(thrum_join(low, NULL) == THRUM_OK);
}

/* The low one has waited longest; it gets no CPU before the high one has had the mutex. */
TEST(storm_of_priorities_holds_up_no_broadcast, 60)
{
    if (system_emulated()) {
        test_skip("an emulator has threads and locks of its own, which are not made for this");
        return;
    }
    if (test_skip_under(SYSTEM_VALGRIND | SYSTEM_THREAD_SANITIZER,
                        "a checker has locks of its own, which are not made for this"))
        return;
    renew();
    start = (thrum_mutex)THRUM_MUTEX_INIT;
    high_woken = 0;
    test_in_child(broadcast_on_one_cpu, NULL, 8000);
    test_in_child(broadcast_on_one_cpu, &start, 8000);
}

/* --- the mutex comes and goes meanwhile -------------------------------------------------------- */

struct barging {
    uint32_t rounds, over;
};

static void lock_on_and_on(struct member *member)
{
    struct barging *shared = member->shared;
    while (!flag_get(&shared->over)) {
        thrum_mutex_lock(&mutex);
        burn(test_pick(&member->random, 50));
        thrum_mutex_unlock(&mutex);
        burn(test_pick(&member->random, 50));
    }
}

/* A deadline that may pass before it is woken, while it is moved, or after. */
static void wait_near(struct member *member)
{
    thrum_mutex_lock(&mutex);
    flag_add(&waiting, 1);
    thrum_time deadline =
        member->index % 2 ? thrum_after(test_pick(&member->random, 200000)) : THRUM_FOREVER;
    (void)!thrum_cond_wait_until(&cond, &mutex, deadline);
    flag_add(&woken, 1);
    thrum_mutex_unlock(&mutex);
}

static void broadcast_once(uint64_t *random)
{
    struct member members[WAITERS];
    bool inside = test_pick(random, 2);
    waiting = woken = 0;
    crew_start(members, WAITERS, wait_near, NULL);
    flag_await(&waiting, WAITERS);
    thrum_mutex_lock(&mutex); /* the last of them waits by now */
    if (!inside)
        thrum_mutex_unlock(&mutex);
    burn(test_pick(random, 2000));
    thrum_cond_broadcast(&cond);
    if (inside)
        thrum_mutex_unlock(&mutex);
    crew_join(members, WAITERS);
    CHECK_EQ(flag_get(&woken), WAITERS);
}

TEST(cond_broadcast_while_others_lock, 60)
{
    struct barging shared = { .over = 0 };
    struct member lockers[2];
    uint64_t random = test_seed();
    renew();
    crew_start(lockers, 2, lock_on_and_on, &shared);
    thrum_time end = thrum_after(test_run_ms(1000));
    do {
        broadcast_once(&random);
        shared.rounds++;
    } while (thrum_now() < end);
    flag_set(&shared.over, 1);
    crew_join(lockers, 2);
    test_note("seed %l, %u broadcasts", test_seed(), shared.rounds);
}
