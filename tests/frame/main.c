/* Runs the registered tests, one after the other, each under its deadline. */
#include "frame.h"

void (*test_part)(void);
int test_argc;
char **test_argv, **test_envp;

static struct test *first_test, **last_link = &first_test;

static const char *running = "(none)"; /* read by the watchdog */
static uint32_t running_number;
/* In 2^27 ns, which 32 bits hold for 18 years; UINT32_MAX: never. */
static uint32_t running_start, running_length, running_deadline = UINT32_MAX;
static _Alignas(4) uint32_t watchdog_stop;

static struct {
    uint32_t passed, failed, skipped;
} total;

void test_register(struct test *test)
{
    *last_link = test;
    last_link = &test->next;
}

const char *frame_running(void)
{
    return __atomic_load_n(&running, __ATOMIC_RELAXED);
}

/* --- arguments -------------------------------------------------------------------------------- */

static bool parse_number(const char *text, uint64_t *number)
{
    const char *start = text;
    for (*number = 0; *text >= '0' && *text <= '9'; ++text)
        *number = *number * 10 + (uint64_t)(*text - '0');
    return text != start && !*text;
}

/* The rest of `argument` after `option`, NULL if it is another. */
static const char *option_value(const char *argument, const char *option)
{
    for (; *option; ++option, ++argument) {
        if (*argument != *option)
            return NULL;
    }
    return argument;
}

/* `pattern` is a test's name, or the beginning of some with a star at its end. */
bool frame_matches(const char *name, const char *pattern)
{
    for (; *pattern && *pattern == *name; ++pattern, ++name) {
    }
    return (!*pattern && !*name) || (pattern[0] == '*' && !pattern[1]);
}

static bool is_option(const char *argument)
{
    return argument[0] == '-' && argument[1] == '-';
}

/* What a kernel gives the first process for itself: "-s", "--". */
static bool is_kernels(const char *argument)
{
    return argument[0] == '-' && (argument[1] != '-' || !argument[2]) && system_process_id() == 1;
}

/* Whether `file` lies in the folder tests/AREA or below. */
static bool in_area(const char *file, const char *area)
{
    static const char tests[] = "tests/";
    for (; *file; ++file) {
        const char *rest = option_value(file, tests);
        rest = rest ? option_value(rest, area) : NULL;
        if (rest && *rest == '/')
            return true;
    }
    return false;
}

static bool wanted(const struct test *test)
{
    bool any_name = false, named = false;
    for (int i = 1; i < test_argc; ++i) {
        const char *argument = test_argv[i], *value;
        if (is_kernels(argument))
            continue;
        if ((value = option_value(argument, "--area=")) && !in_area(test->file, value))
            return false;
        if ((value = option_value(argument, "--except=")) && frame_matches(test->name, value))
            return false;
        if (is_option(argument))
            continue;
        any_name = true;
        named = named || frame_matches(test->name, argument);
    }
    return named || !any_name;
}

/* Marks the tests that run, and returns how many: of those wanted one in `one_in`, from one on that the
 * seed chooses. */
static uint32_t choose(uint64_t one_in)
{
    uint64_t index = test_seed() % one_in;
    uint32_t count = 0;
    for (struct test *test = first_test; test; test = test->next) {
        test->chosen = wanted(test) && index++ % one_in == 0;
        count += test->chosen;
    }
    return count;
}

/* Whether there is a test of that name, or in that area, whichever is not NULL. */
static bool check_name(const char *name, const char *area)
{
    for (const struct test *test = first_test; test; test = test->next) {
        if (name ? frame_matches(test->name, name) : in_area(test->file, area))
            return true;
    }
    frame_print("Bail out! no test is %s %s", name ? "named" : "in", name ? name : area);
    return false;
}

static bool parse_arguments(bool *list, uint64_t *one_in)
{
    for (int i = 1; i < test_argc; ++i) {
        const char *argument = test_argv[i], *value;
        uint64_t number;
        if (is_kernels(argument))
            continue;
        if ((value = option_value(argument, "--seed=")) && parse_number(value, &number)) {
            frame_set_seed(number);
        } else if ((value = option_value(argument, "--scale=")) && parse_number(value, &number)) {
            frame_set_scale((uint32_t)(number > 10000 ? 10000 : number));
        } else if ((value = option_value(argument, "--list")) && !*value) {
            *list = true;
        } else if ((value = option_value(argument, "--area="))) {
            if (!check_name(NULL, value))
                return false;
        } else if ((value = option_value(argument, "--except="))) {
            if (!check_name(value, NULL))
                return false;
        } else if ((value = option_value(argument, "--one-in=")) && parse_number(value, &number) &&
                   number > 0) {
            *one_in = number;
        } else if (is_option(argument)) {
            frame_print("Bail out! unknown option %s", argument);
            return false;
        } else if (!check_name(argument, NULL)) {
            return false;
        }
    }
    return true;
}

