/* Signals every few microseconds into every thread while threads are spawned, detached, joined and
 * end (field.md 3.1, 3): the handlers do what handlers may do. */
#include "../support/thread_system.h"
#include "../test.h"

#define MARK 0xfeedfacecafebeefu

static THRUM_THREAD_LOCAL uint64_t mark = MARK;
static THRUM_THREAD_LOCAL uint32_t depth;
static thrum_tls_key storm_key; /* inherited, so every thread has it */
static thrum_sem posted;
static thrum_event struck;
static _Alignas(4) uint32_t strikes;
static uint32_t wrong, stop;

static void strike(int signal)
{
    (void)signal;
    ++depth;
    /* One handler may interrupt the other, but not itself. */
    bool right = mark == MARK && depth <= 2 && thrum_self() != NULL && thrum_id() != 0;
    void *value = thrum_tls_get(storm_key);
    right = right && (value == NULL || value == &storm_key);
    if (!right)
        __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&strikes, 1, __ATOMIC_RELAXED);
    thrum_sem_post(&posted, 1);
    thrum_event_set(&struck);
    thrum_wake(&strikes, 1);
    --depth;
}

static void begin_storm(void)
{
    __atomic_store_n(&strikes, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&wrong, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&stop, 0, __ATOMIC_RELAXED);
    posted = (thrum_sem)THRUM_SEM_INIT(0);
    CHECK(thrum_tls_alloc(&storm_key, NULL, THRUM_TLS_INHERIT) == THRUM_OK);
    thrum_tls_set(storm_key, &storm_key);
    system_handle(SYSTEM_SIGNAL_ALARM, strike, SYSTEM_RESTART);
    system_handle(SYSTEM_SIGNAL_A, strike, SYSTEM_RESTART);
}

static void end_storm(void)
{
    system_storm(0);
    thrum_sleep_until(thrum_after(1000000)); /* what is on its way arrives */
    system_handle(SYSTEM_SIGNAL_ALARM, (void (*)(int))1, 0);
    system_handle(SYSTEM_SIGNAL_A, (void (*)(int))1, 0);
    thrum_tls_free(storm_key);
    test_note("%u signals handled", __atomic_load_n(&strikes, __ATOMIC_RELAXED));
    CHECK_EQ(__atomic_load_n(&wrong, __ATOMIC_RELAXED), 0);
    CHECK(__atomic_load_n(&strikes, __ATOMIC_RELAXED) > 0);
}

static void *live_shortly(void *argument)
{
    for (uint64_t spins = (uintptr_t)argument; spins > 0; --spins)
        __asm__ volatile("" ::: "memory");
    return (void *)(uintptr_t)(mark == MARK);
}

static uint32_t recent_ids[8];

/* Aims at threads that have just been born or are about to end; a miss is no harm. */
static void *aim(void *unused)
{
    uint32_t sent = 0;
    (void)unused;
    for (uint32_t i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); ++i) {
        uint32_t id = __atomic_load_n(&recent_ids[i % 8], __ATOMIC_RELAXED);
        sent += id != 0 && system_signal(id, SYSTEM_SIGNAL_A);
        for (int spins = 0; spins < 500; ++spins)
            __asm__ volatile("" ::: "memory");
    }
    return (void *)(uintptr_t)sent;
}

static void remember(uint32_t id, uint32_t at)
{
    __atomic_store_n(&recent_ids[at % 8], id, __ATOMIC_RELAXED);
}

struct spawner {
    uint64_t seed;
    uint32_t most;
    thrum_time until; /* a machine may do little but handle signals; for one thread it goes on */
    uint32_t spawned;
};

static void *spawn_in_storm(void *argument)
{
    struct spawner *spawner = argument;
    uint64_t state = spawner->seed;
    uint32_t i = 0;
    for (; i < spawner->most && (i == 0 || thrum_now() < spawner->until); ++i) {
        __atomic_store_n(&spawner->spawned, i, __ATOMIC_RELAXED);
        thrum_thread *thread = NULL;
        void *result = NULL;
        void *spins = (void *)(uintptr_t)test_pick(&state, 5000);
        bool detached = test_pick(&state, 4) == 0;
        thrum_spawn_options options = { .detached = detached };
        if (!CHECK(thrum_spawn(&thread, live_shortly, spins, &options) == THRUM_OK))
            break;
        if (detached)
            continue;
        remember((uint32_t)thrum_thread_id(thread), i);
        if (test_pick(&state, 2)) {
            CHECK(thrum_detach(thread) == THRUM_OK);
            continue;
        }
        CHECK(thrum_join(thread, &result) == THRUM_OK);
        CHECK(result != NULL);
    }
    return (void *)(uintptr_t)i;
}

/* The join of a spawner; where signals leave it no time for a thread's life, they come less often. (In an
 * emulator a thread whose end a signal interrupts may begin it anew, for ever.) */
