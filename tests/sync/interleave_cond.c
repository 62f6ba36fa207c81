/* Conditions in every interleaving with one switch. */
#include "../support/interleave.h"
#include "../support/system.h"
#include "../test.h"

static void await_ready(struct scene *scene)
{
    thrum_mutex_lock(&scene->mutex);
    while (!scene->ready)
        thrum_cond_wait(&scene->u.cond, &scene->mutex);
    thrum_mutex_unlock(&scene->mutex);
}

/* With deadlines that end again and again; a signal in between ends the loop. */
static void await_ready_near(struct scene *scene)
{
    thrum_mutex_lock(&scene->mutex);
    for (uint32_t i = 0; i < 3 && !scene->ready; ++i)
        (void)!thrum_cond_wait_until(&scene->u.cond, &scene->mutex, thrum_after(SCENE_NEAR_NS / 4));
    while (!scene->ready)
        thrum_cond_wait(&scene->u.cond, &scene->mutex);
    thrum_mutex_unlock(&scene->mutex);
}

static void make_ready(struct scene *scene)
{
    thrum_mutex_lock(&scene->mutex);
    scene->ready = true;
    thrum_mutex_unlock(&scene->mutex);
    thrum_cond_signal(&scene->u.cond);
}

static void make_ready_for_all(struct scene *scene)
{
    thrum_mutex_lock(&scene->mutex);
    scene->ready = true;
    thrum_cond_broadcast(&scene->u.cond);
    thrum_mutex_unlock(&scene->mutex);
}

static void check_cond_empty(struct scene *scene)
{
    thrum_mutex_lock(&scene->mutex);
    CHECK_EQ(thrum_cond_wait_until(&scene->u.cond, &scene->mutex, 0), THRUM_TIMED_OUT);
    thrum_mutex_unlock(&scene->mutex);
}

static void map_page(struct scene *scene)
{
    scene->page = system_map(system_page_size());
    CHECK(scene->page);
}

/* It has begun to wait before the other looks for the mutex. */
static void wait_in_page(struct scene *scene)
{
    thrum_mutex_lock(&scene->mutex);
    scene->ready = true;
    (void)!thrum_cond_wait_until(scene->page, &scene->mutex, thrum_after(SCENE_NEAR_NS / 2));
    thrum_mutex_unlock(&scene->mutex);
}

static void broadcast_and_forbid(struct scene *scene)
{
    for (bool waits = false; !waits;) {
        thrum_mutex_lock(&scene->mutex);
        waits = scene->ready;
        thrum_mutex_unlock(&scene->mutex);
    }
    thrum_cond_broadcast(scene->page);
    CHECK(system_forbid(scene->page, system_page_size()));
}

static void unmap_page(struct scene *scene)
{
    CHECK(system_unmap(scene->page, system_page_size()));
}

TEST(interleave_cond, 60)
{
    static const struct pair pairs[] = {
        { "wait, signal", scene_nothing, await_ready, make_ready, check_cond_empty, NULL },
        { "wait, broadcast", scene_nothing, await_ready, make_ready_for_all, check_cond_empty,
          NULL },
        { "signal, wait", scene_nothing, make_ready, await_ready, check_cond_empty, NULL },
        { "broadcast, wait", scene_nothing, make_ready_for_all, await_ready, check_cond_empty,
          NULL },
        { "wait_until, signal", scene_nothing, await_ready_near, make_ready, check_cond_empty,
          NULL },
        { "wait_until, broadcast", scene_nothing, await_ready_near, make_ready_for_all,
          check_cond_empty, NULL },
        { "signal, wait_until", scene_nothing, make_ready, await_ready_near, check_cond_empty,
          NULL },
        { "wait_until, broadcast and the memory", map_page, wait_in_page, broadcast_and_forbid,
          unmap_page, NULL },
    };
    run_pairs(pairs, sizeof pairs / sizeof *pairs);
}
