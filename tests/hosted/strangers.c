/* Threads that others made, where locks are held, on stacks that others give and take; and own threads on
 * stacks that are not theirs. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../test.h"

enum { STACK = 1 << 18 };

static pthread_t start_on(char *stack, void *(*run)(void *), void *argument)
{
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK(pthread_attr_init(&attributes) == 0);
    CHECK(pthread_attr_setstack(&attributes, stack, STACK) == 0);
    CHECK(pthread_create(&thread, &attributes, run, argument) == 0);
    pthread_attr_destroy(&attributes);
    return thread;
}

/* --- no lock ---------------------------------------------------------------------------------- */

static uint32_t stranger_id, handled, go_on;
static thrum_tls_key key;
static int dump_fd;

static void call_all(int signal)
{
    (void)signal;
    bool right = thrum_id() == system_thread_id() && thrum_thread_id(thrum_self()) == thrum_id() &&
                 thrum_tls_get(key) == NULL;
    thrum_dump(dump_fd);
    flag_set(&handled, right ? 1 : 2);
}

static void *be_interrupted(void *unused)
{
    flag_set(&stranger_id, (uint32_t)system_thread_id());
    flag_await(&go_on, 1);
    return unused;
}

/* As one that waits for a lock which the interrupted thread holds. */
static bool wait_for_the_handler(thrum_thread *thread, void *limit)
{
    (void)thread;
    CHECK(system_signal(stranger_id, SYSTEM_SIGNAL_A));
    CHECK(flag_await_until(&handled, 1, *(thrum_time *)limit));
    return false;
}

TEST(hosted_adoption_waits_for_no_visitor, 60)
{
    thrum_time limit = thrum_after(test_ms(10000));
    pthread_t thread;
    int fds[2];
    stranger_id = handled = go_on = 0;
    CHECK(thrum_tls_alloc(&key, NULL, 0) == THRUM_OK);
    if (!CHECK(system_pipe(fds)))
        return;
    dump_fd = fds[1];
    system_handle(SYSTEM_SIGNAL_A, call_all, SYSTEM_RESTART);
    CHECK(pthread_create(&thread, NULL, be_interrupted, NULL) == 0);
    CHECK(flag_await_until(&stranger_id, 1, limit));
    thrum_each_thread(wait_for_the_handler, &limit);
    flag_set(&go_on, 1);
    pthread_join(thread, NULL);
    system_handle(SYSTEM_SIGNAL_A, NULL, 0);
    CHECK_EQ(handled, 1);
    thrum_tls_free(key);
    system_close(fds[0]);
    system_close(fds[1]);
}

/* All are in the list at once, in the order in which they came, main first. */
enum { COMERS = 6 };
static thrum_thread *comers[COMERS];
static thrum_event leave;

static void *come(void *place)
{
    __atomic_store_n((thrum_thread **)place, thrum_self(), __ATOMIC_RELEASE);
    thrum_event_wait(&leave);
    return NULL;
}

static bool note_place(thrum_thread *thread, void *found)
{
    uint32_t *count = found;
    for (uint32_t i = 0; i < COMERS; ++i)
        if (thread == comers[i])
            *count = i == *count ? i + 1 : COMERS + 1;
    return true;
}

TEST(hosted_adopted_threads_are_listed_in_order, 20)
{
    uint32_t count = 0, threads = test_thread_count();
    pthread_t made[COMERS];
    thrum_event_reset(&leave);
    for (uint32_t i = 0; i < COMERS; ++i) {
        comers[i] = NULL;
        CHECK(pthread_create(&made[i], NULL, come, &comers[i]) == 0);
        while (__atomic_load_n(&comers[i], __ATOMIC_ACQUIRE) == NULL)
            thrum_yield();
    }
    thrum_each_thread(note_place, &count);
    CHECK_EQ(count, COMERS);
    CHECK_EQ(test_thread_count(), threads + COMERS);
    thrum_event_set(&leave);
    for (uint32_t i = 0; i < COMERS; ++i)
        pthread_join(made[i], NULL);
}

