/* The runner: a process whose stepped thread makes a call, and whose main thread forks when it is told
 * to; and what a child of such a fork, and a handler, do with the library. */
#include "stepper.h"

struct stepper_shared *shared;

static enum stepper_what what;
static long null_device; /* for dumps */
static thrum_thread *stepped;
static thrum_tls_key handler_key;
static thrum_sem handler_sem;
static thrum_event handler_event;
static uint32_t handler_word;

void print(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0')
        length++;
    thrum_os_write(1, text, length);
}

/* The kernel's futex, which the library may be built without: FUTEX_WAIT with a length, FUTEX_WAKE. */
void sleep_on(const thrum_private_word *word, uint32_t expected, long length_ns)
{
    const long length[2] = { 0, length_ns };
    (void)thrum_linux_call(__NR_futex, (long)word, 0, (long)expected,
                           length_ns != 0 ? (long)length : 0, 0, 0);
}

void set(thrum_private_word *word, uint32_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
    (void)thrum_linux_call3(__NR_futex, word, 1, INT32_MAX);
}

void await(thrum_private_word *word, uint32_t value)
{
    for (uint32_t now; (now = get(word)) != value;)
        sleep_on(word, now, 0);
}

_Noreturn void run_failed(int line, const char *condition)
{
    char space[256];
    struct thrum_text text = thrum_text(space, sizeof space - 1);
    thrum_text_string(&text, "# line ");
    thrum_text_number(&text, (uint64_t)line);
    thrum_text_string(&text, ": ");
    thrum_text_string(&text, condition);
    (void)thrum_text_end(&text);
    space[text.length] = '\n';
    thrum_os_write(1, space, text.length + 1);
    for (;;)
        thrum_linux_call1(__NR_exit_group, line % 200 + 1);
}

char thread_state(uint32_t process, uint32_t thread)
{
    char path[64], line[256];
    struct thrum_text text = thrum_text(path, sizeof path);
    thrum_text_string(&text, "/proc/");
    thrum_text_number(&text, process);
    thrum_text_string(&text, "/task/");
    thrum_text_number(&text, thread);
    thrum_text_string(&text, "/stat");
    long fd = thrum_linux_call4(__NR_openat, -100, thrum_text_end(&text), 0, 0);
    if (fd < 0)
        return 0;
    long length = thrum_linux_call3(__NR_read, fd, line, sizeof line - 1);
    thrum_linux_call1(__NR_close, fd);
    for (long i = length - 1; i > 1; i--) /* "1 (name) S 2 …" */
        if (line[i - 2] == ')')
            return line[i];
    return 0;
}

thrum_thread *run_spawn(void *(*run)(void *), void *argument)
{
    thrum_thread *thread = NULL;
    RUN_CHECK(thrum_spawn(&thread, run, argument, NULL) == THRUM_OK);
    return thread;
}

/* Waits until the thread sleeps in the kernel. */
void run_until_asleep(thrum_thread *thread)
{
    uint32_t process = (uint32_t)thrum_linux_call1(__NR_getpid, 0);
    while (thread_state(process, (uint32_t)thrum_thread_id(thread)) != 'S')
        thrum_yield();
}

/* --- the child of a fork ---------------------------------------------------------------------- */

static thrum_waitgroup child_group;

static bool count_visit(thrum_thread *thread, void *count)
{
    char name[THRUM_NAME_SIZE];
    thrum_get_name(thread, name);
    ++*(uint32_t *)count;
    return true;
}

static void *work(void *argument)
{
    thrum_waitgroup_done(&child_group);
    return argument;
}

static void use_threads(void)
{
    enum { THREADS = 3, ROUNDS = 2 };
    for (int round = 0; round < ROUNDS; round++) {
        thrum_thread *threads[THREADS];
        thrum_waitgroup_add(&child_group, THREADS);
        for (int i = 0; i < THREADS; i++)
            RUN_CHECK(thrum_spawn(&threads[i], work, &threads[i], NULL) == THRUM_OK);
        for (int i = 0; i < THREADS; i++) {
            RUN_CHECK(threads[i] != thrum_self());
            for (int j = 0; j < i; j++)
                RUN_CHECK(threads[i] != threads[j]);
        }
        thrum_waitgroup_wait(&child_group);
        for (int i = 0; i < THREADS; i++) {
            void *result = NULL;
            RUN_CHECK(thrum_join(threads[i], &result) == THRUM_OK && result == &threads[i]);
        }
    }
}

static void use_keys(void)
{
    thrum_tls_key key, other;
    RUN_CHECK(thrum_tls_alloc(&key, NULL, 0) == THRUM_OK);
    RUN_CHECK(thrum_tls_alloc(&other, NULL, THRUM_TLS_INHERIT) == THRUM_OK);
    RUN_CHECK(thrum_tls_get(key) == NULL && thrum_tls_get(other) == NULL);
    thrum_tls_set(key, &key);
    RUN_CHECK(thrum_tls_get(key) == &key && thrum_tls_get(other) == NULL);
    thrum_tls_free(key);
    thrum_tls_free(other);
}

