/* Sixty-four threads on one CPU under a real-time class: one that spins or yields until another gets
 * on may keep just that one from the CPU, for ever. */
#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../support/workload.h"
#include "../test.h"

struct plan {
    enum system_class class;
    int lowest, priorities; /* how many, from there on */
    uint32_t rest_ns;       /* so that those of a low one get to hold something at times */
    uint32_t ms;
    uint32_t rounds; /* shared with the parent */
};

static const struct plan *plan;

/* Each its own, which its children inherit; nobody inherits that of one who waits for him. */
static void take_priority(struct workload *workload, uint32_t index)
{
    int priority = plan->lowest + (int)index % plan->priorities;
    if (!system_set_class(plan->class, priority))
        __atomic_fetch_add(&workload->wrong, 1, __ATOMIC_RELAXED);
}

static void work_on_one_cpu(void *argument)
{
    static struct workload workload;
    struct plan *shared = argument;
    enum { MOST_CPUS = 64 };
    unsigned cpus[MOST_CPUS];
    uint64_t random = test_seed();
    size_t count = system_affinity(cpus, MOST_CPUS);
    plan = shared;
    if (count == 0)
        child_skip("no CPU can be chosen");
    count = count < MOST_CPUS ? count : MOST_CPUS;
    unsigned cpu = cpus[test_pick(&random, (uint32_t)count)];
    if (thrum_set_affinity(thrum_self(), &cpu, 1) != THRUM_OK)
        child_skip("no CPU can be chosen");
    /* above them all, so that all are there when the first begins */
    if (!system_set_class(plan->class, plan->lowest + plan->priorities))
        child_skip("a real-time class is not permitted");
    workload = (struct workload){ .threads = WORKLOAD_MAX,
                                  .least = 3,
                                  .until = thrum_after(test_run_ms(plan->ms)),
                                  .rest_ns = plan->rest_ns,
                                  .begin = take_priority };
    workload_begin(&workload);
    const char *failed = workload_end(&workload);
    if (failed != NULL)
        child_failed(failed, "workload", 0);
    CHILD_CHECK(workload.wrong == 0);
    shared->rounds = workload.rounds;
}

static void check_plan(struct plan wanted)
{
    if (system_emulated()) {
        test_skip("an emulator has threads and locks of its own, which are not made for this");
        return;
    }
    /* AddressSanitizer's own spin and yield, which is enough among equals alone */
    unsigned alone = wanted.priorities > 1 ? SYSTEM_ADDRESS_SANITIZER : 0;
    if (test_skip_under(SYSTEM_VALGRIND | SYSTEM_THREAD_SANITIZER | alone,
                        "a checker has locks of its own, which are not made for this"))
        return;
    struct plan *shared = system_map_shared(sizeof *shared);
    if (!CHECK(shared != NULL))
        return;
    *shared = wanted;
    shared->ms = test_scale(1000, 200);
    test_note("seed %l", test_seed());
    test_in_child(work_on_one_cpu, shared, 20000);
    test_note("%u rounds", shared->rounds);
    system_unmap(shared, sizeof *shared);
}

TEST(storm_first_come_on_one_cpu, 30)
{
    check_plan((struct plan){ .class = SYSTEM_CLASS_FIRST_COME, .lowest = 1, .priorities = 1 });
}

TEST(storm_in_turn_on_one_cpu, 30)
{
    check_plan((struct plan){ .class = SYSTEM_CLASS_IN_TURN, .lowest = 1, .priorities = 1 });
}

/* One that waits for one of a lower priority waits while those between run; but not for ever. */
TEST(storm_of_priorities_on_one_cpu, 30)
{
    check_plan((struct plan){
        .class = SYSTEM_CLASS_FIRST_COME, .lowest = 1, .priorities = 4, .rest_ns = 2000000 });
}
