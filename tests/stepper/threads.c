/* Scenarios of threads, keys and diagnosis: every public call of those, and variants that do different
 * things in different states. */
#include "stepper.h"

static thrum_tls_key key;
static thrum_thread *ended, *sleeper, *spawned;
static unsigned cpus[256];
static size_t cpu_count;

enum { SOON_NS = 1000000 };

/* --- helpers -------------------------------------------------------------------------------- */

static void *end_at_once(void *argument)
{
    return argument;
}

static thrum_sem sleeper_sem;

static void *sleep_here(void *argument)
{
    thrum_sem_wait(&sleeper_sem);
    return argument;
}

/* One thread that has ended, and one that lives. Small stacks: as in run_scenario. */
static void two_threads(void)
{
    const thrum_spawn_options options = { .stack_size = 1 << 17 };
    RUN_CHECK(thrum_spawn(&sleeper, sleep_here, NULL, &options) == THRUM_OK);
    RUN_CHECK(thrum_spawn(&ended, end_at_once, NULL, &options) == THRUM_OK);
    while (thread_state((uint32_t)thrum_linux_call1(__NR_getpid, 0),
                        (uint32_t)thrum_thread_id(ended)) != 0)
        thrum_yield();
}

static void let_sleeper_go(void)
{
    thrum_sem_post(&sleeper_sem, 1);
    RUN_CHECK(thrum_join(sleeper, NULL) == THRUM_OK);
}

static void join_ended_too(void)
{
    let_sleeper_go();
    RUN_CHECK(thrum_join(ended, NULL) == THRUM_OK);
}

static void join_spawned(void)
{
    RUN_CHECK(thrum_join(spawned, NULL) == THRUM_OK);
}

/* Some mappings that are kept. */
static void fill_cache(void)
{
    enum { KEPT = 3 };
    thrum_thread *threads[KEPT];
    for (int i = 0; i < KEPT; i++)
        threads[i] = run_spawn(end_at_once, NULL);
    for (int i = 0; i < KEPT; i++)
        RUN_CHECK(thrum_join(threads[i], NULL) == THRUM_OK);
}

/* A cache that is full, and has nothing that fits. */
static void overfill_cache(void)
{
    enum { LIMIT = 64 };
    static thrum_thread *threads[LIMIT];
    for (int i = 0; i < LIMIT; i++)
        threads[i] = run_spawn(end_at_once, NULL);
    for (int i = 0; i < LIMIT; i++)
        RUN_CHECK(thrum_join(threads[i], NULL) == THRUM_OK);
}

/* --- threads ------------------------------------------------------------------------------------- */

static void call_spawn(void)
{
    RUN_CHECK(thrum_spawn(&spawned, end_at_once, NULL, NULL) == THRUM_OK);
}

static void call_spawn_odd(void)
{
    thrum_spawn_options options = { .stack_size = 1 << 17, .name = "odd" };
    RUN_CHECK(thrum_spawn(&spawned, end_at_once, NULL, &options) == THRUM_OK);
}

static void call_spawn_detached(void)
{
    thrum_spawn_options options = { .detached = true };
    RUN_CHECK(thrum_spawn(NULL, end_at_once, NULL, &options) == THRUM_OK);
}

static void call_join(void)
{
    RUN_CHECK(thrum_join(ended, NULL) == THRUM_OK);
}

static void call_join_late(void)
{
    RUN_CHECK(thrum_join_until(sleeper, NULL, thrum_after(SOON_NS)) == THRUM_TIMED_OUT);
}

static void call_detach(void)
{
    RUN_CHECK(thrum_detach(ended) == THRUM_OK);
    thrum_thread *next = run_spawn(end_at_once, NULL); /* sweeps */
    RUN_CHECK(thrum_join(next, NULL) == THRUM_OK);
}

static void call_set_name(void)
{
    RUN_CHECK(thrum_set_name(sleeper, "another name") == THRUM_OK);
}

static void call_get_name(void)
{
    char name[THRUM_NAME_SIZE];
    thrum_get_name(sleeper, name);
}

static bool visit(thrum_thread *thread, void *context)
{
    (void)thread, (void)context;
    return true;
}

static void call_each_thread(void)
{
    thrum_each_thread(visit, NULL);
}

static void call_affinity(void)
{
    thrum_status status = thrum_get_affinity(sleeper, cpus, sizeof cpus / sizeof *cpus, &cpu_count);
    if (status == THRUM_OK)
        RUN_CHECK(thrum_set_affinity(sleeper, cpus, cpu_count) == THRUM_OK);
}

static void call_stack_info(void)
{
    thrum_stack info;
    RUN_CHECK(thrum_stack_info(sleeper, &info) == THRUM_OK);
}

static void call_small(void)
{
    RUN_CHECK(thrum_thread_id(thrum_self()) == thrum_id());
    thrum_yield();
    RUN_CHECK(thrum_cpu_count() >= 1);
}

static void call_clock(void)
{
    uint32_t nanoseconds;
    int64_t seconds = thrum_wall_clock(&nanoseconds);
    RUN_CHECK(thrum_wall_deadline(seconds, nanoseconds) <= thrum_after(SOON_NS));
    thrum_sleep_until(thrum_now() + 1);
    RUN_CHECK(thrum_status_text(THRUM_OK) != NULL);
}

