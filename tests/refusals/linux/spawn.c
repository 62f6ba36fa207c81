/* Refusals at a birth: on a fresh mapping and a kept one, with all that a thread may have. */
#include "../../support/linux/border.h"
#include "../../support/linux/linux.h"
#include "../../support/linux/refusals.h"
#include "../../support/thread_system.h"
#include "thrum/diagnose.h"
#include "thrum/tls.h"

/* They say EAGAIN to a want of memory, too, and musl to everything; with memory to be had that is the
 * limit of threads. */
/* clang-format off */
#define ABOVE_LIBCS                                \
    { "clone3", "ttss.s", .above = LINUX_GLIBC },  \
    { "clone", "ttssss", .above = LINUX_GLIBC },   \
    { "clone", "tttttt", .above = LINUX_MUSL }

/* A spawn on memory that the kernel gives it. */
#define FRESH_MAPPING                              \
    { "mmap", "mmmmmm", 0, 0 },                    \
    { "madvise", "......", 0, 0 },                 \
    { "clone", "mtssss", .above = LINUX_BARE },    \
    ABOVE_LIBCS,                                   \
    { "mprotect", "mmmmmm", 0, 0 },                \
    { "munmap", ".!!!!!", .above = LINUX_BARE | LINUX_GLIBC }
/* clang-format on */

static thrum_thread *thread;
static uint32_t may_end, has_run;

static void *run(void *argument)
{
    __atomic_store_n(&has_run, 1, __ATOMIC_RELEASE);
    while (!__atomic_load_n(&may_end, __ATOMIC_ACQUIRE)) {
        /* it is not told of */
        thrum_yield();
    }
    return argument;
}

static thrum_status spawn(const thrum_spawn_options *options)
{
    thread = (thrum_thread *)(void *)&thread;
    may_end = has_run = 0;
    thrum_status status = thrum_spawn(&thread, run, &thread, options);
    if (status != THRUM_OK && thread != NULL)
        return THRUM_INVALID;
    return status;
}

static void end(thrum_status status)
{
    void *result = NULL;
    if (status != THRUM_OK)
        return;
    __atomic_store_n(&may_end, 1, __ATOMIC_RELEASE);
    CHILD_CHECK(thrum_join(thread, &result) == THRUM_OK);
    CHILD_CHECK(result == &thread);
}

/* --- a fresh mapping -------------------------------------------------------------------------- */

static thrum_status spawn_plain(void)
{
    return spawn(NULL);
}

/* What the library finds out at the first spawn is not known yet. */
static const struct refusal_scenario first_of_all = {
    .name = "first spawn",
    .act = spawn_plain,
    .settle = end,
    .promises = { { "mmap", "mmmmmm", .above = LINUX_BARE },
                  { "mmap", "~~~~~~", .above = REFUSAL_ABOVE_LIBC }, /* to measure on */
                  { "madvise", "......", 0, 0 },
                  { "clone", "mtssss", .above = LINUX_BARE },
                  { "clone", "~~~~~~", .above = REFUSAL_ABOVE_LIBC },
                  { "clone3", "~~~~.~", .above = LINUX_GLIBC },
                  { "mprotect", "mmmmmm", 0, 0 },
                  { "munmap", ".!!!!!", .above = LINUX_BARE | LINUX_GLIBC } },
};

TEST_ALONE(refusals_of_the_first_spawn, 20, TEST_NEVER_SPAWNS)
{
    test_refusals(&first_of_all);
}

static const struct refusal_scenario fresh = {
    .name = "spawn",
    .act = spawn_plain,
    .settle = end,
    .promises = { FRESH_MAPPING },
};

TEST(refusals_of_spawn, 20)
{
    test_refusals(&fresh);
}

/* A kernel without madvise: the guard is taken by mprotect, and no mapping is kept. */
static const struct refusal_scenario no_madvise = {
    .name = "spawn, no `madvise`",
    .act = spawn_plain,
    .settle = end,
    .always = "madvise",
    .promises = { FRESH_MAPPING },
};

TEST(refusals_of_spawn_without_madvise, 20)
{
    test_refusals(&no_madvise);
}

static thrum_status spawn_large(void)
{
    return spawn(&(thrum_spawn_options){ .stack_size = (size_t)256 << 20, .guard_size = 1 << 20 });
}

static const struct refusal_scenario large = {
    .name = "spawn, stack of 256 MiB",
    .memory = (size_t)600 << 20,
    .act = spawn_large,
    .settle = end,
    .promises = { FRESH_MAPPING },
};

TEST(refusals_of_spawn_with_a_large_stack, 20)
{
    test_refusals(&large);
}

static thrum_status spawn_hardened(void)
{
    return spawn(&(thrum_spawn_options){ .hardened = true });
}

static const struct refusal_scenario split = {
    .name = "spawn, hardened",
    .act = spawn_hardened,
    .settle = end,
    .promises = { FRESH_MAPPING },
};

TEST(refusals_of_spawn_hardened, 20)
{
    test_refusals(&split);
}

/* --- a kept mapping --------------------------------------------------------------------------- */

static void *wait_for_event(void *event)
{
    thrum_event_wait(event);
    return NULL;
}

