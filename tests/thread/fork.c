/* thrum_after_fork: only the caller is left in the child, with its locks, keys and name (field.md
 * 3.4, 44). */
#include "../support/thread_system.h"
#include "../test.h"

static void *nothing(void *argument)
{
    return argument;
}

static thrum_mutex held_by_caller, held_by_other;
static thrum_rwlock written_by_caller;
static thrum_recursive_mutex recursive;
static thrum_tls_key fork_key;
static THRUM_THREAD_LOCAL uint32_t fork_variable = 5;
static thrum_event leave, ready;

static void *lock_both(void *unused)
{
    void *result;
    thrum_mutex_lock(&held_by_caller);
    result = test_join(test_spawn(nothing, unused));
    thrum_mutex_unlock(&held_by_caller);
    return result;
}

static bool count_visit(thrum_thread *thread, void *count)
{
    CHILD_CHECK(thread == thrum_self());
    ++*(uint32_t *)count;
    return true;
}

static void *hold_and_wait(void *unused)
{
    (void)unused;
    thrum_mutex_lock(&held_by_other);
    thrum_event_set(&ready);
    thrum_event_wait(&leave);
    thrum_mutex_unlock(&held_by_other);
    return NULL;
}

static void live_in_child(void *old_handle)
{
    uint32_t count = 0;
    char name[THRUM_NAME_SIZE];
    CHILD_CHECK(thrum_self() == old_handle);
    CHILD_CHECK(thrum_id() == system_thread_id());
    CHILD_CHECK(thrum_thread_id(thrum_self()) == thrum_id());
    thrum_each_thread(count_visit, &count);
    CHILD_CHECK(count == 1);
    CHILD_CHECK(thrum_tls_get(fork_key) == &fork_key && fork_variable == 77);
    thrum_get_name(thrum_self(), name);
    CHILD_CHECK(text_equal(name, "forker"));
    CHILD_CHECK(!thrum_mutex_try_lock(&held_by_other));
    CHILD_CHECK(!thrum_mutex_try_lock(&held_by_caller)); /* held by oneself */
    CHILD_CHECK(thrum_mutex_lock_until(&held_by_other, thrum_after(1000000)) == THRUM_TIMED_OUT);
    thrum_mutex_unlock(&held_by_caller);
    thrum_rwlock_write_unlock(&written_by_caller);
    CHILD_CHECK(thrum_recursive_mutex_depth(&recursive) == 2);
    thrum_recursive_mutex_lock(&recursive);
    for (int i = 0; i < 3; ++i)
        thrum_recursive_mutex_unlock(&recursive);
    for (int i = 0; i < 50; ++i)
        CHILD_CHECK(test_join(test_spawn(lock_both, &leave)) == &leave);
    thrum_mutex_lock(&held_by_caller);
    thrum_mutex_unlock(&held_by_caller);
    CHILD_CHECK(test_thread_count() == 1);
}

/* Runs in main and in a spawned thread, with another one alive that holds a lock. */
static void *fork_here(void *unused)
{
    char before[THRUM_NAME_SIZE];
    thrum_get_name(thrum_self(), before);
    thrum_set_name(thrum_self(), "forker");
    thrum_event_reset(&ready);
    thrum_event_reset(&leave);
    thrum_thread *other = test_spawn(hold_and_wait, NULL);
    thrum_event_wait(&ready);
    fork_variable = 77;
    thrum_tls_set(fork_key, &fork_key);
    thrum_mutex_lock(&held_by_caller);
    thrum_rwlock_write_lock(&written_by_caller);
    thrum_recursive_mutex_lock(&recursive);
    thrum_recursive_mutex_lock(&recursive);
    test_in_child(live_in_child, thrum_self(), 5000);
    thrum_recursive_mutex_unlock(&recursive);
    thrum_recursive_mutex_unlock(&recursive);
    thrum_rwlock_write_unlock(&written_by_caller);
    thrum_mutex_unlock(&held_by_caller);
    thrum_event_set(&leave);
    test_join(other);
    fork_variable = 5;
    thrum_set_name(thrum_self(), before);
    return unused;
}

static bool skip_spawns_in_child(void)
{
    return test_skip_under(SYSTEM_THREAD_SANITIZER,
                           "ThreadSanitizer supports no thread in the child of a threaded process");
}

TEST(fork_in_main_leaves_the_caller, 10)
{
    if (skip_spawns_in_child())
        return;
    CHECK(thrum_tls_alloc(&fork_key, NULL, 0) == THRUM_OK);
    fork_here(NULL);
    thrum_tls_free(fork_key);
}

TEST(fork_in_a_thread_leaves_the_caller, 10)
{
    if (skip_spawns_in_child())
        return;
    CHECK(thrum_tls_alloc(&fork_key, NULL, 0) == THRUM_OK);
    test_join(test_spawn(fork_here, NULL));
    thrum_tls_free(fork_key);
}

/* --- other threads' memory -------------------------------------------------------------------- */

enum { OTHERS = 40 };
static thrum_sem gate;

static void *wait_at_gate(void *unused)
{
    thrum_sem_wait(&gate);
    return unused;
}

/* All but a few cached mappings of the others are gone; what was cached serves again. */
static void measure_in_child(void *before)
{
    const size_t room = *(size_t *)before + ((size_t)20 << 20);
    CHILD_CHECK(system_address_space() <= room);
    for (int i = 0; i < 200; ++i) {
        thrum_thread *thread = test_spawn(nothing, NULL);
        CHILD_CHECK(thread && thrum_join(thread, NULL) == THRUM_OK);
    }
    CHILD_CHECK(system_address_space() <= room);
}

