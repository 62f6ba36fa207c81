/* A program to look at with gdb: three threads, of which one waits for a lock that another holds.
 * `look_here` is called when it does. */
#include <thrum.h>

thrum_mutex the_lock;
thrum_recursive_mutex the_recursive_lock;
thrum_rwlock the_rwlock;
thrum_sem the_sem = THRUM_SEM_INIT(0);
thrum_event the_event, held;
thrum_cond the_cond;
thrum_once the_once;
thrum_waitgroup the_group;
thrum_barrier the_barrier = THRUM_BARRIER_INIT(2);
thrum_tls_key the_key;
thrum_thread *the_holder, *the_waiter;

static void *hold(void *unused)
{
    thrum_mutex_lock(&the_lock);
    thrum_recursive_mutex_lock(&the_recursive_lock);
    thrum_recursive_mutex_lock(&the_recursive_lock);
    thrum_barrier_wait(&the_barrier);
    thrum_event_wait(&the_event);
    thrum_recursive_mutex_unlock(&the_recursive_lock);
    thrum_recursive_mutex_unlock(&the_recursive_lock);
    thrum_mutex_unlock(&the_lock);
    return unused;
}

static void *want(void *unused)
{
    thrum_mutex_lock(&the_lock);
    thrum_mutex_unlock(&the_lock);
    return unused;
}

static void nothing(void *unused)
{
    (void)unused;
}

static __attribute__((noinline)) void look_here(void)
{
    __asm__ volatile("" ::: "memory");
}

static thrum_thread *spawn(void *(*run)(void *), const char *name)
{
    thrum_thread *thread = NULL;
    return thrum_spawn(&thread, run, NULL, &(thrum_spawn_options){ .name = name }) == THRUM_OK
               ? thread
               : NULL;
}

int main(void)
{
    static int value;
    if (thrum_tls_alloc(&the_key, NULL, 0) != THRUM_OK)
        return 1;
    thrum_tls_set(the_key, &value);
    thrum_rwlock_read_lock(&the_rwlock);
    thrum_waitgroup_add(&the_group, 5);
    thrum_once_run(&the_once, nothing, NULL);
    the_holder = spawn(hold, "the holder");
    if (the_holder == NULL)
        return 1;
    thrum_barrier_wait(&the_barrier);
    thrum_event_set(&held);
    thrum_sem_post(&the_sem, 3);
    the_waiter = spawn(want, "the \"waiter\"\n\x1b\xff");
    if (the_waiter == NULL)
        return 1;
    while (!(the_lock.private_word & 0x80000000u)) /* it sleeps, or is about to */
        thrum_yield();
    thrum_sleep_until(thrum_after(50000000));
    look_here();
    thrum_event_set(&the_event);
    return thrum_join(the_waiter, NULL) != THRUM_OK || thrum_join(the_holder, NULL) != THRUM_OK;
}