/* Two are kept: one is taken, the other can be given up. */
static void keep_two(void)
{
    thrum_thread *two[2];
    thrum_event both = THRUM_EVENT_INIT;
    for (int i = 0; i < 2; ++i)
        CHILD_CHECK(thrum_spawn(&two[i], wait_for_event, &both, NULL) == THRUM_OK);
    thrum_event_set(&both);
    for (int i = 0; i < 2; ++i)
        CHILD_CHECK(thrum_join(two[i], NULL) == THRUM_OK);
}

static const struct refusal_scenario kept = {
    .name = "spawn, kept mapping",
    .keeps_two = true,
    .memory = (size_t)600 << 20,
    .prepare = keep_two,
    .act = spawn_plain,
    .settle = end,
    .either = ".m",
    .promises = { { "clone", ".tssss", .above = LINUX_BARE },
                  { "mmap", "......", .above = REFUSAL_ABOVE_LIBC },
                  { "mmap", "......", .above = REFUSAL_ABOVE_LIBC },
                  ABOVE_LIBCS,
                  { "munmap", ".!!!!!", .above = LINUX_BARE | LINUX_GLIBC },
                  { "madvise", "......", 0, 0 } },
};

TEST(refusals_of_spawn_on_a_kept_mapping, 20)
{
    test_refusals(&kept);
}

/* Those that are kept do not fit. */
static const struct refusal_scenario unfit = {
    .name = "spawn, kept mapping does not fit",
    .memory = (size_t)600 << 20,
    .prepare = keep_two,
    .act = spawn_large,
    .settle = end,
    .either = ".m",
    .promises = { { "mmap", "......", 0, 0 },
                  { "madvise", "......", 0, 0 },
                  { "clone", ".tssss", .above = LINUX_BARE },
                  ABOVE_LIBCS,
                  { "mprotect", "......", 0, 0 },
                  { "munmap", ".!!!!!", .above = LINUX_BARE | LINUX_GLIBC } },
};

TEST(refusals_of_spawn_beside_a_kept_mapping, 20)
{
    test_refusals(&unfit);
}

/* --- all that a thread may have --------------------------------------------------------------- */

static thrum_tls_key inherited;

static void *run_detached(void *argument)
{
    CHILD_CHECK(*(uint64_t *)argument == 4711);
    CHILD_CHECK(thrum_tls_get(inherited) == &inherited);
    return run(argument);
}

static thrum_status spawn_detached(void)
{
    uint64_t argument = 4711;
    const thrum_spawn_options options = { .name = "detached",
                                          .arg_size = sizeof argument,
                                          .detached = true };
    may_end = has_run = 0;
    CHILD_CHECK(thrum_tls_alloc(&inherited, NULL, THRUM_TLS_INHERIT) == THRUM_OK);
    thrum_tls_set(inherited, &inherited);
    thrum_status status = thrum_spawn(NULL, run_detached, &argument, &options);
    while (status == THRUM_OK && !__atomic_load_n(&has_run, __ATOMIC_ACQUIRE)) {
        /* its first steps are within the border */
        thrum_yield();
    }
    return status;
}

static void let_detached_end(thrum_status status)
{
    (void)status;
    __atomic_store_n(&may_end, 1, __ATOMIC_RELEASE);
    thrum_tls_free(inherited);
}

static const struct refusal_scenario detached = {
    .name = "spawn, detached, named, with keys",
    .act = spawn_detached,
    .settle = let_detached_end,
    .promises = { { "mmap", "mmmmmm", 0, 0 },
                  { "madvise", "......", 0, 0 },
                  { "clone", "mtssss", .above = LINUX_BARE },
                  ABOVE_LIBCS,
                  { "prctl", "......", 1, 0 },
                  { "mprotect", "mmmmmm", 0, 0 },
                  { "munmap", ".!!!!!", .above = LINUX_BARE | LINUX_GLIBC } },
};

TEST(refusals_of_spawn_detached, 20)
{
    test_refusals(&detached);
}

static void catch_overflow(void)
{
    CHILD_CHECK(thrum_catch_overflow() == THRUM_OK);
}

static thrum_status spawn_caught(void)
{
    thrum_status status = spawn(NULL);
    while (status == THRUM_OK && !__atomic_load_n(&has_run, __ATOMIC_ACQUIRE)) {
        /* its first steps are within the border */
        thrum_yield();
    }
    return status;
}

static const struct refusal_scenario caught = {
    .name = "spawn, overflow is caught",
    .first = catch_overflow,
    .act = spawn_caught,
    .settle = end,
    .promises = { { "mmap", "mmmmmm", 0, 0 },
                  { "madvise", "......", 0, 0 },
                  { "clone", "mtssss", .above = LINUX_BARE },
                  ABOVE_LIBCS,
                  { "sigaltstack", "......", 1, 0 },
                  { "mprotect", "mmmmmm", 0, 0 },
                  { "munmap", ".!!!!!", .above = LINUX_BARE | LINUX_GLIBC } },
};

TEST(refusals_of_spawn_with_overflow_caught, 20)
{
    test_refusals(&caught);
}
