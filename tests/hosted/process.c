/* The process as a whole above a libc: fork, exit, and who is the last one out. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../test.h"
#include "thread/block.h"

/* --- fork ------------------------------------------------------------------------------------- */

static thrum_mutex mutex;
static thrum_sem gate;
static thrum_tls_key key;
static uint32_t at_gate;

static void *wait_at_gate(void *unused)
{
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    __atomic_fetch_add(&at_gate, 1, __ATOMIC_RELAXED);
    thrum_sem_wait(&gate);
    return unused;
}

static void *give_back(void *argument)
{
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    return argument;
}

TEST(after_fork_without_a_fork_does_nothing, 5)
{
    thrum_thread *thread = test_spawn(wait_at_gate, NULL);
    uint32_t threads = test_thread_count();
    thrum_after_fork();
    CHECK_EQ(test_thread_count(), threads);
    thrum_sem_post(&gate, 1);
    test_join(thread);
}

/* Everything is in use again, with nobody telling thrum of the fork. */
static void use_everything(void)
{
    thrum_event event = THRUM_EVENT_INIT;
    pthread_t foreign;
    CHILD_CHECK(thrum_id() == system_thread_id());
    CHILD_CHECK(test_thread_count() == 1);
    thrum_after_fork(); /* need not be, does no harm */
    CHILD_CHECK(test_thread_count() == 1);
    for (int i = 0; i < 20; ++i)
        CHILD_CHECK(test_join(test_spawn(give_back, &event)) == &event);
    CHILD_CHECK(pthread_create(&foreign, NULL, give_back, NULL) == 0);
    CHILD_CHECK(pthread_join(foreign, NULL) == 0);
    CHILD_CHECK(thrum_event_wait_until(&event, thrum_after(1000000)) == THRUM_TIMED_OUT);
    CHILD_CHECK(thrum_tls_get(key) == &key);
    thrum_dump(1);
    CHILD_CHECK(test_thread_count() == 1);
}

static void fork_and_use(void *unused)
{
    (void)unused;
    thrum_tls_set(key, &key);
    pid_t child = fork();
    if (child == 0) {
        use_everything();
        _exit(0);
    }
    CHILD_CHECK(child > 0);
    int status = 0;
    CHILD_CHECK(waitpid(child, &status, 0) == child);
    CHILD_CHECK(status == 0);
}

static void *fork_in_thread(void *unused)
{
    fork_and_use(unused);
    return unused;
}

static void fork_with_threads(void *unused)
{
    thrum_thread *own[2];
    pthread_t foreign[2], forker;
    CHILD_CHECK(thrum_tls_alloc(&key, NULL, 0) == THRUM_OK);
    at_gate = 0;
    for (int i = 0; i < 2; ++i) {
        own[i] = test_spawn(wait_at_gate, NULL);
        CHILD_CHECK(pthread_create(&foreign[i], NULL, wait_at_gate, NULL) == 0);
    }
    flag_await(&at_gate, 4); /* none holds the mutex, which a child would never get */
    fork_and_use(unused);    /* from main, an own thread, and one that others made */
    test_join(test_spawn(fork_in_thread, NULL));
    CHILD_CHECK(pthread_create(&forker, NULL, fork_in_thread, NULL) == 0);
    pthread_join(forker, NULL);
    thrum_sem_post(&gate, 4);
    for (int i = 0; i < 2; ++i) {
        thrum_join(own[i], NULL);
        pthread_join(foreign[i], NULL);
    }
}

TEST(hosted_fork_needs_no_call, 20)
{
    test_in_child(fork_with_threads, NULL, 15000);
}

static void *fork_unknown(void *result)
{
    pid_t child = fork(); /* before any call of thrum here */
    if (child == 0) {
        CHILD_CHECK(thrum_id() == system_thread_id());
        thrum_stack stack;
        const char *here = __builtin_frame_address(0);
        CHILD_CHECK(thrum_stack_info(thrum_self(), &stack) == THRUM_OK);
        CHILD_CHECK(here > (char *)stack.base && here < (char *)stack.base + stack.size);
        CHILD_CHECK(test_thread_count() == 1);
        CHILD_CHECK(test_join(test_spawn(give_back, result)) == result);
        _exit(0);
    }
    *(pid_t *)result = child;
    return NULL;
}

static void fork_in_unknown_thread(void *unused)
{
    pthread_t thread;
    pid_t child = 0;
    int status = 1;
    (void)unused;
    CHILD_CHECK(pthread_create(&thread, NULL, fork_unknown, &child) == 0);
    pthread_join(thread, NULL);
    CHILD_CHECK(waitpid(child, &status, 0) == child && status == 0);
}

