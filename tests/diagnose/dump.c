/* thrum_dump: one line a thread, what it does, what it waits for and who holds that. */
#include "../support/thread_system.h"
#include "../test.h"

static char output[32768];

/* What a dump by the calling thread writes; it fits into a pipe. */
static const char *dump(void)
{
    int ends[2];
    output[0] = 0;
    if (!CHECK(system_pipe(ends)))
        return output;
    thrum_dump(ends[1]);
    system_close(ends[1]);
    size_t length = 0, got;
    while (length < sizeof output - 1 &&
           (got = system_read(ends[0], output + length, sizeof output - 1 - length)) > 0)
        length += got;
    output[length] = 0;
    system_close(ends[0]);
    return output;
}

/* The line about a thread: the first number in it is the thread's. */
static const char *line_of(const char *text, uint64_t id)
{
    static char line[512];
    while (*text) {
        size_t length = 0, digit = 0;
        for (; text[length] && text[length] != '\n' && length < sizeof line - 1; ++length)
            line[length] = text[length];
        line[length] = 0;
        while (line[digit] && (line[digit] < '0' || line[digit] > '9'))
            ++digit;
        uint64_t number = 0;
        for (; line[digit] >= '0' && line[digit] <= '9'; ++digit)
            number = number * 10 + (uint64_t)(line[digit] - '0');
        if (number == id)
            return line;
        text += length + (text[length] == '\n');
    }
    line[0] = 0;
    return line;
}

/* Until `word` is in the line about the thread, or five seconds have passed. */
static const char *dump_until(thrum_thread *thread, const char *word)
{
    thrum_time limit = thrum_after(test_ms(5000));
    const char *line;
    do
        line = line_of(dump(), thrum_thread_id(thread));
    while (!test_contains(line, word) && !test_late(limit));
    if (!CHECK(test_contains(line, word)))
        test_note("no \"%s\" in: %s", word, line);
    return line;
}

static thrum_mutex mutex;
static thrum_rwlock rwlock;
static thrum_recursive_mutex recursive;
static thrum_sem sem;
static thrum_cond cond;
static thrum_event leave, ready;
static uint32_t stop;

static void *hold_all(void *unused)
{
    thrum_mutex_lock(&mutex);
    thrum_recursive_mutex_lock(&recursive);
    thrum_rwlock_write_lock(&rwlock);
    thrum_event_set(&ready);
    thrum_event_wait(&leave);
    thrum_rwlock_write_unlock(&rwlock);
    thrum_recursive_mutex_unlock(&recursive);
    thrum_mutex_unlock(&mutex);
    return unused;
}

static void *wait_mutex(void *unused)
{
    thrum_mutex_lock(&mutex);
    thrum_mutex_unlock(&mutex);
    return unused;
}

static void *wait_recursive(void *unused)
{
    thrum_recursive_mutex_lock(&recursive);
    thrum_recursive_mutex_unlock(&recursive);
    return unused;
}

static void *wait_writer(void *unused)
{
    thrum_rwlock_write_lock(&rwlock);
    thrum_rwlock_write_unlock(&rwlock);
    return unused;
}

static void *wait_reader(void *unused)
{
    thrum_rwlock_read_lock(&rwlock);
    thrum_rwlock_read_unlock(&rwlock);
    return unused;
}

static void *wait_sem(void *unused)
{
    thrum_sem_wait(&sem);
    return unused;
}

static void *wait_cond(void *unused)
{
    static thrum_mutex own;
    thrum_mutex_lock(&own);
    thrum_cond_wait(&cond, &own);
    thrum_mutex_unlock(&own);
    return unused;
}

static void *wait_timed(void *unused)
{
    if (thrum_mutex_lock_until(&mutex, thrum_after(test_ms(60000))) == THRUM_OK)
        thrum_mutex_unlock(&mutex);
    return unused;
}

static thrum_thread *spawn_named(void *(*run)(void *), const char *name)
{
    thrum_thread *thread = NULL;
    CHECK(thrum_spawn(&thread, run, NULL,
                      &(thrum_spawn_options){ .name = name, .stack_size = 300000 }) == THRUM_OK);
    return thread;
}

static void begin(void)
{
    thrum_event_reset(&ready);
    thrum_event_reset(&leave);
    sem = (thrum_sem)THRUM_SEM_INIT(0);
    stop = 0;
}