TEST(fork_gives_back_others_memory, 10)
{
    if (skip_spawns_in_child())
        return;
    thrum_thread *threads[OTHERS];
    thrum_spawn_options options = { .stack_size = 2 << 20 };
    size_t before = system_address_space();
    gate = (thrum_sem)THRUM_SEM_INIT(0);
    for (int i = 0; i < OTHERS; ++i)
        CHECK(thrum_spawn(&threads[i], wait_at_gate, NULL, &options) == THRUM_OK);
    test_in_child(measure_in_child, &before, 5000);
    thrum_sem_post(&gate, OTHERS);
    for (int i = 0; i < OTHERS; ++i)
        test_join(threads[i]);
}

/* --- while threads come and go ---------------------------------------------------------------- */

static uint32_t stop;

static void *come_and_go(void *unused)
{
    thrum_spawn_options detached = { .detached = true };
    for (uint32_t i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); ++i) {
        thrum_tls_key key;
        if (i % 3 == 0)
            CHECK(thrum_spawn(NULL, nothing, NULL, &detached) == THRUM_OK);
        else
            test_join(test_spawn(nothing, unused));
        if (CHECK(thrum_tls_alloc(&key, NULL, 0) == THRUM_OK))
            thrum_tls_free(key);
    }
    return NULL;
}

/* The library's own locks may be held by others at the fork: none may stay so in the child. */
static void use_all_in_child(void *unused)
{
    thrum_tls_key key;
    CHILD_CHECK(test_thread_count() == 1);
    for (int i = 0; i < 3; ++i) {
        thrum_thread *thread = test_spawn(nothing, unused);
        CHILD_CHECK(thread && thrum_join(thread, NULL) == THRUM_OK);
    }
    CHILD_CHECK(thrum_tls_alloc(&key, NULL, 0) == THRUM_OK);
    CHILD_CHECK(thrum_tls_get(key) == NULL);
    thrum_tls_free(key);
    thrum_dump(1);
    thrum_thread *thread = test_spawn(nothing, unused);
    CHILD_CHECK(thread && thrum_detach(thread) == THRUM_OK);
}

TEST(fork_at_any_moment, 60)
{
    if (skip_spawns_in_child())
        return;
    uint32_t rounds = test_scale(300, 20), threads = test_thread_count();
    struct system_child *child = test_child();
    if (system_emulated()) {
        test_skip("a fork may copy the emulator's own locks while they are held");
        return;
    }
    if (test_skip_under(SYSTEM_ADDRESS_SANITIZER,
                        "a fork may copy the sanitizer's own locks while they are held"))
        return;
    stop = 0;
    thrum_thread *others[2] = { test_spawn(come_and_go, NULL), test_spawn(come_and_go, NULL) };
    for (uint32_t i = 0; i < rounds; ++i) {
        if (!CHECK(system_run(use_all_in_child, NULL, 5000, child)) ||
            !CHECK_EQ(child->exit_status, 0)) {
            test_note_child(child);
            break;
        }
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    test_join(others[0]);
    test_join(others[1]);
    thrum_time limit = thrum_after(test_ms(5000));
    while (test_thread_count() > threads && !test_late(limit))
        thrum_yield();
}

/* One of those locks is held for sure: by a thread within thrum_each_thread. */
static bool stay_within(thrum_thread *thread, void *context)
{
    (void)thread, (void)context;
    thrum_event_set(&ready);
    thrum_event_wait(&leave);
    return false;
}

static void *visit_and_stay(void *unused)
{
    thrum_each_thread(stay_within, unused);
    return unused;
}

TEST(fork_while_another_visits_the_threads, 10)
{
    thrum_event_reset(&ready);
    thrum_event_reset(&leave);
    thrum_thread *visitor = test_spawn(visit_and_stay, NULL);
    thrum_event_wait(&ready);
    test_in_child(use_all_in_child, NULL, 5000);
    thrum_event_set(&leave);
    test_join(visitor);
}

/* --- lock ids --------------------------------------------------------------------------------- */

/* The lock id is kept across the fork, and with ids of its own the child's threads could get the
 * kernel id that the caller's lock id was: never two of the same among the living. */
static uint64_t id_before;

static void *try_the_callers_lock(void *unused)
{
    (void)unused;
    return (void *)(uintptr_t)!thrum_mutex_try_lock(&held_by_caller);
}

static void spawn_with_the_old_id(void *unused)
{
    (void)unused;
    thrum_thread *thread = child_spawn_namesake(id_before, try_the_callers_lock, NULL);
    void *result = NULL;
    CHILD_CHECK(thrum_join(thread, &result) == THRUM_OK && result != NULL);
    CHILD_CHECK(thrum_mutex_holder(&held_by_caller) == thrum_id());
    thrum_mutex_unlock(&held_by_caller);
}

static void *unlock_not_held(void *unused)
{
    (void)unused;
    thrum_mutex_unlock(&held_by_caller);
    return NULL;
}

/* The same, but the thread with the caller's old id unlocks what the caller holds: misuse. */
static void unlock_with_the_old_id(void *unused)
{
    (void)unused;
    child_ends_at_misuse();
    thrum_join(child_spawn_namesake(id_before, unlock_not_held, NULL), NULL);
    text_print("the unlock was taken for the holder's\n");
}

TEST(fork_keeps_lock_ids_apart, 10)
{
    id_before = thrum_id();
    thrum_mutex_lock(&held_by_caller);
    test_in_child_alone(spawn_with_the_old_id, NULL, 5000);
    struct system_child *child = test_child();
    if (system_run_alone(unlock_with_the_old_id, NULL, 5000, child) && child->exit_status != 77) {
        if (!CHECK(child->exit_status != 0) || !CHECK(test_contains(child->output, "thrum: ")) ||
            !CHECK(test_contains(child->output, "unlocks")))
            test_note_child(child);
    }
    thrum_mutex_unlock(&held_by_caller);
}