static uint64_t join_spawner(thrum_thread *thread, struct spawner *spawner, uint32_t *interval_us)
{
    enum { LONGEST_US = 1000000 };
    void *result = NULL;
    uint32_t seen = 0;
    while (thrum_join_until(thread, &result, thrum_after(test_run_ms(1000))) == THRUM_TIMED_OUT) {
        uint32_t spawned = __atomic_load_n(&spawner->spawned, __ATOMIC_RELAXED);
        if (spawned == seen && *interval_us != 0 && *interval_us < LONGEST_US) {
            *interval_us *= 4;
            system_storm(*interval_us);
        }
        seen = spawned;
    }
    return (uintptr_t)result;
}

/* Two spawners under signals every so often; main takes none, so that the others do. */
static void spawn_under(uint32_t interval_us, uint32_t milliseconds)
{
    uint64_t mask = system_signal_mask(), spawned = 0;
    uint32_t before = __atomic_load_n(&strikes, __ATOMIC_RELAXED);
    thrum_thread *threads[2];
    struct spawner spawners[2];
    for (uint64_t i = 0; i < 2; ++i) {
        spawners[i] = (struct spawner){ test_seed() + i, test_scale_threads(20000, 100),
                                        thrum_after(test_run_ms(milliseconds)), 0 };
        threads[i] = test_spawn(spawn_in_storm, &spawners[i]);
    }
    system_set_signal_mask(mask | (uint64_t)1 << (SYSTEM_SIGNAL_ALARM - 1));
    if (interval_us)
        system_storm(interval_us);
    for (int i = 0; i < 2; ++i)
        spawned += join_spawner(threads[i], &spawners[i], &interval_us);
    system_storm(0);
    system_set_signal_mask(mask);
    test_note("every %u us: %l threads, %u signals handled", interval_us, spawned,
              __atomic_load_n(&strikes, __ATOMIC_RELAXED) - before);
    CHECK(spawned > 0);
}

static void wait_for_threads(uint32_t count)
{
    thrum_time limit = thrum_after(test_ms(5000));
    while (test_thread_count() > count && !test_late(limit))
        thrum_yield();
}

TEST(storm_of_a_timer_against_spawn_and_end, 30)
{
    if (test_skip_unsound_handlers() ||
        test_skip_under(SYSTEM_THREAD_SANITIZER | SYSTEM_VALGRIND,
                        "under a checker nothing gets done from one such signal to the next"))
        return;
    uint32_t threads = test_thread_count();
    test_note("seed %l", test_seed());
    begin_storm();
    spawn_under(10, 600);
    spawn_under(40, 600);
    spawn_under(150, 600);
    wait_for_threads(threads);
    end_storm();
}

TEST(storm_of_aimed_signals_against_spawn_and_end, 30)
{
    if (test_skip_unsound_handlers())
        return;
    uint32_t threads = test_thread_count();
    test_note("seed %l", test_seed());
    begin_storm();
    thrum_thread *aimer = test_spawn(aim, NULL);
    spawn_under(0, 700);
    spawn_under(60, 700);
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    uint64_t sent = (uintptr_t)test_join(aimer);
    wait_for_threads(threads);
    end_storm();
    for (int i = 0; i < 8; ++i)
        recent_ids[i] = 0;
    test_note("%l aimed signals met a thread", sent);
}

static void *sleep_in_storm(void *deadline)
{
    thrum_sleep_until(*(thrum_time *)deadline);
    return (void *)(uintptr_t)(thrum_now() >= *(thrum_time *)deadline);
}

static void *live_until_told(void *told)
{
    thrum_event_wait(told);
    return told;
}

/* Joins and sleeps go on through signals: never early, never "interrupted". */
TEST(storm_does_not_wake_join_or_sleep, 10)
{
    if (test_skip_unsound_handlers())
        return;
    begin_storm();
    thrum_event told = THRUM_EVENT_INIT;
    thrum_time deadline = thrum_after(test_ms(100));
    thrum_thread *sleeper = test_spawn(sleep_in_storm, &deadline);
    thrum_thread *late = test_spawn(live_until_told, &told);
    system_storm(50);
    if (sleeper && late) {
        thrum_time limit = thrum_after(test_ms(40));
        CHECK_EQ(thrum_join_until(late, NULL, limit), THRUM_TIMED_OUT);
        CHECK(thrum_now() >= limit);
        CHECK(test_join(sleeper) != NULL);
        CHECK(thrum_now() >= deadline);
        thrum_event_set(&told);
        CHECK(test_join(late) == &told);
    }
    end_storm();
}

/* Posts from handlers are all counted. */
TEST(storm_posts_are_counted, 10)
{
    if (test_skip_unsound_handlers())
        return;
    begin_storm();
    system_storm(50);
    thrum_sleep_until(thrum_after(test_ms(100)));
    system_storm(0);
    uint32_t count = 0, handled;
    thrum_time limit = thrum_after(test_ms(3000));
    do { /* the last may still be on their way */
        thrum_sleep_until(thrum_after(test_ms(5)));
        while (thrum_sem_try_wait(&posted))
            ++count;
        handled = __atomic_load_n(&strikes, __ATOMIC_RELAXED);
    } while (count != handled && !test_late(limit));
    CHECK_EQ(count, handled);
    CHECK(thrum_event_is_set(&struck));
    thrum_event_reset(&struck);
    end_storm();
}
