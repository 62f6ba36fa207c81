/* A time that ends after each instruction of the release that the thread waits for. */
#include "../support/interleave.h"
#include "../test.h"

static void lock_mutex(struct scene *scene)
{
    thrum_mutex_lock(&scene->u.mutex);
}

static void unlock_mutex(struct scene *scene)
{
    thrum_mutex_unlock(&scene->u.mutex);
}

static void check_mutex_free(struct scene *scene)
{
    if (CHECK(thrum_mutex_try_lock(&scene->u.mutex)))
        thrum_mutex_unlock(&scene->u.mutex);
}

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

static void check_rwlock_free(struct scene *scene)
{
    if (CHECK(thrum_rwlock_try_write_lock(&scene->u.rwlock)))
        thrum_rwlock_write_unlock(&scene->u.rwlock);
}

static void sem_post(struct scene *scene)
{
    thrum_sem_post(&scene->u.sem, 1);
}

static void check_sem(struct scene *scene)
{
    CHECK(thrum_sem_try_wait(&scene->u.sem) == (scene->status == THRUM_TIMED_OUT));
    CHECK(!thrum_sem_try_wait(&scene->u.sem));
}

static void event_set(struct scene *scene)
{
    thrum_event_set(&scene->u.event);
}

static void group_add(struct scene *scene)
{
    thrum_waitgroup_add(&scene->u.group, 2);
}

static void group_done(struct scene *scene)
{
    thrum_waitgroup_done(&scene->u.group);
    thrum_waitgroup_done(&scene->u.group);
}

static void check_cond_empty(struct scene *scene)
{
    thrum_mutex_lock(&scene->mutex);
    CHECK_EQ(thrum_cond_wait_until(&scene->u.cond, &scene->mutex, 0), THRUM_TIMED_OUT);
    thrum_mutex_unlock(&scene->mutex);
}

static void mutex_until_deadline(struct scene *scene)
{
    if (thrum_mutex_lock_until(&scene->u.mutex, scene->deadline) == THRUM_OK)
        thrum_mutex_unlock(&scene->u.mutex);
}

static void write_until_deadline(struct scene *scene)
{
    if (thrum_rwlock_write_lock_until(&scene->u.rwlock, scene->deadline) == THRUM_OK)
        write_unlock(scene);
}

static void read_until_deadline(struct scene *scene)
{
    if (thrum_rwlock_read_lock_until(&scene->u.rwlock, scene->deadline) == THRUM_OK)
        read_unlock(scene);
}

static void sem_until_deadline(struct scene *scene)
{
    scene->status = thrum_sem_wait_until(&scene->u.sem, scene->deadline);
}

static void event_until_deadline(struct scene *scene)
{
    scene->status = thrum_event_wait_until(&scene->u.event, scene->deadline);
}

static void group_until_deadline(struct scene *scene)
{
    scene->status = thrum_waitgroup_wait_until(&scene->u.group, scene->deadline);
}

static void cond_until_deadline(struct scene *scene)
{
    thrum_mutex_lock(&scene->mutex);
    scene->status = thrum_cond_wait_until(&scene->u.cond, &scene->mutex, scene->deadline);
    thrum_mutex_unlock(&scene->mutex);
}

static void cond_signal(struct scene *scene)
{
    thrum_cond_signal(&scene->u.cond);
}

static void cond_broadcast(struct scene *scene)
{
    thrum_cond_broadcast(&scene->u.cond);
}

TEST(interleave_time_outs, 60)
{
    static const struct pair pairs[] = {
        { "unlock, lock_until", lock_mutex, unlock_mutex, mutex_until_deadline, check_mutex_free,
          NULL },
        { "write_unlock, write_until", write_lock, write_unlock, write_until_deadline,
          check_rwlock_free, NULL },
        { "write_unlock, read_until", write_lock, write_unlock, read_until_deadline,
          check_rwlock_free, NULL },
        { "read_unlock, write_until", read_lock, read_unlock, write_until_deadline,
          check_rwlock_free, NULL },
        { "sem_post, sem_wait_until", scene_nothing, sem_post, sem_until_deadline, check_sem,
          NULL },
        { "event_set, event_wait_until", scene_nothing, event_set, event_until_deadline,
          scene_nothing, NULL },
        { "done, waitgroup_wait_until", group_add, group_done, group_until_deadline, scene_nothing,
          NULL },
        { "signal, wait_until", scene_nothing, cond_signal, cond_until_deadline, check_cond_empty,
          NULL },
        { "broadcast, wait_until", scene_nothing, cond_broadcast, cond_until_deadline,
          check_cond_empty, NULL },
    };
    run_timed_pairs(pairs, sizeof pairs / sizeof *pairs);
}