/* --- whose stack ------------------------------------------------------------------------------ */

static void *who(void *self)
{
    CHECK_EQ(thrum_id(), system_thread_id());
    *(thrum_thread **)self = thrum_self();
    return NULL;
}

static void *lend_stack(void *unused)
{
    /* in the middle of this thread's own stack */
    _Alignas(65536) char lent[STACK];
    thrum_thread *other = NULL;
    uint64_t id = thrum_id();
    pthread_join(start_on(lent, who, &other), NULL);
    CHECK(other != NULL && other != thrum_self());
    CHECK_EQ(thrum_id(), id);
    return unused;
}

TEST(hosted_thread_on_a_lent_stack_is_itself, 10)
{
    thrum_thread *thread;
    thrum_spawn_options options = { .stack_size = 4 << 20 };
    if (CHECK(thrum_spawn(&thread, lend_stack, NULL, &options) == THRUM_OK))
        test_join(thread);
}

static thrum_thread *looked_at;
static thrum_event known;

static void *know_oneself(void *low)
{
    thrum_stack stack;
    *(volatile char *)low = 1; /* the page is there, and then may not be read */
    CHECK(thrum_stack_info(thrum_self(), &stack) == THRUM_OK);
    CHECK(stack.used > 0);
    looked_at = thrum_self();
    thrum_set_name(looked_at, "unmapped");
    thrum_event_set(&known);
    thrum_event_wait(&leave);
    return NULL;
}

/* Others may unmap such a stack at any time. */
TEST(hosted_adopted_threads_stack_is_not_read, 10)
{
    char text[4096], *low = aligned_alloc(65536, STACK);
    thrum_stack stack;
    int fds[2];
    if (!CHECK(low != NULL) || !CHECK(system_pipe(fds)))
        return;
    thrum_event_reset(&known);
    thrum_event_reset(&leave);
    pthread_t thread = start_on(low, know_oneself, low);
    thrum_event_wait(&known);
    until_asleep(thrum_thread_id(looked_at));
    CHECK(mprotect(low, STACK / 4, PROT_NONE) == 0);
    CHECK(thrum_stack_info(looked_at, &stack) == THRUM_UNSUPPORTED);
    CHECK(stack.used == 0 && (char *)stack.base == low && stack.size <= STACK);
    thrum_dump(fds[1]);
    text[system_read(fds[0], text, sizeof text - 1)] = 0;
    CHECK(test_contains(text, "\"unmapped\", waits for "));
    CHECK(test_contains(text, ", stack ? of "));
    CHECK(mprotect(low, STACK / 4, PROT_READ | PROT_WRITE) == 0);
    thrum_event_set(&leave);
    pthread_join(thread, NULL);
    free(low);
    system_close(fds[0]);
    system_close(fds[1]);
}

/* --- an end on another stack ------------------------------------------------------------------ */

static void leave_from_there(void)
{
    thrum_exit(&leave);
}

static void *go_there(void *stack)
{
    ucontext_t here, there;
    CHECK(getcontext(&there) == 0);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = STACK;
    there.uc_link = NULL;
    makecontext(&there, leave_from_there, 0);
    swapcontext(&here, &there);
    return NULL;
}

/* Not every libc has these. */
#pragma weak makecontext
#pragma weak getcontext
#pragma weak swapcontext

static char lower_stack[STACK];

TEST(hosted_thrum_exit_on_another_stack, 10)
{
    if (test_skip_under(SYSTEM_ADDRESS_SANITIZER | SYSTEM_THREAD_SANITIZER | SYSTEM_VALGRIND,
                        "the checker does not follow a switch of stacks"))
        return;
    if (!makecontext) {
        test_skip("the libc has no makecontext");
        return;
    }
    char higher_stack[STACK]; /* main's is the highest of all */
    CHECK(test_join(test_spawn(go_there, lower_stack)) == &leave);
    CHECK(test_join(test_spawn(go_there, higher_stack)) == &leave);
}
