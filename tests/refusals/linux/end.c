/* Refusals at a thread's end: join, join until a deadline, detach and sweep; and in waits that the
 * rest of the library is made of. */
#include "../../support/linux/border.h"
#include "../../support/linux/linux.h"
#include "../../support/linux/refusals.h"
#include "../../support/thread_system.h"
#include "thrum/event.h"
#include "thrum/mutex.h"
#include "thrum/tls.h"
#include "thrum/wait.h"

static thrum_thread *thread;
static thrum_event leave;

static void let_scenario_sleep(void)
{
    while (!border_has_slept()) {
        /* it is not told of */
        thrum_yield();
    }
}

/* --- join ------------------------------------------------------------------------------------- */

static void *end_while_joined(void *argument)
{
    thrum_event_wait(&leave);
    let_scenario_sleep();
    return argument;
}

/* Its calls are not within the border, which was not open at its birth. */
static void spawn_for_join(void)
{
    thrum_event_reset(&leave);
    CHILD_CHECK(thrum_spawn(&thread, end_while_joined, &leave, NULL) == THRUM_OK);
}

static thrum_status join(void)
{
    void *result = NULL;
    thrum_event_set(&leave);
    thrum_status status = thrum_join(thread, &result);
    return result == &leave ? status : THRUM_INVALID;
}

static const struct refusal_scenario joins = {
    .name = "join",
    .prepare = spawn_for_join,
    .act = join,
    .promises = { { "mmap", "......", .above = REFUSAL_ABOVE_LIBC },
                  { "mmap", "......", .above = REFUSAL_ABOVE_LIBC },
                  { "futex", "!.!!!.", 0, 0 },
                  { "madvise", "......", 0, 0 },
                  { "munmap", ".!!!!!", .above = LINUX_BARE | LINUX_GLIBC },
                  { "old futex", "!.!!!.", 0, 0 } },
};

TEST(refusals_of_join, 20)
{
    test_refusals(&joins);
}

static void *end_when_told(void *argument)
{
    thrum_event_wait(&leave);
    return argument;
}

static void spawn_for_late_join(void)
{
    thrum_event_reset(&leave);
    CHILD_CHECK(thrum_spawn(&thread, end_when_told, NULL, NULL) == THRUM_OK);
}

static thrum_status join_late(void)
{
    thrum_status status = thrum_join_until(thread, NULL, thrum_after(1000000));
    return status == THRUM_TIMED_OUT ? THRUM_OK : THRUM_INVALID;
}

static void join_later(thrum_status status)
{
    (void)status;
    thrum_event_set(&leave);
    CHILD_CHECK(thrum_join(thread, NULL) == THRUM_OK);
}

static const struct refusal_scenario late = {
    .name = "join until a deadline, late",
    .prepare = spawn_for_late_join,
    .act = join_late,
    .settle = join_later,
    .promises = { { "futex", "!.!!!.", 0, 0 }, { "old futex", "!.!!!.", 0, 0 } },
};

TEST(refusals_of_join_until, 20)
{
    test_refusals(&late);
}

/* --- detach ----------------------------------------------------------------------------------- */

static void *end_at_once(void *argument)
{
    return argument;
}

/* It is gone before anybody looks. */
static void detach_one(void)
{
    CHILD_CHECK(thrum_spawn(&thread, end_at_once, NULL, NULL) == THRUM_OK);
    CHILD_CHECK(thrum_detach(thread) == THRUM_OK);
    thrum_time end = thrum_after(3000000000u);
    while (system_thread_count() > 1 && !test_late(end))
        thrum_yield();
}

static uint32_t may_end;

static void *spin(void *argument)
{
    while (!__atomic_load_n(&may_end, __ATOMIC_ACQUIRE)) {
        /* it is not told of */
        thrum_yield();
    }
    return argument;
}

static thrum_status spawn_and_sweep(void)
{
    may_end = 0;
    return thrum_spawn(&thread, spin, NULL, NULL);
}

static void join_spawned(thrum_status status)
{
    __atomic_store_n(&may_end, 1, __ATOMIC_RELEASE);
    if (status == THRUM_OK)
        CHILD_CHECK(thrum_join(thread, NULL) == THRUM_OK);
}

static const struct refusal_scenario sweep = {
    .name = "detach, swept by the next spawn",
    .prepare = detach_one,
    .act = spawn_and_sweep,
    .settle = join_spawned,
    .either = "m",
    .promises = { { "madvise", "......", 0, 0 },
                  { "clone", "mtssss", .above = LINUX_BARE },
                  { "clone3", "ttss.s", .above = LINUX_GLIBC },
                  { "clone", "ttssss", .above = LINUX_GLIBC },
                  { "clone", "tttttt", .above = LINUX_MUSL },
                  { "getpid", "......", .above = REFUSAL_ABOVE_LIBC },
                  { "tgkill", "......", .above = REFUSAL_ABOVE_LIBC },
                  { "munmap", ".!!!!!", .above = LINUX_BARE | LINUX_GLIBC },
                  { "mmap", "mmmmmm", .above = LINUX_BARE },
                  { "mmap", "......", .above = REFUSAL_ABOVE_LIBC },
                  { "mprotect", "mmmmmm", 0, 0 } },
};

TEST(refusals_of_sweep, 20)
{
    test_refusals(&sweep);
}

