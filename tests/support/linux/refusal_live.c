/* The process that meets the refusals of a scenario: what it has before and after them is the same. */
#include "refusal_live.h"

#include "../thread_system.h"
#include "border.h"
#include "linux.h"

struct figures {
    size_t threads, registered, keys, mappings, space, kept;
    long descriptor;
};

static const struct refusal_scenario *scenario;
static struct refusal_told *told;

static uint32_t count_keys(void)
{
    static thrum_tls_key keys[THRUM_KEY_MAX];
    uint32_t count = 0;
    while (count < THRUM_KEY_MAX && thrum_tls_alloc(&keys[count], NULL, 0) == THRUM_OK)
        ++count;
    for (uint32_t i = 0; i < count; ++i)
        thrum_tls_free(keys[i]);
    return count;
}

static void *never(void *unused)
{
    return unused;
}

/* A spawn for which there is no memory gives the cache up first. */
static void trim(void)
{
    thrum_thread *thread = NULL;
    thrum_spawn_options huge = { .stack_size = (size_t)1 << 30 };
    CHILD_CHECK(system_limit_address_space(system_address_space()));
    CHILD_CHECK(thrum_spawn(&thread, never, NULL, &huge) == THRUM_NO_MEMORY);
    CHILD_CHECK(system_limit_address_space(UINT64_MAX));
}

/* An ended thread is the kernel's a moment longer than ours. */
static size_t count_threads(size_t expected)
{
    thrum_time end = thrum_after(3000000000u);
    size_t count = system_thread_count();
    while (count > expected && !test_late(end)) {
        thrum_sleep_until(thrum_after(50000));
        count = system_thread_count();
    }
    return count;
}

static struct figures count_all(void)
{
    struct figures figures = { .threads = count_threads(1) };
    size_t before = system_address_space();
    trim();
    figures.space = system_address_space();
    figures.kept = before - figures.space;
    figures.mappings = system_mapping_count();
    figures.registered = test_thread_count();
    figures.keys = count_keys();
    figures.descriptor = border_free_descriptor();
    return figures;
}

static void compare(const struct figures *before)
{
    struct figures after = count_all();
    CHILD_CHECK(after.threads == before->threads);
    CHILD_CHECK(after.registered == before->registered);
    CHILD_CHECK(after.keys == before->keys);
    CHILD_CHECK(told->may_keep_file || after.descriptor == before->descriptor);
    CHILD_CHECK(told->may_keep_memory || after.space == before->space);
    CHILD_CHECK(told->may_keep_memory || after.mappings == before->mappings);
    void *base;
    size_t size;
    if (border_alternate_stack(&base, &size))
        CHILD_CHECK(system_is_mapped(base, size));
    told->kept = after.kept;
}

static void *go_through(void *refused)
{
    if (scenario->prepare)
        scenario->prepare();
    border_open(refused != NULL);
    thrum_status status = scenario->act();
    border_close();
    if (refused)
        told->status = status;
    else
        CHILD_CHECK(status == THRUM_OK);
    if (scenario->settle)
        scenario->settle(status);
    return NULL;
}

static void round_of(bool refused)
{
    thrum_thread *thread;
    void *argument = refused ? told : NULL;
    if (!scenario->own_thread) {
        go_through(argument);
        return;
    }
    CHILD_CHECK(thrum_spawn(&thread, go_through, argument, NULL) == THRUM_OK);
    CHILD_CHECK(thrum_join(thread, NULL) == THRUM_OK);
}

/* So that main's stack does not grow while it is counted: it is used now, as far as it will be, or as
 * may be where the limit is low. */
static __attribute__((noinline)) void use_stack(void)
{
    thrum_stack info = { .size = 0 };
    thrum_stack_info(thrum_self(), &info);
    size_t size = info.size / 2 < (1 << 17) ? info.size / 2 : 1 << 17;
    volatile char *room = __builtin_alloca(size);
    for (size_t i = 0; i < size; i += 1024)
        room[i] = 0;
}

static void *wait_for_event(void *event)
{
    thrum_event_wait(event);
    return NULL;
}

/* As many mappings are kept as before: none is counted that is not there. */
static void fill_cache(size_t bytes_of_two)
{
    enum { CACHE_LIMIT = 64 }; /* thread/mapping.c */
    thrum_thread *threads[CACHE_LIMIT];
    thrum_event leave = THRUM_EVENT_INIT;
    for (int i = 0; i < CACHE_LIMIT; ++i)
        CHILD_CHECK(thrum_spawn(&threads[i], wait_for_event, &leave, NULL) == THRUM_OK);
    thrum_event_set(&leave);
    for (int i = 0; i < CACHE_LIMIT; ++i)
        CHILD_CHECK(thrum_join(threads[i], NULL) == THRUM_OK);
    CHILD_CHECK(count_all().kept == CACHE_LIMIT / 2 * bytes_of_two);
}

void refusal_live(void *argument)
{
    const struct refusal_life *life = argument;
    scenario = life->scenario;
    told = life->told;
    use_stack();
    linux_warm_libc();
    thrum_set_fatal_hook(NULL);
    if (scenario->first)
        scenario->first();
    struct figures before = count_all();
    round_of(true);
    compare(&before);
    /* the next thread may be the first with room for what this one has asked for */
    for (int rounds = scenario->own_thread ? 2 : 1; rounds > 0; --rounds) {
        round_of(false);
        compare(&before);
    }
    if (scenario->keeps_two)
        fill_cache(told->kept);
    thrum_exit(NULL); /* the last one out: nobody is counted who was refused */
}
