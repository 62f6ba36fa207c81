/* A process that is stopped and let go on, at any moment, while its threads use everything: what it
 * waited for has come meanwhile, deadlines have passed, and nothing is lost. */
#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../support/workload.h"
#include "../test.h"

/* Shared with the process that stops the other. */
struct stops {
    uint64_t process; /* which is stopped */
    uint64_t seed;
    uint32_t threads, ms;
    uint32_t stops, over, rounds;
};

/* In a process of its own, the child of the one that it stops; that lives until this one has ended. */
static void stop_and_continue(void *argument)
{
    struct stops *stops = argument;
    uint64_t random = stops->seed;
    while (flag_get(&stops->over) == 0 && system_parent_id() == stops->process) {
        if (!system_stop(stops->process))
            break;
        thrum_sleep_until(thrum_after(test_pick(&random, 3000000)));
        system_continue(stops->process);
        flag_add(&stops->stops, 1);
        thrum_sleep_until(thrum_after(test_pick(&random, 3000000)));
    }
}

static void *run_stopper(void *stops)
{
    static struct system_child child;
    bool ran = system_run(stop_and_continue, stops, 60000, &child);
    return ran && child.exit_status == 0 ? stops : NULL;
}

static void work_through_stops(void *argument)
{
    static struct workload workload;
    struct stops *stops = argument;
    thrum_thread *stopper = NULL;
    stops->process = system_process_id();
    workload = (struct workload){ .threads = stops->threads,
                                  .least = 3,
                                  .until = thrum_after(test_run_ms(stops->ms)) };
    CHILD_CHECK(thrum_spawn(&stopper, run_stopper, stops, NULL) == THRUM_OK);
    workload_begin(&workload);
    const char *failed = workload_end(&workload);
    /* a few at least, though the work is done */
    while (flag_get(&stops->stops) < 5)
        thrum_sleep_until(thrum_after(1000000));
    flag_set(&stops->over, 1);
    void *result = NULL;
    CHILD_CHECK(thrum_join(stopper, &result) == THRUM_OK);
    CHILD_CHECK(result != NULL);
    stops->rounds = workload.rounds;
    if (failed != NULL)
        child_failed(failed, "workload", 0);
}

TEST(storm_of_stops, 30)
{
    struct stops *stops = system_map_shared(sizeof *stops);
    if (!CHECK(stops != NULL))
        return;
    test_note("seed %l", test_seed());
    stops->seed = test_seed();
    stops->threads = test_scale_threads(12, 4);
    stops->ms = test_scale(1500, 300);
    test_in_child(work_through_stops, stops, 20000);
    test_note("%u rounds, stopped %u times", stops->rounds, stops->stops);
    CHECK(stops->stops >= 5);
    system_unmap(stops, sizeof *stops);
}
