/* The machine of interleave.h. */
#include "interleave.h"

#include "crew.h"
#include "system.h"

enum {
    LEAST_STEPS = 64,
    MOST_STEPS = 512,
    STRIDE = 37,   /* odd: it meets every place of a power of two */
    PAIR_MS = 600, /* for one pair */
    TIMED_NS = 1500000
};

void scene_nothing(struct scene *scene)
{
    (void)scene;
}

/* The stepped one may fall asleep before it has come so far: then it is time, too. */
static void *other_main(void *argument)
{
    struct scene *scene = argument;
    scene->pair->prepare(scene);
    flag_set(&scene->prepared, 1);
    for (uint32_t looks = 1; !flag_get(&scene->go); ++looks) {
        if (looks % 8 == 0 && system_thread_sleeps(scene->stepped_id))
            break;
        thrum_yield();
    }
    scene->pair->other(scene);
    flag_set(&scene->acted, 1);
    return NULL;
}

static void *queued_main(void *argument)
{
    struct scene *scene = argument;
    scene->pair->queued(scene);
    return NULL;
}

/* The other may have to wait for the stepped one, so there is an end to the waiting. */
static void between(void *argument)
{
    struct scene *scene = argument;
    if (++scene->step != scene->at)
        return;
    flag_set(&scene->go, 1);
    thrum_time end = thrum_after(150000);
    if (scene->deadline != 0)
        end = scene->deadline + 300000;
    while (flag_get(&scene->acted) == 0 && thrum_now() < end)
        thrum_yield();
}

static void run_stepped(void *argument)
{
    struct scene *scene = argument;
    scene->pair->stepped(scene);
}

/* Returns how many instructions there were; 0 if this machine does not step. */
static uint64_t run_once(const struct pair *pair, uint64_t at)
{
    struct scene scene = { .pair = pair, .at = at, .stepped_id = thrum_id() };
    thrum_thread *queued = NULL, *other = test_spawn(other_main, &scene);
    if (!other)
        return 0;
    flag_await(&scene.prepared, 1);
    if (pair->queued) {
        queued = test_spawn(queued_main, &scene);
        until_asleep(thrum_thread_id(queued));
    }
    uint64_t steps = system_step(run_stepped, between, &scene);
    flag_set(&scene.go, 1);
    test_join(other);
    test_join(queued);
    pair->check(&scene);
    return steps;
}

/* The other is asleep in a timed wait, whose time is over when the stepped one has come so far. */
static uint64_t run_timed(const struct pair *pair, uint64_t at)
{
    struct scene scene = { .pair = pair, .at = at, .stepped_id = thrum_id(), .go = 1 };
    pair->prepare(&scene);
    scene.deadline = thrum_after(TIMED_NS);
    struct pair waits = *pair;
    waits.prepare = scene_nothing;
    scene.pair = &waits;
    thrum_thread *other = test_spawn(other_main, &scene);
    if (!other)
        return 0;
    until_asleep(thrum_thread_id(other));
    uint64_t steps = system_step(run_stepped, between, &scene);
    test_join(other);
    pair->check(&scene);
    return steps;
}

static uint32_t power_above(uint64_t steps)
{
    uint32_t power = LEAST_STEPS;
    while (power < MOST_STEPS && power <= steps)
        power *= 2;
    return power;
}

/* After each of the instructions, in an order that leaves no part for the end: on a machine that
 * has much else to do, the time may be over before. */
static bool run_pair(const struct pair *pair, uint64_t (*run)(const struct pair *pair, uint64_t at))
{
    uint64_t random = test_seed(), first = test_random(&random);
    uint64_t steps = run(pair, UINT64_MAX);
    uint32_t places = power_above(steps), runs = test_scale(places, 8), done = 0;
    thrum_time end = thrum_after(test_run_ms(PAIR_MS));
    while (done < runs && thrum_now() < end)
        run(pair, 1 + (first + STRIDE * done++) % places);
    test_note("%s: %l instructions, %u of %u places", pair->name, steps, done, places);
    return steps != 0;
}

static void run_all(const struct pair *pairs, size_t count,
                    uint64_t (*run)(const struct pair *pair, uint64_t at))
{
    for (size_t i = 0; i < count; ++i) {
        if (!run_pair(&pairs[i], run)) {
            test_skip("this machine does not step");
            return;
        }
    }
}

void run_pairs(const struct pair *pairs, size_t count)
{
    run_all(pairs, count, run_once);
}

void run_timed_pairs(const struct pair *pairs, size_t count)
{
    run_all(pairs, count, run_timed);
}
