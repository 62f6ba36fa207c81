/* What an ended thread may not do to those after it: late kernel writes into memory that is
 * another's (field.md 3.1, 1), old bytes in a new thread's variables, a handle's id taken by
 * another thread (3.1, 9). */
#include "../support/thread_system.h"
#include "../test.h"

#define REGION_SIZE ((size_t)256 * 1024)
#define PATTERN 0xa5a5a5a5a5a5a5a5u

static uint32_t stop;
static uint32_t spawned;

static void *nothing(void *argument)
{
    return argument;
}

/* Ever changing sizes, so that the library's cache does not keep them all. */
static void *end_detached_threads(void *argument)
{
    uint64_t state = *(uint64_t *)argument;
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        thrum_spawn_options options = { .detached = true,
                                        .stack_size = test_pick(&state, 8 * REGION_SIZE) };
        if (thrum_spawn(NULL, nothing, NULL, &options) == THRUM_OK)
            __atomic_fetch_add(&spawned, 1, __ATOMIC_RELAXED);
        else
            thrum_yield();
    }
    return NULL;
}

static size_t count_foreign_words(const uint64_t *words, size_t count)
{
    size_t foreign = 0;
    for (size_t i = 0; i < count; ++i)
        foreign += words[i] != PATTERN;
    return foreign;
}

/* Takes regions the kernel hands out where stacks have just gone, and watches them. The last
 * pages are those that held control blocks. */
static size_t watch_regions(uint32_t *rounds, thrum_time until, uint64_t *state)
{
    enum { HELD = 16 };
    uint64_t *held[HELD] = { NULL };
    size_t sizes[HELD] = { 0 }, foreign = 0;
    for (uint32_t i = 0; i < *rounds + HELD; ++i) {
        size_t at = i % HELD;
        if (held[at]) {
            foreign += count_foreign_words(held[at], sizes[at] / sizeof(uint64_t));
            system_unmap(held[at], sizes[at]);
            held[at] = NULL;
        }
        if (i < *rounds && thrum_now() > until) /* a busy machine: the rest is let go of */
            *rounds = i;
        if (i >= *rounds)
            continue;
        sizes[at] = 4096 * (1 + test_pick(state, REGION_SIZE / 4096));
        held[at] = system_map(sizes[at]);
        for (size_t word = 0; held[at] && word < sizes[at] / sizeof(uint64_t); ++word)
            held[at][word] = PATTERN;
    }
    return foreign;
}

TEST(clear_tid_never_lands_in_anothers_memory, 30)
{
    enum { SPAWNERS = 5 }; /* more than run at once, so that ends are interrupted */
    uint64_t seeds[SPAWNERS], state = test_seed();
    thrum_thread *spawners[SPAWNERS];
    uint32_t threads = test_thread_count();
    test_note("seed %l", test_seed());
    stop = spawned = 0;
    for (uint64_t i = 0; i < SPAWNERS; ++i) {
        seeds[i] = test_seed() + 1 + i;
        spawners[i] = test_spawn(end_detached_threads, &seeds[i]);
    }
    uint32_t rounds = test_scale(8000, 200);
    CHECK_EQ(watch_regions(&rounds, thrum_after(test_run_ms(4000)), &state), 0);
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < SPAWNERS; ++i)
        test_join(spawners[i]);
    test_note("%u regions watched, %u detached threads ended", rounds, spawned);
    thrum_time limit = thrum_after(test_ms(5000));
    while (test_thread_count() > threads && !test_late(limit))
        thrum_yield();
}

/* --- variables of a reused mapping ------------------------------------------------------------ */

