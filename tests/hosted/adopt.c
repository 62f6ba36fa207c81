/* Threads that others made: adopted at their first call, forgotten when they end. */
#include <pthread.h>
#include <threads.h>

#include "../support/thread_system.h"
#include "../test.h"

static pthread_t start(void *(*run)(void *), void *argument)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, run, argument) == 0);
    return thread;
}

static void *finish(pthread_t thread)
{
    void *result = NULL;
    CHECK(pthread_join(thread, &result) == 0);
    return result;
}

/* --- who it is -------------------------------------------------------------------------------- */

static bool count_self(thrum_thread *thread, void *count)
{
    *(uint32_t *)count += thread == thrum_self() && thrum_thread_id(thread) == thrum_id();
    return true;
}

static void *look_at_oneself(void *unused)
{
    char name[THRUM_NAME_SIZE], kernel_name[32];
    uint32_t count = 0;
    thrum_stack stack;
    (void)unused;
    CHECK_EQ(thrum_id(), system_thread_id());
    CHECK(thrum_self() != NULL && thrum_self() == thrum_self());
    CHECK_EQ(thrum_thread_id(thrum_self()), thrum_id());
    thrum_each_thread(count_self, &count);
    CHECK_EQ(count, 1);
    thrum_get_name(thrum_self(), name);
    CHECK(text_equal(name, ""));
    CHECK(thrum_set_name(thrum_self(), "foreign") == THRUM_OK);
    system_thread_name(thrum_id(), kernel_name);
    CHECK(text_equal(kernel_name, "foreign"));
    unsigned cpus[4];
    size_t cpu_count = 0;
    CHECK(thrum_get_affinity(thrum_self(), cpus, 4, &cpu_count) == THRUM_OK && cpu_count > 0);
    CHECK(thrum_stack_info(thrum_self(), &stack) == THRUM_OK);
    char *here = __builtin_frame_address(0);
    CHECK(here > (char *)stack.base && here < (char *)stack.base + stack.size);
    CHECK(stack.used > 0 && stack.used <= stack.size);
    return NULL;
}

TEST(adopted_thread_has_ids_name_and_stack, 5)
{
    finish(start(look_at_oneself, NULL));
}

static void *first_call_is_stack_info(void *unused)
{
    thrum_stack stack;
    CHECK(thrum_stack_info(thrum_self(), &stack) == THRUM_OK);
    return unused;
}

/* The threads of C11 are threads like others. */
static int look_from_c11(void *unused)
{
    look_at_oneself(unused);
    return 5;
}

TEST(adopted_thread_of_c11, 5)
{
    if (test_skip_under(SYSTEM_THREAD_SANITIZER, "ThreadSanitizer knows no thrd_create"))
        return;
    thrd_t thread;
    int result = 0;
    CHECK(thrd_create(&thread, look_from_c11, NULL) == thrd_success);
    CHECK(thrd_join(thread, &result) == thrd_success && result == 5);
    finish(start(first_call_is_stack_info, NULL));
}

/* --- locks ------------------------------------------------------------------------------------ */

static thrum_mutex mutex;
static thrum_cond cond;
static thrum_rwlock rwlock;
static uint32_t sum;
enum { ROUNDS = 2000 };

static void *add_under_locks(void *unused)
{
    for (int i = 0; i < ROUNDS; ++i) {
        thrum_mutex_lock(&mutex);
        CHECK_EQ(thrum_mutex_holder(&mutex), thrum_id());
        ++sum;
        thrum_mutex_unlock(&mutex);
        thrum_rwlock_read_lock(&rwlock);
        thrum_rwlock_read_unlock(&rwlock);
    }
    thrum_mutex_lock(&mutex);
    thrum_cond_broadcast(&cond);
    thrum_mutex_unlock(&mutex);
    return unused;
}

/* The very first call of thrum is a lock: its fast path must not take 0 for the caller's id. */
TEST(adopted_and_own_threads_share_locks, 20)
{
    sum = 0;
    pthread_t foreign[3];
    thrum_thread *own[3];
    for (int i = 0; i < 3; ++i) {
        foreign[i] = start(add_under_locks, NULL);
        own[i] = test_spawn(add_under_locks, NULL);
    }
    thrum_mutex_lock(&mutex);
    while (sum != 6 * ROUNDS)
        thrum_cond_wait(&cond, &mutex);
    thrum_mutex_unlock(&mutex);
    for (int i = 0; i < 3; ++i) {
        finish(foreign[i]);
        test_join(own[i]);
    }
}

static void *lock_and_see(void *other_holds)
{
    bool held = *(bool *)other_holds;
    CHECK(thrum_mutex_try_lock(&mutex) == !held);
    if (!held)
        thrum_mutex_unlock(&mutex);
    return NULL;
}