TEST(hosted_fork_in_a_thread_not_adopted_yet, 10)
{
    test_in_child(fork_in_unknown_thread, NULL, 8000);
}

/* A handler that forks in a thread that has not taken its first step, or has just: it has no lock id
 * yet, and perhaps no block. The child runs on that thread's stack, and is that thread. */
static thrum_thread *newborn;
static uint32_t newborn_forks, newborn_crashes;

static void fork_here(int signal)
{
    int status = 0;
    pid_t child = fork();
    (void)signal;
    if (child == 0) {
        thrum_thread *thread = NULL;
        alarm(10);
        CHILD_CHECK(thrum_self() == newborn && thrum_id() == system_thread_id());
        CHILD_CHECK(test_thread_count() == 1);
        CHILD_CHECK(thrum_spawn(&thread, give_back, NULL, NULL) == THRUM_OK);
        CHILD_CHECK(thrum_join(thread, NULL) == THRUM_OK);
        _exit(0);
    }
    while (waitpid(child, &status, 0) != child) {
    }
    newborn_crashes += status != 0;
    __atomic_fetch_add(&newborn_forks, 1, __ATOMIC_RELEASE);
}

TEST(hosted_fork_in_a_handler_at_a_threads_birth, 60)
{
    uint32_t rounds = test_scale(100, 10);
    if (test_skip_under(SYSTEM_ADDRESS_SANITIZER | SYSTEM_THREAD_SANITIZER | SYSTEM_VALGRIND,
                        "the checker's own locks may be held where the handler forks"))
        return;
    newborn_forks = newborn_crashes = 0;
    system_handle(SYSTEM_SIGNAL_A, fork_here, SYSTEM_RESTART);
    for (uint32_t i = 0; i < rounds; ++i) {
        if (!CHECK(thrum_spawn(&newborn, give_back, NULL, NULL) == THRUM_OK))
            break;
        (void)system_signal(thrum_thread_id(newborn), SYSTEM_SIGNAL_A);
        test_join(newborn);
    }
    system_handle(SYSTEM_SIGNAL_A, NULL, 0);
    CHECK_EQ(newborn_crashes, 0);
    test_note("%u of %u threads forked in a handler", newborn_forks, rounds);
}

/* A handler that forks on top of a wait at which the deadlock finder, or a dump, looks just then: it
 * has pinned the wait record, and is not in the child, where the wait ends all the same. The finder
 * must not look itself, since it takes what is pinned for its own: nobody waits for this thread by
 * a call of the library until the handler has run. */
static pid_t waiter_child = -1;
static uint32_t has_forked;
static thrum_sem wakes;

static void fork_while_pinned(int signal)
{
    /* a handle without its mark is the block's address, see src/thread/handle.h */
    struct thrum_block *self = (struct thrum_block *)((uintptr_t)thrum_self() & ~(uintptr_t)63);
    uint32_t *state = &self->wait.state;
    (void)signal;
    CHECK_EQ(__atomic_load_n(state, __ATOMIC_RELAXED), THRUM_WAIT_WAITING);
    __atomic_store_n(state, THRUM_WAIT_PINNED, __ATOMIC_RELAXED);
    waiter_child = fork();
    if (waiter_child == 0) {
        alarm(10);
        thrum_sem_post(&wakes, 1);
        return;
    }
    /* release: a finder that pins it from here on acquires what it reads of the record */
    __atomic_store_n(state, THRUM_WAIT_WAITING, __ATOMIC_RELEASE);
    flag_set(&has_forked, 1);
}

static void *wait_and_fork(void *ready)
{
    thrum_event_set(ready);
    thrum_status status = thrum_sem_wait_until(&wakes, thrum_after(test_ms(15000)));
    if (waiter_child == 0)
        _exit(status == THRUM_OK ? 0 : 1);
    CHECK(status == THRUM_OK);
    return ready;
}

TEST(hosted_fork_in_a_handler_on_top_of_a_pinned_wait, 20)
{
    static thrum_event ready;
    int status = -1;
    thrum_event_reset(&ready);
    waiter_child = -1;
    flag_set(&has_forked, 0);
    system_handle(SYSTEM_SIGNAL_A, fork_while_pinned, SYSTEM_RESTART);
    thrum_thread *thread = test_spawn(wait_and_fork, &ready);
    thrum_event_wait(&ready);
    until_asleep(thrum_thread_id(thread));
    if (CHECK(system_signal(thrum_thread_id(thread), SYSTEM_SIGNAL_A)))
        flag_await(&has_forked, 1);
    thrum_sem_post(&wakes, 1);
    test_join(thread);
    system_handle(SYSTEM_SIGNAL_A, NULL, 0);
    if (CHECK(waiter_child > 0) && CHECK(waitpid(waiter_child, &status, 0) == waiter_child))
        CHECK_EQ(status, 0);
}