/* --- births and ends: the thread that the call spawns is stepped --------------------------------- */

static void set_left(void)
{
    set(&shared->newborn_left, 1);
}

static void destroy(void *value)
{
    (void)value;
}

static void *live_shortly(void *argument)
{
    if (argument != NULL)
        thrum_tls_set(key, argument);
    set_left();
    return argument;
}

static void *exit_here(void *argument)
{
    set_left();
    thrum_exit(argument);
}

static void join_newborn(const thrum_spawn_options *options, void *(*run)(void *), void *argument)
{
    void *result = NULL;
    RUN_CHECK(thrum_spawn(&spawned, run, argument, options) == THRUM_OK);
    RUN_CHECK(thrum_join(spawned, &result) == THRUM_OK && result == argument);
}

static void call_newborn(void)
{
    join_newborn(NULL, live_shortly, NULL);
}

static void call_newborn_with_all(void)
{
    thrum_spawn_options options = { .name = "newborn" };
    join_newborn(&options, live_shortly, &options);
}

static void call_newborn_detached(void)
{
    thrum_spawn_options options = { .detached = true };
    RUN_CHECK(thrum_spawn(NULL, live_shortly, NULL, &options) == THRUM_OK);
    await(&shared->newborn_left, 1);
}

static void call_exit(void)
{
    join_newborn(NULL, exit_here, NULL);
}

static void key_and_threads(void)
{
    two_threads();
    RUN_CHECK(thrum_tls_alloc(&key, destroy, 0) == THRUM_OK);
}

static void catch_and_threads(void)
{
    key_and_threads();
    RUN_CHECK(thrum_catch_overflow() == THRUM_OK);
}

/* --- keys and diagnosis -------------------------------------------------------------------------- */

static void call_keys(void)
{
    thrum_tls_key other;
    RUN_CHECK(thrum_tls_alloc(&other, destroy, 0) == THRUM_OK);
    thrum_tls_set(other, &other);
    RUN_CHECK(thrum_tls_get(other) == &other);
    thrum_tls_free(other);
}

static void call_dump(void)
{
    thrum_dump(-1);
}

static void on_fatal(const char *message)
{
    (void)message;
}

static void call_hook(void)
{
    thrum_set_fatal_hook(on_fatal);
    thrum_set_fatal_hook(NULL);
}

static void call_catch(void)
{
    RUN_CHECK(thrum_catch_overflow() == THRUM_OK);
}

/* --- the table ----------------------------------------------------------------------------------- */

static const struct scenario scenarios[] = {
    { "spawn", "thrum_spawn", two_threads, call_spawn, join_spawned, false },
    { "spawn_on_kept", "thrum_spawn", fill_cache, call_spawn, join_spawned, false },
    { "spawn_without_room", "thrum_spawn", overfill_cache, call_spawn_odd, join_spawned, false },
    { "spawn_detached", "thrum_spawn", two_threads, call_spawn_detached, join_ended_too, false },
    { "birth", "thrum_spawn", key_and_threads, call_newborn, join_ended_too, true },
    { "birth_with_all", "thrum_spawn", catch_and_threads, call_newborn_with_all, join_ended_too,
      true },
    { "birth_detached", "thrum_spawn", key_and_threads, call_newborn_detached, join_ended_too,
      true },
    { "exit", "thrum_exit", key_and_threads, call_exit, join_ended_too, true },
    { "join", "thrum_join", two_threads, call_join, let_sleeper_go, false },
    { "join_late", "thrum_join_until", two_threads, call_join_late, join_ended_too, false },
    { "detach", "thrum_detach", two_threads, call_detach, let_sleeper_go, false },
    { "set_name", "thrum_set_name", two_threads, call_set_name, join_ended_too, false },
    { "get_name", "thrum_get_name", two_threads, call_get_name, join_ended_too, false },
    { "each_thread", "thrum_each_thread", two_threads, call_each_thread, join_ended_too, false },
    { "affinity", "thrum_get_affinity thrum_set_affinity", two_threads, call_affinity,
      join_ended_too, false },
    { "stack_info", "thrum_stack_info", two_threads, call_stack_info, join_ended_too, false },
    { "small_calls", "thrum_self thrum_id thrum_thread_id thrum_yield thrum_cpu_count", NULL,
      call_small, NULL, false },
    { "clock",
      "thrum_now thrum_after thrum_wall_clock thrum_wall_deadline thrum_sleep_until "
      "thrum_status_text",
      NULL, call_clock, NULL, false },
    { "keys", "thrum_tls_alloc thrum_tls_set thrum_tls_get thrum_tls_free", two_threads, call_keys,
      join_ended_too, false },
    { "dump", "thrum_dump", two_threads, call_dump, join_ended_too, false },
    { "fatal_hook", "thrum_set_fatal_hook", NULL, call_hook, NULL, false },
    { "catch_overflow", "thrum_catch_overflow", two_threads, call_catch, join_ended_too, false },
};
const struct scenarios thread_scenarios = { scenarios, sizeof scenarios / sizeof *scenarios };
