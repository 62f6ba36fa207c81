/* Detached threads: memory that returns by itself, detach at any moment of a thread's life. */
#include "../support/thread_system.h"
#include "../test.h"

static uint32_t ended;

static void *count_end(void *unused)
{
    (void)unused;
    __atomic_fetch_add(&ended, 1, __ATOMIC_RELEASE);
    return NULL;
}

static bool wait_until_ended(uint32_t count)
{
    thrum_time limit = thrum_after(test_ms(10000));
    while (__atomic_load_n(&ended, __ATOMIC_ACQUIRE) < count) {
        if (test_late(limit))
            return CHECK_EQ(ended, count);
        thrum_yield();
    }
    return true;
}

/* Until only `count` threads are left in the registry. */
static void wait_until_gone(uint32_t count)
{
    thrum_time limit = thrum_after(test_ms(5000));
    while (test_thread_count() > count && !test_late(limit))
        thrum_yield();
    CHECK(test_thread_count() <= count);
}

/* At most `ahead` threads are alive at once, so that what grows is what leaks. */
static void spawn_detached(uint32_t count, uint32_t ahead, const thrum_spawn_options *options)
{
    __atomic_store_n(&ended, 0, __ATOMIC_RELAXED);
    for (uint32_t i = 0; i < count; ++i) {
        thrum_status status = thrum_spawn(NULL, count_end, NULL, options);
        if (!CHECK_EQ(status, THRUM_OK))
            return;
        while (i + 1 - __atomic_load_n(&ended, __ATOMIC_ACQUIRE) > ahead)
            thrum_yield();
    }
    wait_until_ended(count);
}

struct figures {
    size_t mappings, space, resident;
};

static struct figures measure(void)
{
    struct figures figures = { system_mapping_count(), system_address_space(), system_resident() };
    return figures;
}

/* Of each at most so much more: a cache of 64 stacks of 8 MiB, each a mapping or two. */
static bool grown(struct figures before, struct figures after)
{
    return after.mappings > before.mappings + 160 ||
           after.space > before.space + ((size_t)512 << 20) ||
           after.resident > before.resident + ((size_t)4 << 20);
}

/* Those that come next sweep, once the system has done with those that have ended. */
static void compare(struct figures before, uint32_t count)
{
    thrum_time limit = thrum_after(test_ms(3000));
    struct figures after = measure();
    while (grown(before, after) && !test_late(limit)) {
        test_join(test_spawn(count_end, NULL));
        after = measure();
    }
    test_note("%u threads: mappings %l -> %l, address space %l -> %l KiB, resident %l -> %l KiB",
              count, (uint64_t)before.mappings, (uint64_t)after.mappings,
              (uint64_t)before.space / 1024, (uint64_t)after.space / 1024,
              (uint64_t)before.resident / 1024, (uint64_t)after.resident / 1024);
    CHECK(!grown(before, after));
}

/* field.md 3.1, 5. 10^5 stacks of 8 MiB that leaked would be 800 GB. */
TEST(detached_spawns_keep_memory_flat, 40)
{
    thrum_spawn_options detached = { .detached = true };
    uint32_t threads = test_thread_count();
    spawn_detached(200, 4, &detached);
    struct figures before = measure();
    uint32_t count = test_scale_threads(100000, 300);
    spawn_detached(count, 4, &detached);
    compare(before, count);
    wait_until_gone(threads);
}

enum { AHEAD = 4 }; /* as many stacks may be had on any machine */

/* The same, detached after birth by the spawner. */
TEST(detach_calls_keep_memory_flat, 40)
{
    uint32_t count = test_scale_threads(30000, 200), threads = test_thread_count();
    struct figures before = measure();
    __atomic_store_n(&ended, 0, __ATOMIC_RELAXED);
    for (uint32_t i = 0; i < count; ++i) {
        thrum_thread *thread = test_spawn(count_end, NULL);
        if (!thread)
            return;
        CHECK(thrum_detach(thread) == THRUM_OK);
        while (i + 1 - __atomic_load_n(&ended, __ATOMIC_ACQUIRE) > AHEAD)
            thrum_yield();
    }
    wait_until_ended(count);
    wait_until_gone(threads);
    compare(before, count);
}