static THRUM_THREAD_LOCAL uint32_t initialised[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
static THRUM_THREAD_LOCAL uint64_t zeroed[512];

static void *check_and_dirty(void *unused)
{
    uint32_t wrong = 0;
    (void)unused;
    for (uint32_t i = 0; i < 8; ++i) {
        wrong += initialised[i] != i + 1;
        initialised[i] = 99;
    }
    for (int i = 0; i < 512; ++i) {
        wrong += zeroed[i] != 0;
        zeroed[i] = UINT64_MAX;
    }
    return (void *)(uintptr_t)wrong;
}

TEST(reused_mapping_has_fresh_variables, 20)
{
    uint32_t rounds = test_scale_threads(5000, 50);
    for (uint32_t i = 0; i < rounds; ++i)
        CHECK_EQ((uintptr_t)test_join(test_spawn(check_and_dirty, NULL)), 0);
}

/* The mapping of a thread that ended with a large stack may serve a small one and back. */
TEST(reused_mapping_of_another_size, 20)
{
    uint64_t state = test_seed();
    uint32_t rounds = test_scale_threads(2000, 50);
    test_note("seed %l", state);
    for (uint32_t i = 0; i < rounds; ++i) {
        thrum_thread *thread = NULL;
        thrum_spawn_options options = { .stack_size = test_pick(&state, 1 << 20),
                                        .guard_size = test_pick(&state, 1 << 16),
                                        .arg_size = test_pick(&state, 2) * 16,
                                        .hardened = test_pick(&state, 2) };
        CHECK(thrum_spawn(&thread, check_and_dirty, &options, &options) == THRUM_OK);
        CHECK_EQ((uintptr_t)test_join(thread), 0);
    }
}

/* --- ids that the kernel gives again ---------------------------------------------------------- */

static thrum_mutex orphaned;
static thrum_event leave;

static void *end_as_holder(void *unused)
{
    (void)unused;
    thrum_mutex_lock(&orphaned);
    return NULL;
}

static void *try_orphaned(void *unused)
{
    (void)unused;
    CHILD_CHECK(!thrum_mutex_try_lock(&orphaned));
    thrum_event_wait(&leave);
    return NULL;
}

/* The old thread is not joined yet, so its handle is good; its id now means another thread. */
static void meet_own_id_again(void *unused)
{
    char name[THRUM_NAME_SIZE], shown[32];
    unsigned cpu = 0;
    size_t count;
    (void)unused;
    thrum_thread *old = test_spawn(end_as_holder, NULL);
    CHILD_CHECK(old != NULL);
    uint64_t id = thrum_thread_id(old);
    thrum_thread *new = child_spawn_namesake(id, try_orphaned, NULL);
    thrum_set_name(new, "new");
    thrum_set_name(old, "old");
    thrum_get_name(new, name);
    CHILD_CHECK(text_equal(name, "new"));
    system_thread_name(id, shown);
    CHILD_CHECK(!text_equal(shown, "old"));
    CHILD_CHECK(thrum_set_affinity(old, &cpu, 1) == THRUM_NOT_FOUND);
    CHILD_CHECK(thrum_get_affinity(old, &cpu, 1, &count) == THRUM_NOT_FOUND);
    CHILD_CHECK(thrum_join(old, NULL) == THRUM_OK);
    CHILD_CHECK(thrum_join_until(new, NULL, thrum_after(test_ms(20))) == THRUM_TIMED_OUT);
    thrum_event_set(&leave);
    CHILD_CHECK(thrum_join(new, NULL) == THRUM_OK);
}

TEST(id_given_again_means_another_thread, 15)
{
    test_in_child_alone(meet_own_id_again, NULL, 10000);
}

static void *exclude(void *counter)
{
    static thrum_mutex mutex;
    for (int i = 0; i < 20; ++i) {
        thrum_mutex_lock(&mutex);
        uint32_t before = *(volatile uint32_t *)counter;
        CHILD_CHECK(thrum_mutex_holder(&mutex) == thrum_id());
        *(volatile uint32_t *)counter = before + 1;
        thrum_mutex_unlock(&mutex);
    }
    return NULL;
}

/* All ids of a small namespace are used several times over; locks go on to exclude. */
static void wrap_ids(void *unused)
{
    enum { ROUNDS = 2000, AT_ONCE = 4 };
    uint32_t counter = 0;
    uint64_t highest = 0, again = 0;
    (void)unused;
    if (!system_set_highest_id(400))
        child_skip("the number of ids cannot be limited here");
    for (int i = 0; i < ROUNDS / AT_ONCE; ++i) {
        thrum_thread *threads[AT_ONCE];
        for (int j = 0; j < AT_ONCE; ++j) {
            threads[j] = test_spawn(exclude, &counter);
            CHILD_CHECK(threads[j] != NULL);
            uint64_t id = thrum_thread_id(threads[j]);
            again += id <= highest;
            highest = id > highest ? id : highest;
        }
        for (int j = 0; j < AT_ONCE; ++j)
            thrum_join(threads[j], NULL);
    }
    CHILD_CHECK(counter == ROUNDS * 20);
    CHILD_CHECK(again > 100);
}

TEST(ids_that_wrap_leave_locks_exact, 20)
{
    test_in_child_alone(wrap_ids, NULL, 15000);
}
