/* Two threads change one variable, in an order that the object named by the argument gives; by no name, in
 * none. For checkers of programs. */
#include <stdlib.h>
#include <string.h>
#include <thrum.h>
static thrum_mutex mutex;
static thrum_rwlock rwlock;
static thrum_cond cond;
static thrum_sem sem;
static thrum_event event;
static thrum_once once;
static thrum_waitgroup group;
static thrum_barrier barrier = THRUM_BARRIER_INIT(2);
static const char *by;
static int data, ready;

static int is(const char *name)
{
    return strcmp(by, name) == 0;
}

static void change(void *unused)
{
    (void)unused;
    ++data;
}

static void *run(void *argument)
{
    if (is("mutex") || is("cond"))
        thrum_mutex_lock(&mutex);
    if (is("rwlock"))
        thrum_rwlock_write_lock(&rwlock);
    if (is("once"))
        thrum_once_run(&once, change, NULL);
    else
        change(NULL);
    if (is("rwlock"))
        thrum_rwlock_write_unlock(&rwlock);
    if (is("cond")) {
        ready = 1;
        thrum_cond_signal(&cond);
    }
    if (is("mutex") || is("cond"))
        thrum_mutex_unlock(&mutex);
    if (is("sem"))
        thrum_sem_post(&sem, 1);
    if (is("event"))
        thrum_event_set(&event);
    if (is("waitgroup"))
        thrum_waitgroup_done(&group);
    if (is("barrier"))
        thrum_barrier_wait(&barrier);
    return argument;
}

static volatile int bound = 4;

int main(int argc, char **argv)
{
    thrum_thread *thread;
    by = argc > 1 ? argv[1] : "";
    if (is("address")) {
        char *volatile bytes = malloc(4);
        bytes[bound] = 1;
        return bytes[bound];
    }
    if (is("undefined"))
        return (bound += 0x7ffffffc) > 0;
    if (is("waitgroup"))
        thrum_waitgroup_add(&group, 1);
    if (thrum_spawn(&thread, run, NULL, NULL) != THRUM_OK)
        return 1;
    if (is("mutex"))
        thrum_mutex_lock(&mutex);
    if (is("rwlock"))
        thrum_rwlock_read_lock(&rwlock);
    if (is("cond")) {
        thrum_mutex_lock(&mutex);
        while (!ready)
            thrum_cond_wait(&cond, &mutex);
    }
    if (is("sem"))
        thrum_sem_wait(&sem);
    if (is("event"))
        thrum_event_wait(&event);
    if (is("waitgroup"))
        thrum_waitgroup_wait(&group);
    if (is("barrier"))
        thrum_barrier_wait(&barrier);
    if (is("once"))
        thrum_once_run(&once, change, NULL);
    if (is("join"))
        thrum_join(thread, NULL);
    int seen = data;
    if (is("mutex") || is("cond"))
        thrum_mutex_unlock(&mutex);
    if (is("rwlock"))
        thrum_rwlock_read_unlock(&rwlock);
    if (!is("join"))
        thrum_join(thread, NULL);
    return seen > 1;
}
