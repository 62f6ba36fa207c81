/* Above a libc a thread's own destructors may follow thrum's last step: a holder has ended only when the
 * kernel knows it no more. */
#include <pthread.h>

#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../test.h"

enum { ROUNDS = 4 }; /* of destructors: _POSIX_THREAD_DESTRUCTOR_ITERATIONS */

static thrum_mutex mutex;
static pthread_key_t key;
static uint32_t taken;

static void *take(void *unused)
{
    thrum_mutex_lock(&mutex);
    flag_set(&taken, 1);
    return unused;
}

/* --- one that others made ----------------------------------------------------------------------- */

static void want_of_adopted(void *unused)
{
    pthread_t thread;
    thrum_set_fatal_hook(NULL);
    CHILD_CHECK(pthread_create(&thread, NULL, take, NULL) == 0);
    CHILD_CHECK(pthread_join(thread, NULL) == 0);
    thrum_mutex_lock(&mutex);
    (void)unused;
}

TEST(ended_holder_that_was_adopted_is_reported, 30)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(want_of_adopted, NULL, 5000, child)))
        return;
    bool right = CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
    right = CHECK(test_contains(child->output, ", which has ended")) && right;
    if (!right)
        test_note_child(child);
}

/* --- one that unlocks in its last destructor ----------------------------------------------------- */

static void unlock_in_the_last_round(void *round)
{
    if ((uintptr_t)round < ROUNDS) {
        (void)pthread_setspecific(key, (void *)((uintptr_t)round + 1));
        return;
    }
    thrum_sleep_until(thrum_after(test_ms(400)));
    thrum_mutex_unlock(&mutex);
}

static void *take_and_unlock_late(void *unused)
{
    CHILD_CHECK(pthread_setspecific(key, (void *)1) == 0);
    return take(unused);
}

static void want_of_late_ones(void *unused)
{
    thrum_thread *own = NULL;
    pthread_t other;
    (void)unused;
    CHILD_CHECK(pthread_key_create(&key, unlock_in_the_last_round) == 0);
    CHILD_CHECK(thrum_spawn(&own, take_and_unlock_late, NULL, NULL) == THRUM_OK);
    flag_await(&taken, 1);
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    CHILD_CHECK(thrum_join(own, NULL) == THRUM_OK);
    taken = 0;
    CHILD_CHECK(pthread_create(&other, NULL, take_and_unlock_late, NULL) == 0);
    flag_await(&taken, 1);
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    CHILD_CHECK(pthread_join(other, NULL) == 0);
}

TEST(ended_holder_is_none_that_unlocks_in_a_destructor, 30)
{
    if (test_skip_under(SYSTEM_THREAD_SANITIZER,
                        "ThreadSanitizer has ended for a thread in its last destructors"))
        return;
    taken = 0;
    test_in_child(want_of_late_ones, NULL, 5000);
}
