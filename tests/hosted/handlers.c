/* Adoption where nothing may be allocated: in signal handlers, and when memory is refused. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../test.h"

static uint32_t handled, wrong, stop;

static void who_am_i(int signal)
{
    (void)signal;
    if (thrum_id() != system_thread_id() || thrum_thread_id(thrum_self()) != thrum_id())
        __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&handled, 1, __ATOMIC_RELAXED);
}

/* Allocates until it is told to stop, and knows nothing of thrum but in the handler. */
static void *allocate(void *id)
{
    __atomic_store_n((uint64_t *)id, system_thread_id(), __ATOMIC_RELEASE);
    while (!flag_get(&stop)) {
        void *volatile memory = malloc(1000);
        free(memory);
    }
    return NULL;
}

TEST(hosted_adoption_in_a_handler, 60)
{
    uint32_t rounds = test_scale(100, 20), threads = test_thread_count();
    handled = wrong = 0;
    system_handle(SYSTEM_SIGNAL_A, who_am_i, SYSTEM_RESTART);
    for (uint32_t i = 0; i < rounds; ++i) {
        pthread_t thread;
        uint64_t id = 0;
        flag_set(&stop, 0);
        uint32_t before = __atomic_load_n(&handled, __ATOMIC_RELAXED);
        CHECK(pthread_create(&thread, NULL, allocate, &id) == 0);
        while (__atomic_load_n(&id, __ATOMIC_ACQUIRE) == 0)
            thrum_yield();
        CHECK(system_signal(id, SYSTEM_SIGNAL_A));
        while (__atomic_load_n(&handled, __ATOMIC_RELAXED) == before)
            thrum_yield();
        flag_set(&stop, 1);
        pthread_join(thread, NULL);
    }
    system_handle(SYSTEM_SIGNAL_A, NULL, 0);
    CHECK_EQ(handled, rounds);
    CHECK_EQ(wrong, 0);
    CHECK_EQ(test_thread_count(), threads);
}

/* Signals that meet the very first call: one block a thread, whoever comes first. */
static void *call_first(void *id)
{
    __atomic_store_n((uint64_t *)id, system_thread_id(), __ATOMIC_RELEASE);
    for (int i = 0; i < 200; ++i)
        __asm__ volatile("" ::: "memory");
    if (thrum_id() != system_thread_id())
        __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
    return NULL;
}

TEST(hosted_adoption_under_signals, 60)
{
    uint32_t rounds = test_scale(500, 100), threads = test_thread_count();
    handled = wrong = 0;
    system_handle(SYSTEM_SIGNAL_A, who_am_i, SYSTEM_RESTART);
    for (uint32_t i = 0; i < rounds; ++i) {
        pthread_t thread;
        uint64_t id = 0;
        CHECK(pthread_create(&thread, NULL, call_first, &id) == 0);
        while (__atomic_load_n(&id, __ATOMIC_ACQUIRE) == 0)
            thrum_yield();
        for (int j = 0; j < 10 && system_signal(id, SYSTEM_SIGNAL_A); ++j) {
        }
        pthread_join(thread, NULL);
    }
    system_handle(SYSTEM_SIGNAL_A, NULL, 0);
    test_note("%u signals handled", handled);
    CHECK_EQ(wrong, 0);
    CHECK_EQ(test_thread_count(), threads);
}

static void dump_and_post(int signal)
{
    (void)signal;
    thrum_dump(-1);
    __atomic_fetch_add(&handled, 1, __ATOMIC_RELAXED);
}

static void *be_signalled(void *unused)
{
    system_signal(system_thread_id(), SYSTEM_SIGNAL_B);
    thrum_stack stack;
    CHECK(thrum_stack_info(thrum_self(), &stack) == THRUM_UNSUPPORTED || stack.used > 0);
    return unused;
}

TEST(hosted_dump_in_a_handler_of_a_foreign_thread, 10)
{
    pthread_t thread;
    handled = 0;
    system_handle(SYSTEM_SIGNAL_B, dump_and_post, SYSTEM_RESTART);
    CHECK(pthread_create(&thread, NULL, be_signalled, NULL) == 0);
    pthread_join(thread, NULL);
    system_handle(SYSTEM_SIGNAL_B, NULL, 0);
    CHECK_EQ(handled, 1);
}

/* --- without memory --------------------------------------------------------------------------- */

static thrum_mutex mutex;
static pthread_barrier_t limited;
enum { RESERVED = 8 };

static void *use_the_reserve(void *unused)
{
    pthread_barrier_wait(&limited); /* all are there */
    pthread_barrier_wait(&limited); /* and no memory any more */
    errno = 12345;
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    CHILD_CHECK(errno == 12345);
    CHILD_CHECK(thrum_id() == system_thread_id());
    return unused;
}

static void *return_at_once(void *unused)
{
    return unused;
}

static void adopt_without_memory(void *unused)
{
    pthread_t threads[RESERVED];
    (void)unused;
    for (int round = 0; round < 3; ++round) { /* what was reserved is there again */
        pthread_barrier_init(&limited, NULL, RESERVED + 1);
        for (int i = 0; i < RESERVED; ++i)
            CHILD_CHECK(pthread_create(&threads[i], NULL, use_the_reserve, NULL) == 0);
        pthread_barrier_wait(&limited);
        CHILD_CHECK(system_limit_address_space(1));
        pthread_barrier_wait(&limited);
        for (int i = 0; i < RESERVED; ++i)
            pthread_join(threads[i], NULL);
        CHILD_CHECK(system_limit_address_space(UINT64_MAX));
        thrum_thread *thread = NULL;
        thrum_time limit = thrum_after(1000000000);
        do { /* sweeps, when they are gone */
            CHILD_CHECK(thrum_spawn(&thread, return_at_once, NULL, NULL) == THRUM_OK);
            CHILD_CHECK(thrum_join(thread, NULL) == THRUM_OK);
            thrum_sleep_until(thrum_after(10000000));
        } while (test_thread_count() > 1 && !test_late(limit));
    }
}

TEST(hosted_adoption_without_memory, 10)
{
    if (test_skip_under(SYSTEM_ADDRESS_SANITIZER | SYSTEM_THREAD_SANITIZER | SYSTEM_VALGRIND,
                        "the checker itself needs memory there"))
        return;
    test_in_child(adopt_without_memory, NULL, 8000);
}

/* --- errno ------------------------------------------------------------------------------------ */

static void *sleep_shortly(void *unused)
{
    thrum_sleep_until(thrum_after(1000000));
    return unused;
}

TEST(hosted_calls_leave_errno_alone, 10)
{
    static thrum_sem sem;
    static thrum_event event;
    thrum_thread *thread = NULL;
    thrum_spawn_options huge = { .stack_size = SIZE_MAX / 4 };
    errno = 4711;
    CHECK(thrum_sem_wait_until(&sem, thrum_after(1000000)) == THRUM_TIMED_OUT);
    CHECK_EQ(errno, 4711);
    CHECK(thrum_event_wait_until(&event, thrum_after(1000000)) == THRUM_TIMED_OUT);
    CHECK_EQ(errno, 4711);
    CHECK(thrum_spawn(&thread, sleep_shortly, NULL, &huge) == THRUM_NO_MEMORY);
    CHECK_EQ(errno, 4711);
    test_join(test_spawn(sleep_shortly, NULL));
    CHECK_EQ(errno, 4711);
    thrum_dump(-1);
    CHECK_EQ(errno, 4711);
    CHECK(thrum_cpu_count() > 0);
    CHECK_EQ(errno, 4711);
}
