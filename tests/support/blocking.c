/* The table of blocking.h. A wait that succeeds gives back what it got, so that nothing is held. */
#include "blocking.h"

#include "crew.h"

/* --- mutex, recursive mutex ------------------------------------------------------------------- */

static void mutex_close(struct blocking_object *object)
{
    thrum_mutex_lock(&object->u.mutex);
}

static void mutex_open(struct blocking_object *object)
{
    thrum_mutex_unlock(&object->u.mutex);
}

static void mutex_wait(struct blocking_object *object)
{
    thrum_mutex_lock(&object->u.mutex);
    thrum_mutex_unlock(&object->u.mutex);
}

static thrum_status mutex_until(struct blocking_object *object, thrum_time deadline)
{
    thrum_status status = thrum_mutex_lock_until(&object->u.mutex, deadline);
    if (status == THRUM_OK)
        thrum_mutex_unlock(&object->u.mutex);
    return status;
}

static void recursive_close(struct blocking_object *object)
{
    thrum_recursive_mutex_lock(&object->u.recursive);
}

static void recursive_open(struct blocking_object *object)
{
    thrum_recursive_mutex_unlock(&object->u.recursive);
}

static void recursive_wait(struct blocking_object *object)
{
    thrum_recursive_mutex_lock(&object->u.recursive);
    thrum_recursive_mutex_unlock(&object->u.recursive);
}

static thrum_status recursive_until(struct blocking_object *object, thrum_time deadline)
{
    thrum_status status = thrum_recursive_mutex_lock_until(&object->u.recursive, deadline);
    if (status == THRUM_OK)
        thrum_recursive_mutex_unlock(&object->u.recursive);
    return status;
}

/* --- rwlock ----------------------------------------------------------------------------------- */

static void write_close(struct blocking_object *object)
{
    thrum_rwlock_write_lock(&object->u.rwlock);
}

static void write_open(struct blocking_object *object)
{
    thrum_rwlock_write_unlock(&object->u.rwlock);
}

static void read_close(struct blocking_object *object)
{
    thrum_rwlock_read_lock(&object->u.rwlock);
}

static void read_open(struct blocking_object *object)
{
    thrum_rwlock_read_unlock(&object->u.rwlock);
}

static void read_wait(struct blocking_object *object)
{
    thrum_rwlock_read_lock(&object->u.rwlock);
    thrum_rwlock_read_unlock(&object->u.rwlock);
}

static thrum_status read_until(struct blocking_object *object, thrum_time deadline)
{
    thrum_status status = thrum_rwlock_read_lock_until(&object->u.rwlock, deadline);
    if (status == THRUM_OK)
        thrum_rwlock_read_unlock(&object->u.rwlock);
    return status;
}

static void write_wait(struct blocking_object *object)
{
    thrum_rwlock_write_lock(&object->u.rwlock);
    thrum_rwlock_write_unlock(&object->u.rwlock);
}

static thrum_status write_until(struct blocking_object *object, thrum_time deadline)
{
    thrum_status status = thrum_rwlock_write_lock_until(&object->u.rwlock, deadline);
    if (status == THRUM_OK)
        thrum_rwlock_write_unlock(&object->u.rwlock);
    return status;
}

/* --- condition: no loop here, a return without a signal is what the checks look for ----------- */

static void cond_close(struct blocking_object *object)
{
    (void)object; /* always closed */
}

static void cond_open(struct blocking_object *object)
{
    thrum_mutex_lock(&object->u.pair.mutex);
    thrum_cond_signal(&object->u.pair.cond);
    thrum_mutex_unlock(&object->u.pair.mutex);
}

static void cond_wait(struct blocking_object *object)
{
    thrum_mutex_lock(&object->u.pair.mutex);
    thrum_cond_wait(&object->u.pair.cond, &object->u.pair.mutex);
    thrum_mutex_unlock(&object->u.pair.mutex);
}

static thrum_status cond_until(struct blocking_object *object, thrum_time deadline)
{
    thrum_mutex_lock(&object->u.pair.mutex);
    thrum_status status =
        thrum_cond_wait_until(&object->u.pair.cond, &object->u.pair.mutex, deadline);
    CHECK_EQ(thrum_mutex_holder(&object->u.pair.mutex), thrum_id());
    thrum_mutex_unlock(&object->u.pair.mutex);
    return status;
}

/* --- semaphore, event, waitgroup -------------------------------------------------------------- */

static void sem_close(struct blocking_object *object)
{
    object->u.sem = (thrum_sem)THRUM_SEM_INIT(0);
}

static void sem_open(struct blocking_object *object)
{
    thrum_sem_post(&object->u.sem, 1);
}

static void sem_wait(struct blocking_object *object)
{
    thrum_sem_wait(&object->u.sem);
}

