/* Refusals by the kernel: each comes back as its status, leaves nothing behind, and spawning works
 * again when the limit is gone. Each in a child, because limits are the process's. */
#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../test.h"

enum { MOST = 4000 };

static thrum_thread *threads[MOST];
static thrum_event leave;

static void *wait_to_leave(void *unused)
{
    (void)unused;
    thrum_event_wait(&leave);
    return NULL;
}

static void *nothing(void *argument)
{
    return argument;
}

/* Spawns until the kernel refuses; the refusal must look as promised. */
static uint32_t spawn_until(thrum_status expected, uint32_t most)
{
    uint32_t alive = 0;
    /* for another limit than memory's, not the default, which a system may count in full */
    thrum_spawn_options small = { .stack_size = 65536 };
    const thrum_spawn_options *options = expected == THRUM_NO_MEMORY ? NULL : &small;
    for (; alive < most; ++alive) {
        threads[alive] = (thrum_thread *)(void *)&leave;
        thrum_status status = thrum_spawn(&threads[alive], wait_to_leave, NULL, options);
        if (status == THRUM_OK)
            continue;
        CHILD_CHECK(status == expected);
        CHILD_CHECK(threads[alive] == NULL);
        break;
    }
    CHILD_CHECK(alive < most);
    return alive;
}

/* The same again and again, of either kind: no mapping and no thread may stay behind. */
static void refuse_again(thrum_status expected)
{
    thrum_spawn_options detached = { .detached = true };
    thrum_thread *first = NULL;
    CHILD_CHECK(thrum_spawn(&first, wait_to_leave, NULL, NULL) == expected); /* keeps its mapping */
    size_t mappings = system_mapping_count(), space = system_address_space();
    uint32_t count = test_thread_count();
    size_t kernel_count = system_thread_count();
    for (int i = 0; i < 200; ++i) {
        thrum_thread *thread = (thrum_thread *)(void *)&leave;
        CHILD_CHECK(thrum_spawn(&thread, wait_to_leave, NULL, i % 2 ? &detached : NULL) ==
                    expected);
        CHILD_CHECK(thread == NULL);
    }
    CHILD_CHECK(system_mapping_count() <= mappings);
    CHILD_CHECK(system_address_space() <= space); /* mappings that touch are counted as one */
    CHILD_CHECK(test_thread_count() == count);
    CHILD_CHECK(system_thread_count() == kernel_count);
}

static void spawn_again(uint32_t alive)
{
    thrum_event_set(&leave);
    for (uint32_t i = 0; i < alive; ++i)
        CHILD_CHECK(thrum_join(threads[i], NULL) == THRUM_OK);
    for (int i = 0; i < 100; ++i) {
        thrum_thread *thread = NULL;
        void *result = NULL;
        CHILD_CHECK(thrum_spawn(&thread, nothing, &leave, NULL) == THRUM_OK);
        CHILD_CHECK(thrum_join(thread, &result) == THRUM_OK && result == &leave);
    }
    CHILD_CHECK(test_thread_count() == 1);
    thrum_exit(NULL); /* none that was refused is counted: this is the last one out */
}

static void meet_address_space_limit(void *unused)
{
    (void)unused;
    size_t space = system_address_space();
    if (space == 0)
        child_skip("the address space in use is not told here");
    CHILD_CHECK(system_limit_address_space(space + ((size_t)200 << 20)));
    uint32_t alive = spawn_until(THRUM_NO_MEMORY, MOST);
    /* 8 MiB each, or 1 MiB, and what was cached */
    CHILD_CHECK(alive >= 4 && alive <= (sizeof(void *) == 8 ? 200 : 400));
    refuse_again(THRUM_NO_MEMORY);
    CHILD_CHECK(system_limit_address_space(UINT64_MAX));
    spawn_again(alive);
}

TEST(refusal_of_address_space, 10)
{
    test_in_child(meet_address_space_limit, NULL, 8000);
}

/* Without overcommit every stack counts in full, MAP_NORESERVE or not. */
static void meet_commit_limit(void *unused)
{
    char setting[2] = { 0 };
    (void)unused;
    if (system_read_file("/proc/sys/vm/overcommit_memory", setting, 1) != 1 || setting[0] != '2')
        child_skip("memory is overcommitted, and it is the whole machine's setting");
    uint32_t alive = spawn_until(THRUM_NO_MEMORY, MOST);
    CHILD_CHECK(alive >= 4);
    refuse_again(THRUM_NO_MEMORY);
    spawn_again(alive);
}

TEST(refusal_without_overcommit, 20)
{
    test_in_child(meet_commit_limit, NULL, 18000);
}

