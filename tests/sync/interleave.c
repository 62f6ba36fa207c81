/* Locks, semaphores, events, groups, onces and barriers in every interleaving with one switch. */
#include "../support/interleave.h"
#include "../support/crew.h"
#include "../support/system.h"
#include "../test.h"

/* --- mutex ------------------------------------------------------------------------------------ */

static void lock_mutex(struct scene *scene)
{
    thrum_mutex_lock(&scene->u.mutex);
}

static void unlock_mutex(struct scene *scene)
{
    thrum_mutex_unlock(&scene->u.mutex);
}

static void lock_and_unlock_mutex(struct scene *scene)
{
    thrum_mutex_lock(&scene->u.mutex);
    thrum_mutex_unlock(&scene->u.mutex);
}

static void lock_mutex_near(struct scene *scene)
{
    scene->status = thrum_mutex_lock_until(&scene->u.mutex, thrum_after(SCENE_NEAR_NS));
    if (scene->status == THRUM_OK)
        thrum_mutex_unlock(&scene->u.mutex);
}

static void check_mutex_free(struct scene *scene)
{
    if (CHECK(thrum_mutex_try_lock(&scene->u.mutex)))
        thrum_mutex_unlock(&scene->u.mutex);
}

TEST(interleave_mutex, 60)
{
    static const struct pair pairs[] = {
        { "lock, unlock", lock_mutex, lock_and_unlock_mutex, unlock_mutex, check_mutex_free,
          lock_and_unlock_mutex },
        { "lock_until, unlock", lock_mutex, lock_mutex_near, unlock_mutex, check_mutex_free, NULL },
        { "lock and unlock, lock and unlock", scene_nothing, lock_and_unlock_mutex,
          lock_and_unlock_mutex, check_mutex_free, NULL },
        { "lock and unlock, lock_until", scene_nothing, lock_and_unlock_mutex, lock_mutex_near,
          check_mutex_free, NULL },
    };
    run_pairs(pairs, sizeof pairs / sizeof *pairs);
}

/* --- rwlock ----------------------------------------------------------------------------------- */

static void write_lock(struct scene *scene)
{
    thrum_rwlock_write_lock(&scene->u.rwlock);
}

static void write_unlock(struct scene *scene)
{
    thrum_rwlock_write_unlock(&scene->u.rwlock);
}

static void read_lock(struct scene *scene)
{
    thrum_rwlock_read_lock(&scene->u.rwlock);
}

static void read_unlock(struct scene *scene)
{
    thrum_rwlock_read_unlock(&scene->u.rwlock);
}

static void write_and_unlock(struct scene *scene)
{
    write_lock(scene);
    write_unlock(scene);
}

static void read_and_unlock(struct scene *scene)
{
    read_lock(scene);
    read_unlock(scene);
}

static void write_near(struct scene *scene)
{
    if (thrum_rwlock_write_lock_until(&scene->u.rwlock, thrum_after(SCENE_NEAR_NS)) == THRUM_OK)
        write_unlock(scene);
}

static void read_near(struct scene *scene)
{
    if (thrum_rwlock_read_lock_until(&scene->u.rwlock, thrum_after(SCENE_NEAR_NS)) == THRUM_OK)
        read_unlock(scene);
}

static void check_rwlock_free(struct scene *scene)
{
    if (CHECK(thrum_rwlock_try_write_lock(&scene->u.rwlock)))
        thrum_rwlock_write_unlock(&scene->u.rwlock);
}

TEST(interleave_rwlock, 60)
{
    static const struct pair pairs[] = {
        { "write, write_unlock", write_lock, write_and_unlock, write_unlock, check_rwlock_free,
          write_and_unlock },
        { "write, read_unlock", read_lock, write_and_unlock, read_unlock, check_rwlock_free,
          write_and_unlock },
        { "read, write_unlock", write_lock, read_and_unlock, write_unlock, check_rwlock_free,
          write_and_unlock },
        { "read, read_unlock", read_lock, read_and_unlock, read_unlock, check_rwlock_free,
          write_and_unlock },
        { "write, write", scene_nothing, write_and_unlock, write_and_unlock, check_rwlock_free,
          NULL },
        { "write, read", scene_nothing, write_and_unlock, read_and_unlock, check_rwlock_free,
          NULL },
        { "read, write", scene_nothing, read_and_unlock, write_and_unlock, check_rwlock_free,
          NULL },
        { "write, write_until", scene_nothing, write_and_unlock, write_near, check_rwlock_free,
          NULL },
        { "read, write_until", scene_nothing, read_and_unlock, write_near, check_rwlock_free,
          NULL },
        { "write, read_until", scene_nothing, write_and_unlock, read_near, check_rwlock_free,
          NULL },
    };
    run_pairs(pairs, sizeof pairs / sizeof *pairs);
}