static thrum_status sem_until(struct blocking_object *object, thrum_time deadline)
{
    return thrum_sem_wait_until(&object->u.sem, deadline);
}

static void event_close(struct blocking_object *object)
{
    thrum_event_reset(&object->u.event);
}

static void event_open(struct blocking_object *object)
{
    thrum_event_set(&object->u.event);
}

static void event_wait(struct blocking_object *object)
{
    thrum_event_wait(&object->u.event);
}

static thrum_status event_until(struct blocking_object *object, thrum_time deadline)
{
    return thrum_event_wait_until(&object->u.event, deadline);
}

static void waitgroup_close(struct blocking_object *object)
{
    thrum_waitgroup_add(&object->u.waitgroup, 1);
}

static void waitgroup_open(struct blocking_object *object)
{
    thrum_waitgroup_done(&object->u.waitgroup);
}

static void waitgroup_wait(struct blocking_object *object)
{
    thrum_waitgroup_wait(&object->u.waitgroup);
}

static thrum_status waitgroup_until(struct blocking_object *object, thrum_time deadline)
{
    return thrum_waitgroup_wait_until(&object->u.waitgroup, deadline);
}

/* --- once, barrier, join ---------------------------------------------------------------------- */

static void run_slowly(void *argument)
{
    struct blocking_object *object = argument;
    flag_add(&object->open, 1); /* it runs */
    flag_await(&object->open, 2);
}

static void run_again(void *argument)
{
    (void)argument;
    test_check(false, "the function of a once ran twice", __FILE__, __LINE__);
}

static void *once_helper(void *argument)
{
    struct blocking_object *object = argument;
    thrum_once_run(&object->u.once, run_slowly, object);
    return NULL;
}

static void once_close(struct blocking_object *object)
{
    object->open = 0;
    object->helper = test_spawn(once_helper, object);
    flag_await(&object->open, 1);
}

static void helper_open(struct blocking_object *object)
{
    flag_set(&object->open, 2);
}

static void once_open(struct blocking_object *object)
{
    helper_open(object);
    test_join(object->helper);
}

static void once_wait(struct blocking_object *object)
{
    thrum_once_run(&object->u.once, run_again, NULL);
}

static void barrier_close(struct blocking_object *object)
{
    object->u.barrier = (thrum_barrier)THRUM_BARRIER_INIT(2);
}

static void barrier_open(struct blocking_object *object)
{
    thrum_barrier_wait(&object->u.barrier);
}

static void barrier_wait(struct blocking_object *object)
{
    thrum_barrier_wait(&object->u.barrier);
}

static void *join_helper(void *argument)
{
    run_slowly(argument);
    return NULL;
}

static void join_close(struct blocking_object *object)
{
    object->open = 0;
    object->helper = test_spawn(join_helper, object);
    flag_await(&object->open, 1);
}

static void join_wait(struct blocking_object *object)
{
    thrum_join(object->helper, NULL);
}

static thrum_status join_until(struct blocking_object *object, thrum_time deadline)
{
    return thrum_join_until(object->helper, NULL, deadline);
}

const struct blocking blocking_calls[] = {
    { "mutex_lock", mutex_close, mutex_open, mutex_wait, NULL },
    { "mutex_lock_until", mutex_close, mutex_open, NULL, mutex_until },
    { "recursive_mutex_lock", recursive_close, recursive_open, recursive_wait, NULL },
    { "recursive_mutex_lock_until", recursive_close, recursive_open, NULL, recursive_until },
    { "read_lock", write_close, write_open, read_wait, NULL },
    { "read_lock_until", write_close, write_open, NULL, read_until },
    { "write_lock", write_close, write_open, write_wait, NULL },
    { "write_lock_until", write_close, write_open, NULL, write_until },
    { "write_lock of readers", read_close, read_open, write_wait, NULL },
    { "write_lock_until of readers", read_close, read_open, NULL, write_until },
    { "cond_wait", cond_close, cond_open, cond_wait, NULL },
    { "cond_wait_until", cond_close, cond_open, NULL, cond_until },
    { "sem_wait", sem_close, sem_open, sem_wait, NULL },
    { "sem_wait_until", sem_close, sem_open, NULL, sem_until },
    { "event_wait", event_close, event_open, event_wait, NULL },
    { "event_wait_until", event_close, event_open, NULL, event_until },
    { "waitgroup_wait", waitgroup_close, waitgroup_open, waitgroup_wait, NULL },
    { "waitgroup_wait_until", waitgroup_close, waitgroup_open, NULL, waitgroup_until },
    { "once_run", once_close, once_open, once_wait, NULL },
    { "barrier_wait", barrier_close, barrier_open, barrier_wait, NULL },
    { "join", join_close, helper_open, join_wait, NULL },
    { "join_until", join_close, helper_open, NULL, join_until },
};
const uint32_t blocking_count = sizeof blocking_calls / sizeof *blocking_calls;