/* Sizes that change do not get into each other's way in a cache. */
TEST(detached_spawns_of_many_sizes_keep_memory_flat, 30)
{
    uint64_t state = test_seed();
    uint32_t count = test_scale_threads(10000, 100), threads = test_thread_count();
    test_note("seed %l", state);
    spawn_detached(200, 4, &(thrum_spawn_options){ .detached = true });
    struct figures before = measure();
    for (uint32_t i = 0; i < count / 10; ++i) {
        thrum_spawn_options options = { .detached = true,
                                        .stack_size = test_pick(&state, 4 << 20) + 1,
                                        .guard_size = test_pick(&state, 100000),
                                        .hardened = test_pick(&state, 2) };
        spawn_detached(10, 4, &options);
    }
    compare(before, count);
    wait_until_gone(threads);
}

static void *detach_self(void *unused)
{
    CHECK(thrum_detach(thrum_self()) == THRUM_OK);
    return count_end(unused);
}

TEST(detach_of_oneself, 20)
{
    uint32_t count = test_scale_threads(10000, 100), threads = test_thread_count();
    __atomic_store_n(&ended, 0, __ATOMIC_RELAXED);
    struct figures before = measure();
    for (uint32_t i = 0; i < count; ++i) {
        if (!test_spawn(detach_self, NULL))
            return;
        while (i + 1 - __atomic_load_n(&ended, __ATOMIC_ACQUIRE) > AHEAD)
            thrum_yield();
    }
    wait_until_ended(count);
    wait_until_gone(threads);
    compare(before, count);
}

static void *spin_a_while(void *argument)
{
    for (uintptr_t i = (uintptr_t)argument; i > 0; --i)
        __asm__ volatile("" ::: "memory");
    return count_end(NULL);
}

/* field.md 3.1, 7: a random moment each, so that detach meets the end in every order. */
TEST(detach_while_ending, 30)
{
    uint64_t state = test_seed();
    uint32_t count = test_scale_threads(20000, 200), threads = test_thread_count();
    test_note("seed %l", state);
    __atomic_store_n(&ended, 0, __ATOMIC_RELAXED);
    struct figures before = measure();
    for (uint32_t i = 0; i < count; ++i) {
        uintptr_t child_spins = test_pick(&state, 20000);
        thrum_thread *thread = test_spawn(spin_a_while, (void *)child_spins);
        if (!thread)
            return;
        for (uint64_t spins = test_pick(&state, 40000); spins > 0; --spins)
            __asm__ volatile("" ::: "memory");
        CHECK(thrum_detach(thread) == THRUM_OK);
        while (i + 1 - __atomic_load_n(&ended, __ATOMIC_ACQUIRE) > AHEAD)
            thrum_yield();
    }
    wait_until_ended(count);
    wait_until_gone(threads);
    compare(before, count);
}

static void detach_ended(void)
{
    enum { COUNT = 50 };
    thrum_thread *threads[COUNT];
    uint32_t before = test_thread_count();
    __atomic_store_n(&ended, 0, __ATOMIC_RELAXED);
    for (int i = 0; i < COUNT; ++i)
        threads[i] = test_spawn(count_end, NULL);
    wait_until_ended(COUNT);
    thrum_sleep_until(thrum_after(test_ms(20)));
    for (int i = 0; i < COUNT; ++i)
        CHECK(thrum_detach(threads[i]) == THRUM_OK);
    wait_until_gone(before);
    spawn_detached(100, 2, &(thrum_spawn_options){ .detached = true }); /* sweeps */
}

/* An ended thread waits for its detach as long as it takes. The first time what is kept may grow. */
TEST(detach_after_end, 10)
{
    detach_ended();
    size_t mappings = system_mapping_count();
    detach_ended();
    CHECK(system_mapping_count() <= mappings + 40);
}

static thrum_sem release_all;

static void *hold_until_released(void *unused)
{
    (void)unused;
    thrum_sem_wait(&release_all);
    return count_end(NULL);
}

/* Many detached at once, that end at once; nobody sweeps but the next spawn or end. */
TEST(detached_burst_ends_at_once, 20)
{
    thrum_spawn_options options = { .detached = true, .stack_size = 65536 };
    uint32_t count = test_scale_threads(2000, 50), threads = test_thread_count();
    struct figures before = measure();
    release_all = (thrum_sem)THRUM_SEM_INIT(0);
    __atomic_store_n(&ended, 0, __ATOMIC_RELAXED);
    for (uint32_t i = 0; i < count; ++i)
        CHECK(thrum_spawn(NULL, hold_until_released, NULL, &options) == THRUM_OK);
    thrum_sem_post(&release_all, count);
    wait_until_ended(count);
    wait_until_gone(threads);
    compare(before, count);
}