/* Mappings that wait in the cache are given up before a spawn is refused. */
static void need_the_cache(void *unused)
{
    (void)unused;
    thrum_spawn_options small = { .stack_size = 1 << 20 }, large = { .stack_size = 40 << 20 };
    size_t space = system_address_space();
    if (space == 0)
        child_skip("the address space in use is not told here");
    for (int i = 0; i < 20; ++i)
        CHILD_CHECK(thrum_spawn(&threads[i], wait_to_leave, NULL, &small) == THRUM_OK);
    thrum_event_set(&leave);
    for (int i = 0; i < 20; ++i)
        thrum_join(threads[i], NULL);
    CHILD_CHECK(system_limit_address_space(space + ((size_t)44 << 20)));
    CHILD_CHECK(thrum_spawn(&threads[0], nothing, NULL, &large) == THRUM_OK);
    thrum_join(threads[0], NULL);
}

TEST(refusal_trims_the_cache_first, 10)
{
    test_in_child(need_the_cache, NULL, 8000);
}

/* Two threads are refused at the same time, and what is kept is enough for both: none is refused for good
 * because the other has just taken all that there was. */
static uint32_t ready, refused_of_two;

static void *spawn_large(void *go)
{
    thrum_spawn_options large = { .stack_size = 12 << 20 };
    thrum_thread *thread = NULL;
    __atomic_fetch_add(&ready, 1, __ATOMIC_RELAXED);
    flag_await(go, 1);
    if (thrum_spawn(&thread, nothing, NULL, &large) != THRUM_OK)
        __atomic_fetch_add(&refused_of_two, 1, __ATOMIC_RELAXED);
    else
        thrum_join(thread, NULL);
    return NULL;
}

static void need_the_cache_together(void *unused)
{
    (void)unused;
    thrum_spawn_options small = { .stack_size = 1 << 20 }, tiny = { .stack_size = 64 << 10 };
    for (uint32_t round = 0; round < 200; round++) {
        uint32_t go = 0;
        thrum_thread *spawners[2];
        ready = 0;
        for (int i = 0; i < 2; i++)
            CHILD_CHECK(thrum_spawn(&spawners[i], spawn_large, &go, &tiny) == THRUM_OK);
        while (__atomic_load_n(&ready, __ATOMIC_RELAXED) < 2)
            thrum_yield();
        thrum_event_reset(&leave);
        for (int i = 0; i < 40; i++)
            CHILD_CHECK(thrum_spawn(&threads[i], wait_to_leave, NULL, &small) == THRUM_OK);
        size_t space = system_address_space();
        if (space == 0)
            child_skip("the address space in use is not told here");
        thrum_event_set(&leave);
        for (int i = 0; i < 40; i++)
            thrum_join(threads[i], NULL);
        CHILD_CHECK(system_limit_address_space(space));
        flag_set(&go, 1);
        for (int i = 0; i < 2; i++)
            thrum_join(spawners[i], NULL);
        CHILD_CHECK(system_limit_address_space(UINT64_MAX));
        CHILD_CHECK(refused_of_two == 0);
    }
}

TEST(refusal_of_two_trims_the_cache_once, 20)
{
    test_in_child(need_the_cache_together, NULL, 18000);
}

static void meet_thread_quota(void *unused)
{
    (void)unused;
    /* a user of its own, because threads are counted by user and other suites may run */
    if (!system_become_user(54321 + (unsigned)(system_process_id() & 0xffff)))
        child_skip("another user than root cannot be had here");
    CHILD_CHECK(system_limit_threads(20));
    uint32_t alive = spawn_until(THRUM_THREAD_LIMIT, 100);
    CHILD_CHECK(alive == 19);
    refuse_again(THRUM_THREAD_LIMIT);
    CHILD_CHECK(system_limit_threads(UINT64_MAX));
    spawn_again(alive);
}

TEST(refusal_of_thread_quota, 10)
{
    test_in_child(meet_thread_quota, NULL, 8000);
}

static void meet_the_end_of_ids(void *unused)
{
    (void)unused;
    if (!system_set_highest_id(400))
        child_skip("the number of ids cannot be limited here");
    uint32_t alive = spawn_until(THRUM_THREAD_LIMIT, 500);
    CHILD_CHECK(alive > 50);
    refuse_again(THRUM_THREAD_LIMIT);
    spawn_again(alive);
}

TEST(refusal_of_ids, 15)
{
    test_in_child_alone(meet_the_end_of_ids, NULL, 10000);
}