/* --- deadlines -------------------------------------------------------------------------------- */

static _Noreturn void hung(void)
{
    frame_print("not ok %u - %s # hung", __atomic_load_n(&running_number, __ATOMIC_RELAXED),
                frame_running());
    frame_print("Bail out! %s did not end before its deadline", frame_running());
    thrum_dump(2);
    system_exit(1);
}

static void crashed(int signal)
{
    system_default_crashes(); /* a crash in here is the last */
    frame_print("not ok %u - %s # crashed", __atomic_load_n(&running_number, __ATOMIC_RELAXED),
                frame_running());
    frame_print("Bail out! %s met signal %d", frame_running(), signal);
    thrum_dump(2);
    system_exit(1);
}

static uint32_t deadline_time(thrum_time time)
{
    return (uint32_t)(time >> 27);
}

/* A test is hung if it has had its time: not that of the wall, which on a machine with a load of 30 goes
 * on thirty times as fast as the test, but that in which it could run or chose to sleep. A deadlock
 * chooses to sleep, and an endless loop runs. FAR is for what waits for a CPU without end. */
static bool has_more_time(uint32_t deadline)
{
    enum { FAR = 20 };
    uint32_t start = __atomic_load_n(&running_start, __ATOMIC_RELAXED);
    uint32_t length = __atomic_load_n(&running_length, __ATOMIC_RELAXED);
    uint32_t passed = deadline_time(thrum_now()) - start;
    uint32_t starved = deadline_time(frame_starved());
    if (passed - starved > length || passed / FAR > length)
        return false;
    /* fails if that test has ended */
    __atomic_compare_exchange_n(&running_deadline, &deadline, start + length + starved + 1, false,
                                __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return true;
}

static void *watch(void *unused)
{
    (void)unused;
    while (!__atomic_load_n(&watchdog_stop, __ATOMIC_ACQUIRE)) {
        /* acquire: see run_test */
        uint32_t deadline = __atomic_load_n(&running_deadline, __ATOMIC_ACQUIRE);
        if (deadline_time(thrum_now()) > deadline && !has_more_time(deadline))
            hung();
        if (thrum_wait_until(&watchdog_stop, 0, thrum_after(test_ms(250))) == THRUM_INVALID)
            break;
    }
    return NULL;
}

static void on_alarm(int signal)
{
    (void)signal;
    if (!has_more_time(__atomic_load_n(&running_deadline, __ATOMIC_RELAXED)))
        hung();
    system_alarm(1, on_alarm);
}

enum {
    GUARD = 3,          /* a machine that others use too may take so many times a test's deadline */
    SLOW_NS = 500000000 /* it is told how long such a test took */
};

/* --- running ---------------------------------------------------------------------------------- */

static bool count_thread(thrum_thread *thread, void *count)
{
    (void)thread;
    ++*(uint32_t *)count;
    return true;
}

uint32_t test_thread_count(void)
{
    uint32_t count = 0;
    thrum_each_thread(count_thread, &count);
    return count;
}

/* Detached threads may still be on their way out. */
static void check_threads(uint32_t before)
{
    thrum_time limit = thrum_after(test_run_ms(3000)), pause = test_run_ms(1);
    uint32_t after = test_thread_count();
    while (after > before && !test_late(limit)) {
        /* longer each time: a look may cost a wait for a CPU, which the limit does not count */
        thrum_sleep_until(thrum_after(pause));
        pause = pause < test_run_ms(50) ? 2 * pause : pause;
        after = test_thread_count();
    }
    if (after <= before)
        return;
    test_check(false, "every thread of the test has ended", running, 0);
    test_note("%u threads before, %u after", before, after);
    thrum_dump(2);
}

static void report(const char *name)
{
    const char *reason = frame_skip_reason();
    if (frame_failures() != 0) {
        ++total.failed;
        frame_print("not ok %u - %s", running_number, name);
    } else if (reason) {
        ++total.skipped;
        frame_print("ok %u - %s # SKIP %s", running_number, name, reason);
    } else {
        ++total.passed;
        frame_print("ok %u - %s", running_number, name);
    }
}

static void run_test(const struct test *test)
{
    thrum_time start = thrum_now();
    uint32_t threads = test_thread_count();
    unsigned seconds = test->seconds * GUARD;
    thrum_time length = frame_stretch((thrum_time)seconds * 1000000000);
    frame_begin();
    frame_begin_share();
    __atomic_store_n(&running, test->name, __ATOMIC_RELAXED);
    __atomic_store_n(&running_number, running_number + 1, __ATOMIC_RELAXED);
    __atomic_store_n(&running_start, deadline_time(start), __ATOMIC_RELAXED);
    __atomic_store_n(&running_length, deadline_time(length), __ATOMIC_RELAXED);
    /* release: the watchdog that sees this deadline sees its start and length */
    __atomic_store_n(&running_deadline, deadline_time(start + length) + 1, __ATOMIC_RELEASE);
    if (test->alone)
        system_alarm(seconds, on_alarm);
    const char *lacks = system_lacks(test->name);
    if (lacks)
        test_skip(lacks);
    else
        test->run();
    check_threads(threads);
    if (test->alone)
        system_alarm(0, NULL);
    __atomic_store_n(&running_deadline, UINT32_MAX, __ATOMIC_RELAXED);
    thrum_time took = thrum_now() - start;
    if (took > SLOW_NS)
        test_note("%l ms:", took / 1000000);
    report(test->name);
}

/* Tests that look at the time before the first spawn; those that spawn come after the others. */
static void run_alone(unsigned alone)
{
    for (const struct test *test = first_test; test; test = test->next) {
        if (test->alone == alone && test->chosen)
            run_test(test);
    }
}

/* A program that ends by itself before its tests have is not one that has passed. */
static uint64_t unfinished; /* the process's id */

__attribute__((destructor)) static void look_for_an_early_end(void)
{
    if (unfinished == 0 || unfinished != system_process_id())
        return;
    frame_print("Bail out! the process ended in %s", frame_running());
    system_exit(1);
}

static void run_rest(void)
{
    thrum_thread *watchdog = NULL;
    thrum_status status = THRUM_UNSUPPORTED;
    /* ThreadSanitizer may fail in a child that spawns if other threads were there at the fork */
    if (!(system_checker() & SYSTEM_THREAD_SANITIZER))
        status = thrum_spawn(&watchdog, watch, NULL, &(thrum_spawn_options){ .name = "watchdog" });
    if (status != THRUM_OK)
        test_note("no watchdog: %s", thrum_status_text(status));
    frame_measure();
    run_alone(0);
    __atomic_store_n(&watchdog_stop, 1, __ATOMIC_RELEASE);
    thrum_wake(&watchdog_stop, THRUM_ALL);
    if (watchdog)
        thrum_join(watchdog, NULL);
}

int main(int argc, char **argv, char **envp)
{
    bool list = false;
    uint64_t one_in = 1;
    test_argc = argc;
    test_argv = argv;
    test_envp = envp;
    if (test_part)
        test_part();
    frame_set_seed(thrum_now() ^ (thrum_id() << 40));
    if (!parse_arguments(&list, &one_in))
        return 1;
    uint32_t count = choose(one_in);
    if (list) {
        for (const struct test *test = first_test; test; test = test->next) {
            if (test->chosen)
                frame_print("%s", test->name);
        }
        return 0;
    }
    frame_print("TAP version 13");
    frame_print("1..%u", count);
    test_note("--seed=%l", test_seed());
    test_note("pages of %l bytes", (uint64_t)system_page_size());
    frame_catch_fatal();
    system_catch_crashes(crashed);
    unfinished = system_process_id();
    run_alone(TEST_NEVER_SPAWNS);
    run_alone(TEST_SPAWNS_FIRST);
    run_rest();
    unfinished = 0;
    frame_print("%u passed, %u failed, %u skipped", total.passed, total.failed, total.skipped);
    return total.failed == 0 && total.passed + total.skipped > 0 ? 0 : 1;
}
