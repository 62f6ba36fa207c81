/* Once: one run, seen by all (field note 27). */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../test.h"

_Static_assert(sizeof(thrum_once) <= 8, "sizes of api.md");

struct single {
    thrum_once once;
    uint32_t runs;
    uint32_t plain[4]; /* written by the run, read by every caller */
};

static void run(void *argument)
{
    struct single *single = argument;
    ++single->runs;
    burn(2000);
    for (uint32_t i = 0; i < 4; ++i)
        single->plain[i] = i + 1;
}

static void call(struct single *single)
{
    thrum_once_run(&single->once, run, single);
    for (uint32_t i = 0; i < 4; ++i)
        CHECK_EQ(single->plain[i], i + 1);
}

TEST(once_runs_once, 20)
{
    struct single single = { .once = THRUM_ONCE_INIT };
    for (uint32_t i = 0; i < 5; ++i)
        call(&single);
    CHECK_EQ(single.runs, 1);
}

/* All come to each once at about the same time, in rounds. */
enum { ONCES = 64 };

struct many {
    struct single singles[ONCES];
    struct rally rally;
    uint32_t rounds;
};

static void call_many(struct member *member)
{
    struct many *many = member->shared;
    for (uint32_t i = 0; i < many->rounds; ++i) {
        rally_meet(&many->rally);
        for (uint32_t k = 0; k < ONCES; ++k)
            call(&many->singles[k]);
        rally_meet(&many->rally);
        if (member->index == 0) {
            for (uint32_t k = 0; k < ONCES; ++k) {
                CHECK_EQ(many->singles[k].runs, 1);
                many->singles[k] = (struct single){ .once = THRUM_ONCE_INIT };
            }
        }
    }
}

TEST(once_stress, 60)
{
    static struct many many;
    many = (struct many){ .rally = { 4, 0, 0 }, .rounds = test_scale(200, 4) };
    crew_run(4, call_many, &many);
}

/* Callers that sleep while it runs are all woken when it has. */
struct slow {
    thrum_once once;
    uint32_t running, finish, returned;
};

static void run_slowly(void *argument)
{
    struct slow *slow = argument;
    flag_set(&slow->running, 1);
    flag_await(&slow->finish, 1);
}

static void call_slow(struct member *member)
{
    struct slow *slow = member->shared;
    thrum_once_run(&slow->once, run_slowly, slow);
    flag_add(&slow->returned, 1);
}

TEST(once_releases_all_callers, 60)
{
    for (uint32_t round = 0; round < test_scale(50, 3); ++round) {
        struct slow slow = { .once = THRUM_ONCE_INIT };
        struct member runner, callers[8];
        crew_start(&runner, 1, call_slow, &slow);
        flag_await(&slow.running, 1);
        crew_start(callers, 8, call_slow, &slow);
        for (uint32_t i = 0; i < 8; ++i)
            until_member_asleep(&callers[i]);
        CHECK_EQ(flag_get(&slow.returned), 0);
        flag_set(&slow.finish, 1);
        crew_join(&runner, 1);
        crew_join(callers, 8);
        CHECK_EQ(flag_get(&slow.returned), 9);
    }
}

/* A once within another is no recursion. */
struct nested {
    struct single inner;
    thrum_once outer;
    uint32_t runs;
};

static void run_outer(void *argument)
{
    struct nested *nested = argument;
    call(&nested->inner);
    ++nested->runs;
}

TEST(once_within_another, 20)
{
    struct nested nested = { .outer = THRUM_ONCE_INIT };
    thrum_once_run(&nested.outer, run_outer, &nested);
    thrum_once_run(&nested.outer, run_outer, &nested);
    CHECK_EQ(nested.runs, 1);
    CHECK_EQ(nested.inner.runs, 1);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static void run_itself(void *argument)
{
    struct misuse *misuse = argument;
    thrum_once_run(misuse->object, run_itself, misuse);
}

static void recurse(void *argument)
{
    misuse_begins(argument);
    run_itself(argument);
}

TEST(once_recursion, 30)
{
    thrum_once once = THRUM_ONCE_INIT;
    struct misuse misuse = { .object = &once };
    check_misuse(recurse, &misuse, "once", 0);
}