/* A user may lock a few MiB; with all future mappings locked, a stack of 8 MiB is refused. */
static void meet_locked_memory_limit(void *unused)
{
    enum { NOBODY = 54321 };
    (void)unused;
    if (!system_become_user(NOBODY))
        child_skip("another user than root cannot be had here");
    if (!system_limit_locked_memory((uint64_t)4 << 20) || !system_lock_future_memory(true))
        child_skip("memory cannot be locked here");
    uint32_t alive = spawn_until(THRUM_NO_MEMORY, 200); /* some from the cache */
    refuse_again(THRUM_NO_MEMORY);
    CHILD_CHECK(system_lock_future_memory(false));
    spawn_again(alive);
}

TEST(refusal_of_locked_memory, 10)
{
    if (test_skip_under(SYSTEM_ADDRESS_SANITIZER | SYSTEM_THREAD_SANITIZER,
                        "the sanitizer's own memory is locked, too"))
        return;
    test_in_child(meet_locked_memory_limit, NULL, 8000);
}

/* Locked memory that suffices: pages are there at once and cannot be dropped, so guards and fresh
 * stacks must be had in other ways; variables and marks are still those of a new thread. */
static THRUM_THREAD_LOCAL uint64_t counter[600];

static void *dirty_locked(void *unused)
{
    thrum_stack info;
    (void)unused;
    for (int i = 0; i < 600; ++i)
        CHILD_CHECK(counter[i]++ == 0);
    CHILD_CHECK(thrum_stack_info(thrum_self(), &info) == THRUM_OK);
    volatile char *low = info.base;
    for (size_t i = 0; i < 16384; i += 64)
        low[i] = 1;
    return &leave;
}

static void *write_to_guard(void *unused)
{
    thrum_stack info;
    (void)unused;
    thrum_stack_info(thrum_self(), &info);
    text_print("at the guard\n");
    ((volatile char *)info.base)[-1] = 1;
    text_print("beyond the guard\n");
    return NULL;
}

static void live_with_locked_memory(void *unused)
{
    thrum_spawn_options small = { .stack_size = 65536 };
    thrum_thread *thread = NULL;
    (void)unused;
    if (!system_lock_future_memory(true))
        child_skip("memory cannot be locked here");
    for (int i = 0; i < 200; ++i) {
        void *result = NULL;
        small.stack_size = i % 20 ? 65536 : 131072;
        CHILD_CHECK(thrum_spawn(&thread, dirty_locked, NULL, &small) == THRUM_OK);
        CHILD_CHECK(thrum_join(thread, &result) == THRUM_OK && result == &leave);
    }
    CHILD_CHECK(thrum_spawn(&thread, write_to_guard, NULL, &small) == THRUM_OK);
    thrum_join(thread, NULL);
}

TEST(refusal_none_with_enough_locked_memory, 10)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(live_with_locked_memory, NULL, 8000, child)))
        return;
    if (child->exit_status == 77) {
        test_skip(child->output);
        return;
    }
    if (!CHECK_EQ(child->signal, SYSTEM_SIGNAL_SEGV) ||
        !CHECK(text_equal(child->output, "at the guard\n")))
        test_note_child(child);
}

/* field.md 3.1, 16: several threads meet the limit at once. */
static thrum_event limited;

static void *spawn_and_be_refused(void *refused)
{
    thrum_event_wait(&limited);
    for (int i = 0; i < 300; ++i) {
        thrum_thread *thread = NULL;
        thrum_status status = thrum_spawn(&thread, nothing, NULL, NULL);
        CHILD_CHECK(status == THRUM_OK || status == THRUM_NO_MEMORY);
        CHILD_CHECK((status == THRUM_OK) == (thread != NULL));
        if (status == THRUM_OK)
            CHILD_CHECK(thrum_join(thread, NULL) == THRUM_OK);
        else
            __atomic_fetch_add((uint32_t *)refused, 1, __ATOMIC_RELAXED), thrum_yield();
    }
    return NULL;
}

static void meet_limit_together(void *unused)
{
    enum { SPAWNERS = 6 };
    static uint32_t refused;
    (void)unused;
    for (int i = 0; i < SPAWNERS; ++i)
        CHILD_CHECK(thrum_spawn(&threads[i], spawn_and_be_refused, &refused, NULL) == THRUM_OK);
    size_t space = system_address_space();
    if (space == 0)
        child_skip("the address space in use is not told here");
    CHILD_CHECK(system_limit_address_space(space + ((size_t)20 << 20)));
    thrum_event_set(&limited);
    for (int i = 0; i < SPAWNERS; ++i)
        thrum_join(threads[i], NULL);
    CHILD_CHECK(system_limit_address_space(UINT64_MAX));
    text_print_number("refused", refused);
    spawn_again(0);
}

TEST(refusal_met_by_several_threads, 15)
{
    test_in_child(meet_limit_together, NULL, 12000);
    test_note("refused %l times", text_number_of(test_child()->output, "refused"));
}