/* --- semaphore, event, waitgroup, once, barrier ----------------------------------------------- */

static void sem_wait(struct scene *scene)
{
    thrum_sem_wait(&scene->u.sem);
}

static void sem_near(struct scene *scene)
{
    scene->status = thrum_sem_wait_until(&scene->u.sem, thrum_after(SCENE_NEAR_NS));
}

static void sem_post(struct scene *scene)
{
    thrum_sem_post(&scene->u.sem, 1);
}

/* One was given: it was taken, or is there. */
static void check_sem(struct scene *scene)
{
    CHECK(thrum_sem_try_wait(&scene->u.sem) == (scene->status == THRUM_TIMED_OUT));
    CHECK(!thrum_sem_try_wait(&scene->u.sem));
}

static void event_wait(struct scene *scene)
{
    thrum_event_wait(&scene->u.event);
}

static void event_near(struct scene *scene)
{
    scene->status = thrum_event_wait_until(&scene->u.event, thrum_after(SCENE_NEAR_NS));
}

static void event_set(struct scene *scene)
{
    thrum_event_set(&scene->u.event);
}

static void group_add(struct scene *scene)
{
    thrum_waitgroup_add(&scene->u.group, 2);
}

static void group_wait(struct scene *scene)
{
    thrum_waitgroup_wait(&scene->u.group);
}

static void group_near(struct scene *scene)
{
    scene->status = thrum_waitgroup_wait_until(&scene->u.group, thrum_after(SCENE_NEAR_NS));
}

static void group_done(struct scene *scene)
{
    thrum_waitgroup_done(&scene->u.group);
    thrum_waitgroup_done(&scene->u.group);
}

static void group_add_and_done(struct scene *scene)
{
    group_done(scene);
    group_add(scene); /* between, it was zero */
    group_done(scene);
}

static void count_run(void *argument)
{
    struct scene *scene = argument;
    ++scene->runs;
}

static void once(struct scene *scene)
{
    thrum_once_run(&scene->u.once, count_run, scene);
    CHECK_EQ(scene->runs, 1);
}

static void map_page(struct scene *scene)
{
    scene->page = system_map(system_page_size());
    CHECK(scene->page);
}

static void once_in_page(struct scene *scene)
{
    thrum_once_run(scene->page, count_run, scene);
}

/* Only when the stepped one has begun to run the function: else it is not the last to come. */
static void once_and_forbid(struct scene *scene)
{
    if (__atomic_load_n(&scene->runs, __ATOMIC_RELAXED) == 0)
        return;
    thrum_once_run(scene->page, count_run, scene);
    CHECK(system_forbid(scene->page, system_page_size()));
}

static void unmap_page(struct scene *scene)
{
    CHECK(system_unmap(scene->page, system_page_size()));
}

static void two_places(struct scene *scene)
{
    scene->u.barrier = (thrum_barrier)THRUM_BARRIER_INIT(2);
}

static void meet(struct scene *scene)
{
    for (uint32_t i = 0; i < 2; ++i)
        flag_add(&scene->runs, thrum_barrier_wait(&scene->u.barrier));
}

static void check_meeting(struct scene *scene)
{
    CHECK_EQ(flag_get(&scene->runs), 2);
}

TEST(interleave_others, 60)
{
    static const struct pair pairs[] = {
        { "sem_wait, sem_post", scene_nothing, sem_wait, sem_post, check_sem, NULL },
        { "sem_wait_until, sem_post", scene_nothing, sem_near, sem_post, check_sem, NULL },
        { "sem_post, sem_wait", scene_nothing, sem_post, sem_wait, check_sem, NULL },
        { "sem_post, sem_wait_until", scene_nothing, sem_post, sem_near, check_sem, NULL },
        { "event_wait, event_set", scene_nothing, event_wait, event_set, scene_nothing, NULL },
        { "event_wait_until, event_set", scene_nothing, event_near, event_set, scene_nothing,
          NULL },
        { "event_set, event_wait", scene_nothing, event_set, event_wait, scene_nothing, NULL },
        { "waitgroup_wait, done", group_add, group_wait, group_done, scene_nothing, NULL },
        { "waitgroup_wait_until, done", group_add, group_near, group_done, scene_nothing, NULL },
        { "waitgroup_wait, done, add, done", group_add, group_wait, group_add_and_done,
          scene_nothing, NULL },
        { "done, add, done, waitgroup_wait", group_add, group_add_and_done, group_wait,
          scene_nothing, NULL },
        { "once_run, once_run", scene_nothing, once, once, scene_nothing, NULL },
        { "once_run, once_run and the memory", map_page, once_in_page, once_and_forbid, unmap_page,
          NULL },
        { "barrier_wait, barrier_wait", two_places, meet, meet, check_meeting, NULL },
    };
    run_pairs(pairs, sizeof pairs / sizeof *pairs);
}