/* --- waits ------------------------------------------------------------------------------------ */

/* Holds the list of threads until somebody sleeps for it. */
static bool let_sleep_in_visit(thrum_thread *visited, void *held)
{
    (void)visited;
    __atomic_store_n((uint32_t *)held, 1, __ATOMIC_RELEASE);
    let_scenario_sleep();
    return false;
}

static uint32_t held;

static void *visit(void *unused)
{
    thrum_each_thread(let_sleep_in_visit, &held);
    return unused;
}

static void hold_the_list(void)
{
    held = 0;
    CHILD_CHECK(thrum_spawn(&thread, visit, NULL, NULL) == THRUM_OK);
    while (!__atomic_load_n(&held, __ATOMIC_ACQUIRE))
        thrum_yield();
}

static thrum_status use_key(void)
{
    thrum_tls_key key;
    CHILD_CHECK(thrum_tls_alloc(&key, NULL, THRUM_TLS_INHERIT) == THRUM_OK);
    thrum_tls_set(key, &key);
    CHILD_CHECK(thrum_tls_get(key) == &key);
    thrum_tls_free(key);
    CHILD_CHECK(thrum_tls_get(key) == NULL);
    return THRUM_OK;
}

static void join_visitor(thrum_status status)
{
    (void)status;
    CHILD_CHECK(thrum_join(thread, NULL) == THRUM_OK);
}

static const struct refusal_scenario keys = {
    .name = "keys: alloc, set, free while the list of threads is in use",
    .prepare = hold_the_list,
    .act = use_key,
    .settle = join_visitor,
    .promises = { { "futex", "!.!!!.", 0, 0 }, { "old futex", "!.!!!.", 0, 0 } },
};

TEST(refusals_of_keys, 20)
{
    test_refusals(&keys);
}

static thrum_mutex mutex;

static void *hold_mutex(void *unused)
{
    thrum_mutex_lock(&mutex);
    __atomic_store_n(&held, 1, __ATOMIC_RELEASE);
    let_scenario_sleep();
    thrum_mutex_unlock(&mutex);
    return unused;
}

static void have_mutex_held(void)
{
    held = 0;
    CHILD_CHECK(thrum_spawn(&thread, hold_mutex, NULL, NULL) == THRUM_OK);
    while (!__atomic_load_n(&held, __ATOMIC_ACQUIRE))
        thrum_yield();
}

static thrum_status lock_mutex(void)
{
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    return THRUM_OK;
}

static const struct refusal_scenario locks = {
    .name = "mutex, held by another",
    .prepare = have_mutex_held,
    .act = lock_mutex,
    .settle = join_visitor,
    .promises = { { "futex", "!.!!!.", 0, 0 }, { "old futex", "!.!!!.", 0, 0 } },
};

TEST(refusals_of_mutex, 20)
{
    test_refusals(&locks);
}

/* The holder does not let go before the deadline. */
static void *hold_mutex_long(void *unused)
{
    thrum_mutex_lock(&mutex);
    __atomic_store_n(&held, 1, __ATOMIC_RELEASE);
    thrum_event_wait(&leave);
    thrum_mutex_unlock(&mutex);
    return unused;
}

static void have_mutex_held_long(void)
{
    held = 0;
    thrum_event_reset(&leave);
    CHILD_CHECK(thrum_spawn(&thread, hold_mutex_long, NULL, NULL) == THRUM_OK);
    while (!__atomic_load_n(&held, __ATOMIC_ACQUIRE))
        thrum_yield();
}

static thrum_status lock_late(void)
{
    thrum_status status = thrum_mutex_lock_until(&mutex, thrum_after(1000000));
    return status == THRUM_TIMED_OUT ? THRUM_OK : THRUM_INVALID;
}

static const struct refusal_scenario locks_late = {
    .name = "mutex, until a deadline, late",
    .prepare = have_mutex_held_long,
    .act = lock_late,
    .settle = join_later,
    .promises = { { "futex", "!.!!!.", 0, 0 }, { "old futex", "!.!!!.", 0, 0 } },
};

TEST(refusals_of_mutex_until, 20)
{
    test_refusals(&locks_late);
}

/* As raw as the kernel's: it may come back early, but never with an error. */
static thrum_status wait_on_address(void)
{
    static _Alignas(4) uint32_t word;
    thrum_status status = thrum_wait_until(&word, 0, thrum_after(1000000));
    return status == THRUM_TIMED_OUT ? THRUM_OK : status;
}

static const struct refusal_scenario raw = {
    .name = "wait on address",
    .act = wait_on_address,
    .promises = { { "futex", "!.!!!.", 0, 0 }, { "old futex", "!.!!!.", 0, 0 } },
};

TEST(refusals_of_wait, 20)
{
    test_refusals(&raw);
}

static thrum_status sleep_through(void)
{
    thrum_time end = thrum_after(1000000);
    thrum_sleep_until(end);
    return thrum_now() >= end ? THRUM_OK : THRUM_INVALID;
}

static const struct refusal_scenario sleeps = {
    .name = "sleep",
    .act = sleep_through,
    .promises = { { "clock_nanosleep", "!!!!!.", 0, 0 },
                  { "old clock_nanosleep", "!!!!!.", 0, 0 } },
};

TEST(refusals_of_sleep, 20)
{
    test_refusals(&sleeps);
}