/* `self`: NULL in a handler, which has not called the library before. */
static void use_library(thrum_thread *self)
{
    uint32_t count = 0;
    thrum_stack stack;
    static thrum_mutex first;
    if (!stepper_has_libc)
        thrum_after_fork();
    thrum_mutex_lock(&first);
    RUN_CHECK(thrum_mutex_holder(&first) == thrum_id());
    thrum_mutex_unlock(&first);
    RUN_CHECK(self == NULL || thrum_self() == self);
    RUN_CHECK(thrum_id() == (uint64_t)thrum_linux_call1(__NR_gettid, 0));
    thrum_each_thread(count_visit, &count);
    RUN_CHECK(count == 1);
    thrum_dump((int)null_device);
    RUN_CHECK(thrum_stack_info(thrum_self(), &stack) == THRUM_OK && stack.size != 0);
    RUN_CHECK(thrum_set_name(thrum_self(), "child") == THRUM_OK);
    use_objects();
    use_threads();
    use_keys();
    use_threads();
    count = 0;
    thrum_each_thread(count_visit, &count);
    RUN_CHECK(count == 1);
}

/* By SIGALRM. */
void end_after(long seconds)
{
    const long interval[4] = { 0, 0, seconds, 0 };
    thrum_linux_call3(__NR_setitimer, 0, interval, NULL);
}

/* Returns what wait4 says of the child. */
static uint32_t fork_and_use(thrum_thread *self)
{
    int status = -1;
    set(&shared->forking, 1);
    long child = stepper_fork();
    if (child == 0) {
        end_after(STEPPER_CHILD_SECONDS);
        use_library(self);
        for (;;)
            thrum_linux_call1(__NR_exit_group, 0);
    }
    set(&shared->forking, 0);
    while (thrum_linux_call4(__NR_wait4, child, &status, 0, NULL) == -THRUM_LINUX_EINTR) {
    }
    return (uint32_t)status;
}

/* --- the handler ------------------------------------------------------------------------------ */

/* All that handlers may do (thrum(7)). The breakpoint at its end stops the thread for the tracer. */
void stepper_handler(int signo)
{
    int line = 0;
    (void)signo;
    if (what == STEPPER_SIGNAL_FORK) /* before the library knows the thread */
        __atomic_store_n(&shared->status, fork_and_use(NULL), __ATOMIC_RELAXED);
    if (thrum_id() != (uint64_t)thrum_linux_call1(__NR_gettid, 0))
        line = __LINE__;
    if (thrum_thread_id(thrum_self()) != thrum_id())
        line = __LINE__;
    if (thrum_tls_get(handler_key) != NULL)
        line = __LINE__;
    thrum_sem_post(&handler_sem, 1);
    thrum_event_set(&handler_event);
    thrum_wake(&handler_word, THRUM_ALL);
    thrum_dump((int)null_device);
    if (line != 0)
        __atomic_store_n(&shared->line, (uint32_t)line, __ATOMIC_RELAXED);
    __atomic_fetch_add(&shared->handlers, 1, __ATOMIC_RELEASE);
    stepper_stop();
}

/* --- the stepped thread, and main ------------------------------------------------------------- */

/* Where a debugger stops it. */
__attribute__((noinline)) void stepper_begin(void)
{
    __asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) void stepper_end(void)
{
    __asm__ volatile("" ::: "memory");
}

static void *run_stepped(void *scenario)
{
    set(&shared->stepped, (uint32_t)thrum_id());
    while (get(&shared->begin) == 0)
        thrum_arch_relax();
    stepper_begin();
    ((const struct scenario *)scenario)->call();
    stepper_end();
    set(&shared->finished, 1);
    await(&shared->leave, 1);
    return NULL;
}

/* Each post of a handler is there, and no other. */
static void check_handlers(void)
{
    uint32_t posts = 0, handlers = get(&shared->handlers);
    while (thrum_sem_try_wait(&handler_sem))
        posts++;
    RUN_CHECK(posts == handlers);
    RUN_CHECK(thrum_event_is_set(&handler_event) == (handlers != 0));
}

/* A debugger that changes a word wakes nobody. */
static long look_again_ns(void)
{
    return stepper_is_served ? 1000000 : 0;
}

_Noreturn void run_scenario(const struct scenario *scenario, enum stepper_what wanted)
{
    what = wanted;
    if (!stepper_has_libc && !stepper_is_served)
        thrum_after_fork(); /* of the tracer */
    null_device = thrum_linux_call4(__NR_openat, -100, "/dev/null", 1, 0);
    RUN_CHECK(thrum_tls_alloc(&handler_key, NULL, 0) == THRUM_OK);
    RUN_CHECK(stepper_handle(STEPPER_SIGNO, stepper_handler, true));
    RUN_CHECK(stepper_handle(STEPPER_ALARM, NULL, true)); /* ends a child that hangs */
    if (scenario->setup != NULL)
        scenario->setup();
    /* small stacks, because a look at which of their pages are in memory is many instructions */
    const thrum_spawn_options options = { .stack_size = 1 << 17 };
    RUN_CHECK(thrum_spawn(&stepped, run_stepped, (void *)(uintptr_t)scenario, &options) ==
              THRUM_OK);
    set(&shared->forker, (uint32_t)thrum_id());
    for (uint32_t served = 0, asked; get(&shared->leave) == 0; served = asked) {
        while ((asked = get(&shared->request)) == served)
            sleep_on(&shared->request, served, look_again_ns());
        if (get(&shared->leave) != 0)
            break;
        __atomic_store_n(&shared->status, fork_and_use(thrum_self()), __ATOMIC_RELAXED);
        set(&shared->done, asked);
    }
    set(&shared->leave, 1); /* a debugger has not woken the thread */
    RUN_CHECK(thrum_join(stepped, NULL) == THRUM_OK);
    if (scenario->finish != NULL)
        scenario->finish();
    check_handlers();
    RUN_CHECK(get(&shared->line) == 0);
    for (;;)
        thrum_linux_call1(__NR_exit_group, 0);
}
