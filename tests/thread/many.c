/* Many threads: ten thousand alive at once, a million one after the other, without growth. */
#include "../support/thread_system.h"
#include "../test.h"

static thrum_sem gate;
static uint32_t arrived;
static THRUM_THREAD_LOCAL uint64_t own_number = 42;

static void *wait_at_gate(void *argument)
{
    bool fresh = own_number == 42;
    own_number = (uintptr_t)argument;
    __atomic_fetch_add(&arrived, 1, __ATOMIC_RELEASE);
    thrum_sem_wait(&gate);
    return (void *)(fresh && own_number == (uintptr_t)argument ? (uintptr_t)argument + 1 : 0);
}

/* Spawns until `count` are alive or the system has no more; returns how many. */
static uint32_t fill(thrum_thread **threads, uint32_t count, const thrum_spawn_options *options,
                     thrum_status *status)
{
    for (uint32_t i = 0; i < count; ++i) {
        *status = thrum_spawn(&threads[i], wait_at_gate, (void *)(uintptr_t)i, options);
        if (*status != THRUM_OK)
            return i;
    }
    return count;
}

static void empty(thrum_thread **threads, uint32_t count)
{
    thrum_sem_post(&gate, count);
    uint32_t right = 0;
    for (uint32_t i = 0; i < count; ++i)
        right += (uintptr_t)test_join(threads[i]) == (uintptr_t)i + 1;
    CHECK_EQ(right, count);
}

static void hold_at_once(uint32_t count, const thrum_spawn_options *options)
{
    static thrum_thread *threads[10000];
    thrum_status status = THRUM_OK;
    size_t mappings = system_mapping_count(), resident = system_resident();
    uint32_t before = test_thread_count();
    thrum_time start = thrum_now();
    arrived = 0;
    gate = (thrum_sem)THRUM_SEM_INIT(0);
    uint32_t alive = fill(threads, count, options, &status);
    while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < alive)
        thrum_sleep_until(thrum_after(1000000));
    test_note("%u threads alive after %l ms: %l mappings, %l bytes resident each", alive,
              (thrum_now() - start) / 1000000, (uint64_t)(system_mapping_count() - mappings),
              (uint64_t)(system_resident() - resident) / (alive ? alive : 1));
    CHECK_EQ(test_thread_count(), before + alive);
    if (system_thread_count())
        CHECK(system_thread_count() >= alive + 1);
    empty(threads, alive);
    CHECK_EQ(test_thread_count(), before);
    test_note("mappings %l -> %l, resident %l -> %l KiB", (uint64_t)mappings,
              (uint64_t)system_mapping_count(), (uint64_t)resident / 1024,
              (uint64_t)system_resident() / 1024);
    CHECK(system_mapping_count() <= mappings + 64);
    CHECK(system_resident() <= resident + ((size_t)8 << 20));
    if (status == THRUM_NO_MEMORY || status == THRUM_THREAD_LIMIT)
        test_skip("the system's limit is below that many threads");
    else
        CHECK_EQ(alive, count);
}

TEST(ten_thousand_alive_at_once, 60)
{
    thrum_spawn_options options = { .stack_size = 65536 };
    hold_at_once(test_scale_threads(10000, 100), &options);
}

/* With 8 MiB each, which is 80 GB of address space; strict overcommit may refuse it. */
TEST(ten_thousand_default_stacks_at_once, 60)
{
    hold_at_once(test_scale_threads(10000, 100), NULL);
}

static void *nothing(void *argument)
{
    return argument;
}

struct figures {
    size_t mappings, space, resident;
};

static struct figures measure(void)
{
    struct figures figures = { system_mapping_count(), system_address_space(), system_resident() };
    return figures;
}

/* After a warm-up nothing may grow at all: neither mappings nor address space. */
static void spawn_in_a_row(uint32_t count)
{
    uint32_t wrong = 0;
    struct figures before = measure();
    thrum_time start = thrum_now();
    for (uint32_t i = 0; i < count; ++i) {
        thrum_thread *thread = NULL;
        void *result = NULL;
        thrum_status status = thrum_spawn(&thread, nothing, &before, NULL);
        if (!CHECK_EQ(status, THRUM_OK))
            return;
        thrum_join(thread, &result);
        wrong += result != &before;
    }
    thrum_time took = thrum_now() - start;
    struct figures after = measure();
    CHECK_EQ(wrong, 0);
    test_note("%u spawns and joins, %l ns each; mappings %l -> %l, address space %l -> %l KiB, "
              "resident %l -> %l KiB",
              count, took / count, (uint64_t)before.mappings, (uint64_t)after.mappings,
              (uint64_t)before.space / 1024, (uint64_t)after.space / 1024,
              (uint64_t)before.resident / 1024, (uint64_t)after.resident / 1024);
    CHECK(after.mappings <= before.mappings);
    CHECK(after.space <= before.space);
    CHECK(after.resident <= before.resident + ((size_t)1 << 20));
}

TEST(spawns_in_a_row, 60)
{
    spawn_in_a_row(test_scale_threads(100, 50)); /* warm */
    spawn_in_a_row(test_scale_threads(20000, 300));
}

/* 200,000 of them; the million at --scale=500 (tools/check full). */
TEST(million_spawns, 300)
{
    spawn_in_a_row(test_scale_threads(100, 50));
    spawn_in_a_row(test_scale_threads(200000, 500));
}
