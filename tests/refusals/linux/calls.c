/* Refusals of what asks the kernel something: names, affinity, counts, stacks. */
#include "../../support/crew.h"
#include "../../support/linux/refusals.h"
#include "../../support/thread_system.h"

static thrum_thread *other;
static thrum_event leave;

static void *wait_to_leave(void *unused)
{
    thrum_event_wait(&leave);
    return unused;
}

static void spawn_other(void)
{
    thrum_event_reset(&leave);
    CHILD_CHECK(thrum_spawn(&other, wait_to_leave, NULL, NULL) == THRUM_OK);
    until_asleep(thrum_thread_id(other));
}

static void join_other(thrum_status status)
{
    (void)status;
    thrum_event_set(&leave);
    CHILD_CHECK(thrum_join(other, NULL) == THRUM_OK);
}

/* --- names ------------------------------------------------------------------------------------ */

/* Ours is set, whatever the kernel was told. */
static thrum_status name(thrum_thread *thread)
{
    char set[THRUM_NAME_SIZE];
    thrum_status status = thrum_set_name(thread, "renamed");
    thrum_get_name(thread, set);
    return text_equal(set, "renamed") ? status : THRUM_BUSY;
}

static thrum_status name_self(void)
{
    return name(thrum_self());
}

static const struct refusal_scenario own_name = {
    .name = "own name",
    .act = name_self,
    .promises = { { "prctl", "uuuuuu", 0, 0 } },
};

TEST(refusals_of_own_name, 20)
{
    test_refusals(&own_name);
}

static thrum_status name_other(void)
{
    return name(other);
}

static const struct refusal_scenario others_name = {
    .name = "another's name",
    .prepare = spawn_other,
    .act = name_other,
    .settle = join_other,
    .promises = { { "openat", "uuuuuu", 0, 0 },
                  { "write", "uuuuuu", 0, 0 },
                  { "close", "......", 0, 0 } },
};

TEST(refusals_of_anothers_name, 20)
{
    test_refusals(&others_name);
}

/* --- CPUs ------------------------------------------------------------------------------------- */

static unsigned cpus[64];
static size_t cpu_count;

static void know_cpus(void)
{
    CHILD_CHECK(thrum_get_affinity(thrum_self(), cpus, 64, &cpu_count) == THRUM_OK);
    CHILD_CHECK(cpu_count > 0);
    cpu_count = cpu_count < 64 ? cpu_count : 64;
}

static thrum_status set_affinity(void)
{
    return thrum_set_affinity(thrum_self(), cpus, cpu_count);
}

static const struct refusal_scenario affinity_set = {
    .name = "affinity, set",
    .prepare = know_cpus,
    .act = set_affinity,
    .promises = { { "sched_setaffinity", "ssisus", 0, 0 } },
};

TEST(refusals_of_set_affinity, 20)
{
    test_refusals(&affinity_set);
}

static thrum_status get_affinity(void)
{
    size_t count = 4711;
    thrum_status status = thrum_get_affinity(thrum_self(), cpus, 64, &count);
    return status == THRUM_OK && count == 4711 ? THRUM_BUSY : status;
}

static const struct refusal_scenario affinity_get = {
    .name = "affinity, get",
    .act = get_affinity,
    .promises = { { "sched_getaffinity", "ssisus", 0, 0 } },
};

TEST(refusals_of_get_affinity, 20)
{
    test_refusals(&affinity_get);
}

/* What cannot be known does not count; there is always one. */
static thrum_status count_cpus(void)
{
    unsigned count = thrum_cpu_count();
    return count >= 1 && count <= cpu_count ? THRUM_OK : THRUM_INVALID;
}

static const struct refusal_scenario counts = {
    .name = "CPU count",
    .prepare = know_cpus,
    .act = count_cpus,
    .promises = { { "sched_getaffinity", "......", 0, 0 },
                  { "openat", "......", 0, 0 },
                  { "read", "......", 0, 0 },
                  { "close", "......", 0, 0 } },
};

TEST(refusals_of_cpu_count, 20)
{
    test_refusals(&counts);
}

/* --- stacks ----------------------------------------------------------------------------------- */

static thrum_status measure(thrum_thread *thread)
{
    thrum_stack stack = { .used = 4711 };
    thrum_status status = thrum_stack_info(thread, &stack);
    bool told = stack.size != 0 && (stack.used != 0) == (status == THRUM_OK);
    return told ? status : THRUM_BUSY;
}

static thrum_status measure_other(void)
{
    return measure(other);
}

static const struct refusal_scenario stack_of_other = {
    .name = "stack of a thread",
    .prepare = spawn_other,
    .act = measure_other,
    .settle = join_other,
    .promises = { { "mincore", "uuuuuu", 0, 0 } },
};

TEST(refusals_of_stack_info, 20)
{
    test_refusals(&stack_of_other);
}

/* The kernel says by ENOMEM where main's stack ends. */
static thrum_status measure_main(void)
{
    return measure(thrum_self());
}

static const struct refusal_scenario stack_of_main = {
    .name = "stack of main",
    .act = measure_main,
    .promises = { { "prlimit64", "......", 0, 0 }, { "mincore", "-uuuuu", 0, 0 } },
};

TEST(refusals_of_stack_info_of_main, 20)
{
    test_refusals(&stack_of_main);
}