TEST(dump_has_a_line_for_each_thread, 10)
{
    begin();
    thrum_thread *holder = spawn_named(hold_all, "the holder");
    thrum_event_wait(&ready);
    dump_until(holder, "waits");
    const char *text = dump();
    CHECK_EQ(text_count(text, "\n"), test_thread_count());
    const char *line = line_of(text, thrum_thread_id(holder));
    thrum_stack info;
    thrum_stack_info(holder, &info);
    CHECK(test_contains(line, "the holder"));
    CHECK(test_contains(line, "stack"));
    CHECK(test_contains_number(line, info.size));
    CHECK(test_contains(line, "waits"));
    CHECK(test_contains_address(line, &leave));
    test_note("%s", line);
    line = line_of(text, thrum_id());
    CHECK(test_contains(line, "runs"));
    CHECK(test_contains(line, "main"));
    test_note("%s", line);
    thrum_event_set(&leave);
    test_join(holder);
    CHECK(line_of(dump(), thrum_thread_id(thrum_self()))[0] != 0);
}

/* Each kind of lock: the object's address, its holder's id and name. */
TEST(dump_names_locks_and_holders, 20)
{
    static void *(*const waits[])(void *) = { wait_mutex, wait_recursive, wait_writer, wait_reader,
                                              wait_timed };
    static const volatile void *const objects[] = { &mutex, &recursive, &rwlock, &rwlock, &mutex };
    thrum_thread *threads[5];
    begin();
    thrum_thread *holder = spawn_named(hold_all, "the holder");
    thrum_event_wait(&ready);
    for (int i = 0; i < 5; ++i) {
        threads[i] = spawn_named(waits[i], "the waiter");
        const char *line = dump_until(threads[i], "waits");
        CHECK(test_contains_address(line, (const void *)objects[i]));
        CHECK(test_contains(line, "held by"));
        CHECK(test_contains_number(line, thrum_thread_id(holder)));
        CHECK(test_contains(line, "the holder"));
        CHECK(test_contains(line, "the waiter"));
        test_note("%s", line);
    }
    thrum_event_set(&leave);
    for (int i = 0; i < 5; ++i)
        test_join(threads[i]);
    test_join(holder);
}

static void *join_argument(void *thread)
{
    return test_join(thread);
}

static void *sleep_long(void *unused)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        thrum_sleep_until(thrum_after(test_ms(50)));
    return unused;
}

static void *spin(void *unused)
{
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
        ;
    return unused;
}

TEST(dump_names_other_waits, 20)
{
    begin();
    thrum_thread *semaphore = spawn_named(wait_sem, "sem waiter");
    CHECK(test_contains_address(dump_until(semaphore, "waits"), &sem));
    thrum_thread *condition = spawn_named(wait_cond, "cond waiter");
    CHECK(test_contains_address(dump_until(condition, "waits"), &cond));
    thrum_thread *spinner = spawn_named(spin, "spinner");
    CHECK(test_contains(dump_until(spinner, "spinner"), "runs"));
    thrum_thread *sleeper = spawn_named(sleep_long, "sleeper");
    test_note("%s", dump_until(sleeper, "sleeper"));
    thrum_thread *joiner = test_spawn(join_argument, sleeper);
    CHECK(test_contains_number(dump_until(joiner, "waits"), thrum_thread_id(sleeper)));
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    thrum_sem_post(&sem, 1);
    thrum_cond_signal(&cond);
    test_join(semaphore);
    test_join(condition);
    test_join(spinner);
    test_join(joiner);
}

static void *nothing(void *argument)
{
    return argument;
}

TEST(dump_names_the_ended, 10)
{
    thrum_thread *thread = spawn_named(nothing, "the ended");
    const char *line = dump_until(thread, "ended, not joined");
    CHECK(test_contains(line, "the ended"));
    test_join(thread);
}

/* --- from a handler --------------------------------------------------------------------------- */

static int handler_fd;
static uint32_t dumped;

static void dump_in_handler(int signal)
{
    (void)signal;
    thrum_dump(handler_fd);
    __atomic_fetch_add(&dumped, 1, __ATOMIC_RELEASE);
}

