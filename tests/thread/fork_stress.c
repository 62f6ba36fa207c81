/* Stress test: forks while another thread spawns, joins and detaches, so that each child finds the
 * lists of threads and of kept mappings as they stand between two instructions of that thread. By
 * `suite --scale=10000 stress_fork*` there are 2,000,000 forks. */
#include "../support/thread_system.h"
#include "../test.h"

enum { FORKS = 20000, MOST_THREADS = 4, USED = 16 /* one child in so many uses the library */ };

static uint32_t churn_stop;

static void *nothing(void *argument)
{
    return argument;
}

/* Sizes differ, so that the kept mappings are searched, and given up for others. */
static void *churn(void *unused)
{
    uint64_t random = test_seed() ^ 0x5eed;
    (void)unused;
    while (!__atomic_load_n(&churn_stop, __ATOMIC_RELAXED)) {
        thrum_thread *threads[MOST_THREADS];
        uint32_t count = 1 + test_pick(&random, MOST_THREADS);
        for (uint32_t i = 0; i < count; ++i) {
            thrum_spawn_options options = { .stack_size = (size_t)1
                                                          << (16 + test_pick(&random, 3)) };
            if (!CHECK(thrum_spawn(&threads[i], nothing, NULL, &options) == THRUM_OK))
                return NULL;
        }
        for (uint32_t i = 0; i < count; ++i) {
            if (test_pick(&random, 4) == 0)
                (void)thrum_detach(threads[i]);
            else
                test_join(threads[i]);
        }
    }
    return NULL;
}

/* thrum_after_fork walks all lists; what is kept serves again. */
static void live(void *use)
{
    for (int i = 0; use && i < 3; ++i) {
        thrum_thread *thread = test_spawn(nothing, NULL);
        CHILD_CHECK(thread && thrum_join(thread, NULL) == THRUM_OK);
    }
}

TEST(stress_fork_while_threads_come_and_go, 1000)
{
    static char use;
    uint32_t forks = test_scale(FORKS, 50), done = 0, threads = test_thread_count();
    struct system_child *child = test_child();
    if (system_emulated()) {
        test_skip("a fork may copy the emulator's own locks while they are held");
        return;
    }
    if (test_skip_under(SYSTEM_ADDRESS_SANITIZER | SYSTEM_THREAD_SANITIZER,
                        "a fork may copy the sanitizer's own locks while they are held"))
        return;
    /* the machine may be slow: 1 ms a fork is four times what an idle one needs */
    thrum_time limit = thrum_after((thrum_time)forks * 1000000);
    churn_stop = 0;
    thrum_thread *other = test_spawn(churn, NULL);
    for (; done < forks && thrum_now() < limit; ++done) {
        if (!CHECK(system_run(live, done % USED == 0 ? &use : NULL, 5000, child)) ||
            !CHECK_EQ(child->exit_status, 0)) {
            test_note_child(child);
            break;
        }
    }
    __atomic_store_n(&churn_stop, 1, __ATOMIC_RELAXED);
    test_join(other);
    test_note("%u forks", done);
    thrum_time sweep = thrum_after(test_ms(5000));
    while (test_thread_count() > threads && thrum_now() < sweep)
        thrum_yield();
}
