/* Threads that are moved from CPU to CPU while they use everything, and their children born where
 * they are. */
#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../support/workload.h"
#include "../test.h"

enum { MOST_CPUS = 64, LEAST_MOVES = 20 };

/* Some of them, one at least. */
static size_t draw(unsigned *some, const unsigned *cpus, size_t count, uint64_t *random)
{
    size_t drawn = 0;
    for (size_t i = 0; i < count; ++i) {
        if (test_pick(random, 2))
            some[drawn++] = cpus[i];
    }
    if (drawn == 0)
        some[drawn++] = cpus[test_pick(random, (uint32_t)count)];
    return drawn;
}

static uint32_t move_about(struct workload *workload, const unsigned *cpus, size_t count)
{
    unsigned some[MOST_CPUS];
    uint64_t random = test_seed();
    uint32_t moves = 0;
    while (flag_get(&workload->left) != 0) {
        thrum_thread *thread = workload->handles[test_pick(&random, workload->threads)];
        size_t drawn = draw(some, cpus, count, &random);
        thrum_status status = thrum_set_affinity(thread, some, drawn);
        if (status == THRUM_OK && ++moves == LEAST_MOVES)
            flag_set(&workload->hold, 0);
        if (status != THRUM_OK) /* it has ended, though it is not joined */
            CHECK_EQ(status, THRUM_NOT_FOUND);
        drawn = draw(some, cpus, count, &random);
        CHECK_EQ(thrum_set_affinity(thrum_self(), some, drawn), THRUM_OK);
        if (test_pick(&random, 16) == 0)
            thrum_sleep_until(thrum_after(test_pick(&random, 1000000)));
    }
    return moves;
}

TEST(storm_of_moves, 20)
{
    static struct workload workload;
    unsigned cpus[MOST_CPUS];
    size_t count = system_affinity(cpus, MOST_CPUS);
    if (!system_chooses_cpus()) {
        test_skip("programs may not choose CPUs here");
        return;
    }
    if (count < 2) {
        test_skip("there is one CPU alone to run on");
        return;
    }
    count = count < MOST_CPUS ? count : MOST_CPUS;
    workload = (struct workload){ .threads = test_scale_threads(12, 4),
                                  .least = 3,
                                  .hold = 1,
                                  .until = thrum_after(test_run_ms(test_scale(1500, 300))) };
    test_note("seed %l", test_seed());
    uint32_t moves = 0;
    if (workload_begin(&workload))
        moves = move_about(&workload, cpus, count);
    flag_set(&workload.hold, 0);
    const char *failed = workload_end(&workload);
    CHECK_EQ(thrum_set_affinity(thrum_self(), cpus, count), THRUM_OK);
    if (!CHECK(failed == NULL))
        test_note("of the workload: %s", failed);
    CHECK(moves >= LEAST_MOVES);
    workload_note(&workload);
    test_note("%u moves over %l CPUs", moves, (uint64_t)count);
}
