/* join, detach and the end of a thread in every order (field.md 3.1, 7): one word decides, nobody
 * frees twice, nobody leaks. */
#include "../support/thread_system.h"
#include "../test.h"

static void spin(uint64_t count)
{
    for (; count > 0; --count)
        __asm__ volatile("" ::: "memory");
}

static void *spin_then_return(void *argument)
{
    spin((uintptr_t)argument);
    return (void *)((uintptr_t)argument + 1);
}

static void *spin_then_exit(void *argument)
{
    spin((uintptr_t)argument);
    thrum_exit((void *)((uintptr_t)argument + 1));
}

struct racer {
    uint64_t seed;
    uint32_t rounds;
};

/* How one thread's handle is disposed of, chosen at random. */
static void dispose(thrum_thread *thread, uintptr_t expected, uint64_t *state)
{
    void *result = NULL;
    spin(test_pick(state, 3000));
    switch (test_pick(state, 4)) {
    case 0: CHECK(thrum_detach(thread) == THRUM_OK); return;
    case 1: CHECK(thrum_join(thread, &result) == THRUM_OK); break;
    case 2: CHECK(thrum_join_until(thread, &result, THRUM_FOREVER) == THRUM_OK); break;
    default:
        while (thrum_join_until(thread, &result, thrum_after(test_pick(state, 20000))) ==
               THRUM_TIMED_OUT)
            if (test_pick(state, 8) == 0) {
                CHECK(thrum_detach(thread) == THRUM_OK);
                return;
            }
    }
    CHECK_EQ((uintptr_t)result, expected);
}

static void *race(void *argument)
{
    const struct racer *racer = argument;
    uint64_t state = racer->seed;
    for (uint32_t i = 0; i < racer->rounds; ++i) {
        uintptr_t spins = test_pick(&state, 4000);
        thrum_thread *thread = NULL;
        thrum_status status = thrum_spawn(
            &thread, test_pick(&state, 2) ? spin_then_return : spin_then_exit, (void *)spins, NULL);
        if (!CHECK_EQ(status, THRUM_OK))
            break;
        dispose(thread, spins + 1, &state);
    }
    return NULL;
}

TEST(life_races_of_join_detach_exit, 40)
{
    enum { RACERS = 4 };
    struct racer racers[RACERS];
    thrum_thread *threads[RACERS];
    size_t mappings = system_mapping_count();
    test_note("seed %l", test_seed());
    for (uint64_t i = 0; i < RACERS; ++i) {
        racers[i] = (struct racer){ test_seed() + i, test_scale_threads(10000, 100) };
        threads[i] = test_spawn(race, &racers[i]);
    }
    for (int i = 0; i < RACERS; ++i)
        test_join(threads[i]);
    thrum_sleep_until(thrum_after(test_ms(10)));
    test_join(test_spawn(spin_then_return, NULL)); /* sweeps */
    test_note("mappings %l -> %l", (uint64_t)mappings, (uint64_t)system_mapping_count());
    CHECK(system_mapping_count() <= mappings + 64);
}

/* Handles pass through a box to whoever takes them: spawners and disposers are not the same. A full box is
 * as many stacks: small enough for a machine that counts each in full. */
enum { BOX = 16, FILLERS = 2 };
static thrum_thread *box[BOX];
static uint32_t boxed_total, disposed_total, filled; /* fillers that have ended */

static void *fill_box(void *argument)
{
    const struct racer *racer = argument;
    uint64_t state = racer->seed;
    for (uint32_t i = 0; i < racer->rounds; ++i) {
        thrum_thread *thread = test_spawn(spin_then_return, (void *)(uintptr_t)7);
        if (!thread)
            break;
        for (;;) {
            thrum_thread *empty = NULL;
            if (__atomic_compare_exchange_n(&box[test_pick(&state, BOX)], &empty, thread, false,
                                            __ATOMIC_RELEASE, __ATOMIC_RELAXED))
                break;
        }
        __atomic_fetch_add(&boxed_total, 1, __ATOMIC_RELAXED);
    }
    __atomic_fetch_add(&filled, 1, __ATOMIC_RELEASE);
    return NULL;
}

/* A filler that got no thread has ended early: the test has failed, and must not stand as well. */
static bool all_disposed(void)
{
    return __atomic_load_n(&filled, __ATOMIC_ACQUIRE) == FILLERS &&
           __atomic_load_n(&disposed_total, __ATOMIC_RELAXED) ==
               __atomic_load_n(&boxed_total, __ATOMIC_RELAXED);
}

static void *empty_box(void *argument)
{
    const struct racer *racer = argument;
    uint64_t state = racer->seed;
    while (!all_disposed()) {
        thrum_thread *thread =
            __atomic_exchange_n(&box[test_pick(&state, BOX)], NULL, __ATOMIC_ACQUIRE);
        if (!thread) {
            thrum_yield();
            continue;
        }
        __atomic_fetch_add(&disposed_total, 1, __ATOMIC_RELAXED);
        dispose(thread, 8, &state);
    }
    return NULL;
}

TEST(life_races_handles_change_hands, 40)
{
    struct racer racers[4];
    thrum_thread *threads[4];
    boxed_total = disposed_total = filled = 0;
    test_note("seed %l", test_seed());
    for (uint64_t i = 0; i < 4; ++i) {
        racers[i] = (struct racer){ test_seed() + 100 + i, test_scale_threads(8000, 100) };
        threads[i] = test_spawn(i < FILLERS ? fill_box : empty_box, &racers[i]);
    }
    for (int i = 0; i < 4; ++i)
        test_join(threads[i]);
    CHECK_EQ(boxed_total, FILLERS * racers[0].rounds);
    CHECK_EQ(disposed_total, FILLERS * racers[0].rounds);
}

/* A joiner that times out at the very end of the thread leaves it joinable, by anybody. */
TEST(life_races_join_until_at_the_end, 20)
{
    uint64_t state = test_seed();
    uint32_t rounds = test_scale_threads(10000, 100), late = 0;
    test_note("seed %l", state);
    for (uint32_t i = 0; i < rounds; ++i) {
        uintptr_t spins = test_pick(&state, 10000);
        thrum_thread *thread = test_spawn(spin_then_return, (void *)spins);
        void *result = NULL;
        if (!thread)
            return;
        if (thrum_join_until(thread, &result, thrum_after(test_pick(&state, 60000))) ==
            THRUM_TIMED_OUT) {
            ++late;
            CHECK(result == NULL);
            CHECK(thrum_join(thread, &result) == THRUM_OK);
        }
        CHECK_EQ((uintptr_t)result, spins + 1);
    }
    test_note("%u of %u timed out first", late, rounds);
}
