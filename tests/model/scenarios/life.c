/* The life of threads: each is joined or detached, its memory goes back when it is gone and not
 * before, ids are given again at once. */
#include "thread/life.h"
#include "model.h"
#include "thread/mapping.h"
#include "thread/registry.h"
#include "tls/image.h"

static const thrum_spawn_options small = { .stack_size = 64, .guard_size = 64 };
static const thrum_spawn_options small_detached = { .stack_size = 64,
                                                    .guard_size = 64,
                                                    .detached = true };
static thrum_thread *child, *other;
static unsigned ran;
static uint32_t ids[4];

/* Thread A is the process's first, in the registry as ever. */
static void begin(void)
{
    thrum_tls_image.layout = thrum_tls_layout_of(2, 0, 0, 0, 0);
    model_block_of(0)->head.lock_id = 0;
    thrum_registry_start(model_block_of(0));
    for (unsigned i = 1; i < MODEL_THREADS && model_block_of(i) != NULL; i++) {
        thrum_registry_add(model_block_of(i));
        thrum_registry.others++;
    }
}

static void *run(void *argument)
{
    model_accesses(&ids[ran]);
    ids[ran] = thrum_block_self()->head.lock_id;
    ran++;
    return argument;
}

static void spawn(thrum_thread **thread)
{
    CHECK(thrum_spawn(thread, run, &ran, &small) == THRUM_OK);
}

static void spawn_detached(void)
{
    CHECK(thrum_spawn(NULL, run, NULL, &small_detached) == THRUM_OK);
}

static void join(thrum_thread *thread)
{
    void *result = NULL;
    CHECK(thrum_join(thread, &result) == THRUM_OK);
    CHECK(result == &ran);
}

/* What is left: nothing but those who do not end by thrum, and kept mappings. */
static unsigned registered(void)
{
    unsigned count = 0;
    for (const struct thrum_block *at = thrum_registry.first; at != NULL; at = at->next)
        count++;
    return count;
}

static void only_first_left(void)
{
    CHECK(registered() == 1 && thrum_registry.others == 0 && thrum_registry.lock.word == 0);
}

static void spawn_and_join(void)
{
    spawn(&child);
    join(child);
    model_reads(&ids[0]);
    CHECK(ran == 1);
}

static void spawn_and_join_twice(void)
{
    spawn_and_join();
    spawn(&child);
    join(child);
    CHECK(ran == 2 && ids[0] != ids[1]);
}

static void spawn_two(void)
{
    spawn(&child);
    spawn(&other);
    join(child);
    join(other);
    CHECK(ran == 2 && ids[0] != ids[1]);
}

static void join_in_time(void)
{
    spawn(&child);
    if (thrum_join_until(child, NULL, MODEL_LATER) == THRUM_TIMED_OUT)
        join(child);
}

static void spawn_and_detach(void)
{
    spawn(&child);
    CHECK(thrum_detach(child) == THRUM_OK);
}

static void time_out_and_detach(void)
{
    spawn(&child);
    if (thrum_join_until(child, NULL, MODEL_LATER) == THRUM_TIMED_OUT)
        CHECK(thrum_detach(child) == THRUM_OK);
}

/* A later spawn sweeps what has ended. */
static void detach_and_spawn(void)
{
    spawn_detached();
    spawn(&child);
    join(child);
}

static void detach_two_and_spawn(void)
{
    spawn_detached();
    spawn_and_detach();
    spawn(&child);
    join(child);
}

/* At rest one sweep leaves nothing of those who were detached. */
static void sweep_leaves_first(void)
{
    thrum_retired_sweep();
    only_first_left();
    CHECK(thrum_registry.retired == NULL);
}

SCENARIO(life_join, .listed = true, .setup = begin, .threads = { spawn_and_join },
         .finish = only_first_left);
SCENARIO(life_join_twice, .listed = true, .setup = begin, .threads = { spawn_and_join_twice },
         .finish = only_first_left);
SCENARIO(life_join_two, .listed = true, .setup = begin, .threads = { spawn_two },
         .finish = only_first_left);
SCENARIO(life_join_until, .listed = true, .setup = begin, .threads = { join_in_time },
         .finish = only_first_left);
SCENARIO(life_detached, .listed = true, .setup = begin, .threads = { spawn_detached },
         .finish = sweep_leaves_first);
SCENARIO(life_detach, .listed = true, .setup = begin, .threads = { spawn_and_detach },
         .finish = sweep_leaves_first);
SCENARIO(life_time_out_and_detach, .listed = true, .setup = begin,
         .threads = { time_out_and_detach }, .finish = sweep_leaves_first);
SCENARIO(life_detach_and_spawn, .listed = true, .setup = begin, .threads = { detach_and_spawn },
         .finish = sweep_leaves_first);
SCENARIO(life_detach_two_and_spawn, .listed = true, .setup = begin,
         .threads = { detach_two_and_spawn }, .finish = sweep_leaves_first);

/* Two at once. */
static void sweep(void)
{
    thrum_retired_sweep();
}

static void detach_child_of_other(void)
{
    model_pause("looks");
    if (child == NULL)
        model_done();
    CHECK(thrum_detach(child) == THRUM_OK);
}

static void spawn_only(void)
{
    spawn(&child);
}

static void sweep_leaves_two(void)
{
    thrum_retired_sweep();
    CHECK(registered() == 2 && thrum_registry.retired == NULL);
}

SCENARIO(life_sweep_by_two, .listed = true, .setup = begin, .threads = { spawn_detached, sweep },
         .finish = sweep_leaves_two);
SCENARIO(life_spawn_by_two, .listed = true, .setup = begin,
         .threads = { spawn_detached, spawn_detached }, .finish = sweep_leaves_two);
SCENARIO(life_detach_by_other, .listed = true, .setup = begin,
         .threads = { spawn_only, detach_child_of_other }, .finish = sweep_leaves_two);

/* Main ends too: the last one out ends the process, whoever it is. */
static void spawn_and_exit(void)
{
    spawn_detached();
    thrum_exit(NULL);
}

static void spawn_two_and_exit(void)
{
    spawn_detached();
    spawn_detached();
    thrum_exit(NULL);
}

static void *join_main(void *argument)
{
    ran++;
    CHECK(thrum_join(argument, NULL) == THRUM_OK);
    ran++;
    return NULL;
}

static void be_joined(void)
{
    CHECK(thrum_spawn(NULL, join_main, thrum_self(), &small_detached) == THRUM_OK);
    thrum_exit(NULL);
}

static void never(void)
{
    CHECK(!"all have ended, and the process has not");
}

SCENARIO(life_last_one_out, .listed = true, .setup = begin, .threads = { spawn_and_exit },
         .finish = never);
SCENARIO(life_last_of_three_out, .listed = true, .setup = begin, .threads = { spawn_two_and_exit },
         .finish = never);
SCENARIO(life_main_is_joined, .listed = true, .setup = begin, .threads = { be_joined },
         .finish = never);