TEST(adopted_by_a_try_lock, 5)
{
    bool held = true;
    thrum_mutex_lock(&mutex);
    finish(start(lock_and_see, &held));
    thrum_mutex_unlock(&mutex);
    held = false;
    finish(start(lock_and_see, &held));
}

/* --- deadlock and dump ------------------------------------------------------------------------ */

static thrum_mutex first, second;
static thrum_barrier both = THRUM_BARRIER_INIT(2);

static void *lock_first_then_second(void *unused)
{
    thrum_mutex_lock(&first);
    thrum_barrier_wait(&both);
    thrum_mutex_lock(&second);
    return unused;
}

static void *cross(void *unused)
{
    child_ends_at_misuse();
    thrum_set_name(thrum_self(), "foreign");
    CHILD_CHECK(test_spawn(lock_first_then_second, NULL) != NULL);
    thrum_mutex_lock(&second);
    thrum_barrier_wait(&both);
    thrum_mutex_lock(&first);
    return unused;
}

static void deadlock_with_a_foreign_thread(void *unused)
{
    pthread_t thread;
    CHILD_CHECK(pthread_create(&thread, NULL, cross, unused) == 0);
    pthread_join(thread, NULL);
}

TEST(adopted_thread_in_a_deadlock_is_found, 10)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(deadlock_with_a_foreign_thread, NULL, 5000, child)))
        return;
    if (!CHECK(test_contains(child->output, "thrum: deadlock: ")) ||
        !CHECK(test_contains(child->output, "\"foreign\"")))
        test_note_child(child);
}

static void *dump_here(void *fds)
{
    thrum_stack stack;
    thrum_set_name(thrum_self(), "dumped");
    CHECK(thrum_stack_info(thrum_self(), &stack) == THRUM_OK); /* else a dump does not know it */
    thrum_dump(((int *)fds)[1]);
    return NULL;
}

static void dump_to(int fds[2], char *text, size_t size)
{
    thrum_dump(fds[1]);
    text[system_read(fds[0], text, size - 1)] = 0;
}

TEST(adopted_thread_is_in_the_dump_until_it_ends, 10)
{
    int fds[2];
    char text[4096];
    if (!CHECK(system_pipe(fds)))
        return;
    pthread_t thread = start(dump_here, fds);
    finish(thread);
    text[system_read(fds[0], text, sizeof text - 1)] = 0;
    CHECK(test_contains(text, "\"dumped\", runs (dumps), stack "));
    CHECK(!test_contains(text, "stack ?"));
    dump_to(fds, text, sizeof text);
    CHECK(!test_contains(text, "\"dumped\""));
    system_close(fds[0]);
    system_close(fds[1]);
}

/* --- come and go ------------------------------------------------------------------------------ */

static void *be_seen(void *unused)
{
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    return unused;
}

TEST(adopted_threads_come_and_go_without_growth, 30)
{
    uint32_t threads = test_thread_count(), count = test_scale(4000, 200);
    for (int i = 0; i < 50; ++i)
        finish(start(be_seen, NULL));
    test_join(test_spawn(be_seen, NULL));
    size_t mappings = system_mapping_count(), resident = system_resident();
    for (uint32_t i = 0; i < count; ++i) {
        finish(start(be_seen, NULL));
        if (i % 16 == 0)
            test_join(test_spawn(be_seen, NULL)); /* which sweeps */
    }
    test_join(test_spawn(be_seen, NULL));
    test_note("%u threads: mappings %l -> %l, resident %l -> %l KiB", count, (uint64_t)mappings,
              (uint64_t)system_mapping_count(), (uint64_t)resident / 1024,
              (uint64_t)system_resident() / 1024);
    CHECK(system_mapping_count() <= mappings + 40);
    CHECK(system_resident() <= resident + ((size_t)1 << 20));
    CHECK_EQ(test_thread_count(), threads);
}

/* They do it by themselves, too: the ends of foreign threads sweep. */
TEST(adopted_threads_alone_do_not_grow, 30)
{
    uint32_t count = test_scale(2000, 200);
    size_t mappings = system_mapping_count();
    for (uint32_t i = 0; i < count; ++i)
        finish(start(be_seen, NULL));
    CHECK(system_mapping_count() <= mappings + 40);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static thrum_thread *foreign_handle;
static thrum_event known, leave;

static void *show_handle(void *unused)
{
    foreign_handle = thrum_self();
    thrum_event_set(&known);
    thrum_event_wait(&leave);
    return unused;
}

static void join_foreign(void *unused)
{
    (void)unused;
    thrum_join(foreign_handle, NULL);
}

TEST(adopted_thread_is_not_ours_to_join, 10)
{
    thrum_event_reset(&known);
    thrum_event_reset(&leave);
    pthread_t thread = start(show_handle, NULL);
    thrum_event_wait(&known);
    CHECK(test_contains(test_fatal(join_foreign, NULL), "joins thread"));
    thrum_event_set(&leave);
    finish(thread);
}