/* --- the end ---------------------------------------------------------------------------------- */

static void *hold_on(void *unused)
{
    thrum_sem_wait(&gate);
    return unused;
}

static void print_at_exit(void)
{
    text_print("at exit\n");
}

static void exit_among_threads(void *unused)
{
    pthread_t foreign;
    (void)unused;
    atexit(print_at_exit);
    for (int i = 0; i < 4; ++i) {
        CHILD_CHECK(test_spawn(hold_on, NULL) != NULL);
        CHILD_CHECK(pthread_create(&foreign, NULL, hold_on, NULL) == 0);
    }
    exit(7);
}

TEST(hosted_exit_while_threads_run, 10)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(exit_among_threads, NULL, 5000, child)))
        return;
    if (!CHECK_EQ(child->exit_status, 7) || !CHECK(text_equal(child->output, "at exit\n")))
        test_note_child(child);
}

static void *last_of_all(void *unused)
{
    thrum_sleep_until(thrum_after(30000000));
    text_print("the last one\n");
    return unused;
}

/* Main has left by thrum_exit: the process ends with the last that thrum knows, own or not. */
static void main_leaves(void *foreign)
{
    pthread_t thread;
    atexit(print_at_exit);
    if (foreign)
        CHILD_CHECK(pthread_create(&thread, NULL, last_of_all, NULL) == 0);
    else
        CHILD_CHECK(test_spawn(last_of_all, NULL) != NULL);
    thrum_sleep_until(thrum_after(10000000)); /* it is known by now */
    thrum_exit(NULL);
}

TEST(hosted_thrum_exit_in_main_waits_for_the_last, 10)
{
    struct system_child *child = test_child();
    static char mark;
    for (int i = 0; i < 2; ++i) {
        if (!CHECK(system_run(main_leaves, i ? &mark : NULL, 5000, child)))
            return;
        if (!CHECK_EQ(child->exit_status, 0) ||
            !CHECK(text_equal(child->output, "the last one\nat exit\n")))
            test_note_child(child);
    }
}

/* A process whose main has not left does not end with the last thread that thrum knows. */
static void *come_and_go(void *unused)
{
    return unused;
}

static void others_end_first(void *unused)
{
    pthread_t thread;
    (void)unused;
    for (int i = 0; i < 3; ++i) {
        CHILD_CHECK(pthread_create(&thread, NULL, give_back, NULL) == 0);
        pthread_join(thread, NULL);
        test_join(test_spawn(come_and_go, NULL));
    }
    text_print("main is there\n");
}

TEST(hosted_others_ends_do_not_end_main, 10)
{
    struct system_child *child = test_child();
    if (CHECK(system_run(others_end_first, NULL, 5000, child)))
        CHECK(child->exit_status == 0 && text_equal(child->output, "main is there\n"));
}

/* --- a new thread's id ------------------------------------------------------------------------ */

static void *tell_id(void *unused)
{
    (void)unused;
    return (void *)(uintptr_t)thrum_id();
}

/* It is told by the thread itself; whoever wants it earlier waits. */
TEST(hosted_id_of_a_thread_just_spawned, 20)
{
    uint32_t rounds = test_scale(3000, 100);
    for (uint32_t i = 0; i < rounds; ++i) {
        thrum_thread *thread = test_spawn(tell_id, NULL);
        uint64_t id = thrum_thread_id(thread);
        CHECK(id != 0);
        CHECK_EQ((uintptr_t)test_join(thread), id);
    }
}

/* --- before all else -------------------------------------------------------------------------- */

static uint64_t early_id;
static bool early_lock;

__attribute__((constructor(101))) static void call_early(void)
{
    thrum_mutex_lock(&mutex);
    early_id = thrum_id();
    early_lock = thrum_mutex_holder(&mutex) == early_id;
    thrum_mutex_unlock(&mutex);
}

TEST(hosted_calls_in_early_constructors, 5)
{
    CHECK(early_lock);
    CHECK_EQ(early_id, system_process_id());
}

/* --- the error output -------------------------------------------------------------------------- */

static void misuse_without_reader(void *unused)
{
    int ends[2];
    (void)unused;
    CHILD_CHECK(pipe(ends) == 0 && close(ends[0]) == 0 && dup2(ends[1], 2) == 2);
    signal(SIGPIPE, SIG_DFL);
    thrum_set_fatal_hook(NULL);
    thrum_mutex_unlock(&mutex);
}

TEST(hosted_fatal_line_that_nobody_reads_aborts, 10)
{
    struct system_child *child = test_child();
    if (CHECK(system_run(misuse_without_reader, NULL, 5000, child)))
        CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
}
