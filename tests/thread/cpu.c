/* CPUs: how many there are for this process, and which a thread may use. */
#include "../support/thread_system.h"
#include "../test.h"

enum { MOST_CPUS = 1024 };

static unsigned allowed[MOST_CPUS];

static size_t get_allowed(void)
{
    size_t count = system_affinity(allowed, MOST_CPUS);
    return count < MOST_CPUS ? count : MOST_CPUS;
}

static bool skip_without_choice(void)
{
    if (!system_chooses_cpus())
        test_skip("programs may not choose CPUs here");
    return !system_chooses_cpus();
}

TEST(cpu_count_is_within_affinity, 5)
{
    size_t count = get_allowed();
    test_note("affinity %l, count %u", (uint64_t)count, thrum_cpu_count());
    CHECK(thrum_cpu_count() >= 1);
    CHECK(thrum_cpu_count() <= count);
    CHECK_EQ(thrum_cpu_count(), thrum_cpu_count());
}

static void *count_narrowed(void *unused)
{
    (void)unused;
    unsigned cpu = allowed[0];
    CHECK_EQ(thrum_set_affinity(thrum_self(), &cpu, 1), THRUM_OK);
    CHECK_EQ(system_affinity(NULL, 0), 1);
    return (void *)(uintptr_t)thrum_cpu_count();
}

/* "Asked anew at each call." */
TEST(cpu_count_follows_affinity, 5)
{
    if (skip_without_choice())
        return;
    get_allowed();
    CHECK_EQ((uintptr_t)test_join(test_spawn(count_narrowed, NULL)), 1);
    CHECK(thrum_cpu_count() <= system_affinity(NULL, 0));
}

TEST(affinity_is_told_ascending, 5)
{
    if (skip_without_choice())
        return;
    unsigned seen[MOST_CPUS];
    size_t count = 0, expected = get_allowed();
    CHECK_EQ(thrum_get_affinity(thrum_self(), seen, MOST_CPUS, &count), THRUM_OK);
    if (!CHECK_EQ(count, expected))
        return;
    for (size_t i = 0; i < count; ++i)
        CHECK_EQ(seen[i], allowed[i]);
}

TEST(affinity_stores_no_more_than_asked, 5)
{
    if (skip_without_choice())
        return;
    unsigned seen[2] = { 12345, 12345 };
    size_t count = 0;
    CHECK_EQ(thrum_get_affinity(thrum_self(), NULL, 0, &count), THRUM_OK);
    CHECK_EQ(count, get_allowed());
    count = 0;
    CHECK_EQ(thrum_get_affinity(thrum_self(), seen, 1, &count), THRUM_OK);
    CHECK_EQ(count, get_allowed());
    CHECK_EQ(seen[0], allowed[0]);
    CHECK_EQ(seen[1], 12345);
}

static thrum_event leave;

static void *wait_to_leave(void *unused)
{
    (void)unused;
    thrum_event_wait(&leave);
    return (void *)(uintptr_t)system_affinity(NULL, 0);
}

TEST(affinity_of_another, 5)
{
    if (skip_without_choice())
        return;
    size_t count = 0, all = get_allowed();
    unsigned last = allowed[all - 1], seen = 12345;
    thrum_event_reset(&leave);
    thrum_thread *thread = test_spawn(wait_to_leave, NULL);
    if (!thread)
        return;
    CHECK_EQ(thrum_set_affinity(thread, &last, 1), THRUM_OK);
    CHECK_EQ(thrum_get_affinity(thread, &seen, 1, &count), THRUM_OK);
    CHECK_EQ(count, 1);
    CHECK_EQ(seen, last);
    CHECK_EQ(get_allowed(), all); /* not the caller's */
    CHECK_EQ(thrum_set_affinity(thread, allowed, all), THRUM_OK);
    CHECK_EQ(thrum_get_affinity(thread, NULL, 0, &count), THRUM_OK);
    CHECK_EQ(count, all);
    thrum_event_set(&leave);
    CHECK_EQ((uintptr_t)test_join(thread), all);
}

static void *inherit(void *unused)
{
    unsigned cpu = allowed[0];
    (void)unused;
    CHECK_EQ(thrum_set_affinity(thrum_self(), &cpu, 1), THRUM_OK);
    return test_join(test_spawn(wait_to_leave, NULL));
}

TEST(affinity_is_inherited, 5)
{
    if (skip_without_choice())
        return;
    get_allowed();
    thrum_event_set(&leave);
    CHECK_EQ((uintptr_t)test_join(test_spawn(inherit, NULL)), 1);
    thrum_event_reset(&leave);
}

TEST(affinity_that_cannot_be, 5)
{
    if (skip_without_choice())
        return;
    size_t before = get_allowed();
    static const unsigned nowhere[] = { 0x7fffffff, 0xffffffff, 100000, 65535 };
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; ++i)
        CHECK_EQ(thrum_set_affinity(thrum_self(), &nowhere[i], 1), THRUM_INVALID);
    CHECK_EQ(thrum_set_affinity(thrum_self(), nowhere, 4), THRUM_INVALID);
    CHECK_EQ(thrum_set_affinity(thrum_self(), nowhere, 0), THRUM_INVALID);
    CHECK_EQ(thrum_set_affinity(thrum_self(), NULL, 0), THRUM_INVALID);
    CHECK_EQ(get_allowed(), before);
}

static void *nothing(void *argument)
{
    return argument;
}

TEST(affinity_of_an_ended_thread, 5)
{
    if (skip_without_choice())
        return;
    unsigned cpu = 0;
    size_t count = 0;
    get_allowed();
    cpu = allowed[0];
    thrum_thread *thread = test_spawn(nothing, NULL);
    if (!thread)
        return;
    thrum_time limit = thrum_after(test_ms(2000));
    thrum_status status;
    do
        status = thrum_set_affinity(thread, &cpu, 1);
    while (status == THRUM_OK && !test_late(limit));
    CHECK_EQ(status, THRUM_NOT_FOUND);
    CHECK_EQ(thrum_get_affinity(thread, &cpu, 1, &count), THRUM_NOT_FOUND);
    test_join(thread);
}

/* --- quota (field.md 3.4, 47) ----------------------------------------------------------------- */

/* One for each run: others may be under way. */
static char quota_group[48] = "thrum-test-quota-";

static void count_under_quota(void *percent)
{
    size_t allowed_count = system_affinity(NULL, 0);
    uint32_t quota = *(uint32_t *)percent;
    if (!system_join_cpu_quota(quota_group, quota))
        child_skip("a control group with a CPU quota cannot be made here");
    unsigned expected = (quota + 99) / 100; /* rounded up */
    CHILD_CHECK(thrum_cpu_count() == (expected < allowed_count ? expected : allowed_count));
}

TEST(cpu_count_heeds_a_quota, 15)
{
    static uint32_t percents[] = { 50, 100, 101, 1000 };
    text_number(system_process_id(), quota_group + sizeof "thrum-test-quota-" - 1);
    for (size_t i = 0; i < sizeof percents / sizeof *percents; ++i) {
        system_remove_cpu_quota(quota_group); /* of a run that was broken off */
        test_in_child(count_under_quota, &percents[i], 4000);
        if (test_child()->exit_status == 0)
            CHECK(system_remove_cpu_quota(quota_group));
        else
            system_remove_cpu_quota(quota_group);
    }
}