static void *drain(void *counts)
{
    char part[4096];
    size_t got, *lines = counts;
    while ((got = system_read(handler_fd - 1, part, sizeof part)) > 0)
        for (size_t i = 0; i < got; ++i)
            *lines += part[i] == '\n';
    return NULL;
}

static void *come_and_go(void *unused)
{
    thrum_spawn_options detached = { .detached = true };
    for (uint32_t i = 0; !__atomic_load_n(&stop, __ATOMIC_RELAXED); ++i) {
        if (i % 2)
            CHECK(thrum_spawn(NULL, nothing, NULL, &detached) == THRUM_OK);
        else
            test_join(test_spawn(nothing, unused));
        thrum_mutex_lock(&mutex);
        thrum_mutex_unlock(&mutex);
    }
    return NULL;
}

/* The handler interrupts threads that spawn, end, lock: whatever they hold, no dump hangs. */
TEST(dump_from_a_handler_at_any_moment, 20)
{
    if (test_skip_unsound_handlers())
        return;
    int ends[2];
    size_t lines = 0;
    uint32_t threads_before = test_thread_count(), wanted = test_scale(1000, 30), sent = 0;
    begin();
    dumped = 0;
    if (!CHECK(system_pipe(ends)) || !CHECK_EQ(ends[1], ends[0] + 1))
        return;
    handler_fd = ends[1];
    thrum_thread *reader = test_spawn(drain, &lines);
    system_handle(SYSTEM_SIGNAL_A, dump_in_handler, SYSTEM_RESTART);
    thrum_thread *threads[3];
    for (int i = 0; i < 3; ++i)
        threads[i] = test_spawn(come_and_go, NULL);
    thrum_time limit = thrum_after(test_run_ms(3000));
    for (;;) {
        uint32_t now = __atomic_load_n(&dumped, __ATOMIC_ACQUIRE);
        if (now >= wanted || (now > 0 && thrum_now() >= limit) || test_late(limit))
            break;
        for (int i = 0; i < 3; ++i)
            sent += system_signal(thrum_thread_id(threads[i]), SYSTEM_SIGNAL_A);
        thrum_sleep_until(thrum_after(300000));
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < 3; ++i)
        test_join(threads[i]);
    system_handle(SYSTEM_SIGNAL_A, (void (*)(int))1, 0);
    system_close(ends[1]);
    test_join(reader);
    system_close(ends[0]);
    test_note("%u signals, %u dumps, %l lines", sent, dumped, (uint64_t)lines);
    CHECK(dumped > 0);
    CHECK(lines >= dumped);
    limit = thrum_after(test_ms(3000));
    while (test_thread_count() > threads_before && !test_late(limit))
        thrum_yield();
}

/* --- within a visit --------------------------------------------------------------------------- */

/* The visitor holds the list, so nobody comes or goes between the dump and the last visit; but
 * whoever has ended by then is dumped and not visited. */
struct visit {
    uint32_t threads, with_line;
};

static bool dump_at_the_first(thrum_thread *thread, void *context)
{
    struct visit *visit = context;
    if (visit->threads++ == 0)
        dump();
    visit->with_line += line_of(output, thrum_thread_id(thread))[0] != 0;
    return true;
}

TEST(dump_within_each_thread, 5)
{
    struct visit visit = { 0 };
    thrum_each_thread(dump_at_the_first, &visit);
    CHECK(visit.threads > 0);
    CHECK_EQ(visit.with_line, visit.threads);
}

/* While another thread has the list for long, a dump says so and does not hang. */
static bool stay_within(thrum_thread *thread, void *context)
{
    (void)thread, (void)context;
    thrum_event_set(&ready);
    thrum_event_wait(&leave);
    return false;
}

static void *visit_and_stay(void *unused)
{
    thrum_each_thread(stay_within, unused);
    return unused;
}

TEST(dump_while_another_visits_the_threads, 10)
{
    begin();
    thrum_thread *visitor = test_spawn(visit_and_stay, NULL);
    thrum_event_wait(&ready);
    const char *text = dump();
    CHECK(text[0] != 0);
    test_note("%s", text_begins(text, "thrum: ") ? text : "it was dumped all the same");
    thrum_event_set(&leave);
    test_join(visitor);
}

/* A descriptor that cannot be written to is no fault. */
TEST(dump_to_nowhere, 5)
{
    thrum_dump(-1);
    thrum_dump(12345);
}
