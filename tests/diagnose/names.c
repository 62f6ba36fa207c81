/* Names are text from outside: whatever bytes they hold, no line is forged by them. */
#include "../support/thread_system.h"
#include "../test.h"

static const struct {
    const char *name, *written;
} names[] = {
    { "plain name", "\"plain name\"" },
    { "x\"\nthrum: thread 1 \"", "\"x\\\"\\x0athrum: thread 1 \\\"\"" },
    { "a\\b", "\"a\\\\b\"" },
    { "\x1b[2J\a\r\t\x01\x1f", "\"\\x1b[2J\\x07\\x0d\\x09\\x01\\x1f\"" },
    { "del\x7f", "\"del\\x7f\"" },
    { "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf", NULL }, /* as it is */
    { "\xc2\xa0\xed\x9f\xbf\xee\x80\x80", NULL },
    { "\xc2\x9b"
      "2J\xc2\x80",
      "\"\\xc2\\x9b2J\\xc2\\x80\"" },          /* C1 control characters */
    { "\xff\xfe\x80", "\"\\xff\\xfe\\x80\"" }, /* never in UTF-8; alone */
    { "\xc0\xaf\xc1\xbf\xe0\x9f\xbf", "\"\\xc0\\xaf\\xc1\\xbf\\xe0\\x9f\\xbf\"" }, /* overlong */
    { "\xf0\x8f\xbf\xbf", "\"\\xf0\\x8f\\xbf\\xbf\"" },                            /* overlong */
    { "\xed\xa0\x80", "\"\\xed\\xa0\\x80\"" },                                     /* a surrogate */
    { "\xf4\x90\x80\x80\xf5", "\"\\xf4\\x90\\x80\\x80\\xf5\"" }, /* beyond U+10FFFF */
    { "\xe2\x82", "\"\\xe2\\x82\"" },                            /* cut off, at the end */
    { "\xe2\x82\"", "\"\\xe2\\x82\\\"\"" },                      /* cut off, within */
    { "\xf0\x9f\x98", "\"\\xf0\\x9f\\x98\"" },
};
enum { COUNT = sizeof names / sizeof *names };

/* The name as it must stand in a line. */
static const char *written(size_t which)
{
    static char as_it_is[THRUM_NAME_SIZE + 2];
    if (names[which].written != NULL)
        return names[which].written;
    size_t length = text_length(names[which].name);
    as_it_is[0] = '"';
    for (size_t i = 0; i < length; i++)
        as_it_is[i + 1] = names[which].name[i];
    as_it_is[length + 1] = '"';
    as_it_is[length + 2] = '\0';
    return as_it_is;
}

/* `text` has the name, and no control character but so many line ends. */
static void check_text(const char *text, size_t which, unsigned lines)
{
    unsigned ends = 0, controls = 0;
    for (size_t i = 0; text[i] != '\0'; i++) {
        ends += text[i] == '\n';
        controls += ((unsigned char)text[i] < 32 && text[i] != '\n') || text[i] == 127;
    }
    CHECK_EQ(ends, lines);
    CHECK_EQ(controls, 0);
    if (!CHECK(test_contains(text, written(which))))
        test_note("name %u is not %s in: %s", (unsigned)which, written(which), text);
}

static thrum_event leave;
static thrum_mutex mutex;

static void *stay(void *unused)
{
    thrum_event_wait(&leave);
    return unused;
}

TEST(dump_escapes_names, 10)
{
    static char output[16384];
    thrum_event_reset(&leave);
    thrum_thread *thread = test_spawn(stay, NULL);
    for (size_t which = 0; which < COUNT; which++) {
        int ends[2];
        size_t length = 0, got;
        (void)thrum_set_name(thread, names[which].name);
        if (!CHECK(system_pipe(ends)))
            break;
        unsigned threads = test_thread_count();
        thrum_dump(ends[1]);
        system_close(ends[1]);
        while (length < sizeof output - 1 &&
               (got = system_read(ends[0], output + length, sizeof output - 1 - length)) > 0)
            length += got;
        output[length] = '\0';
        system_close(ends[0]);
        check_text(output, which, threads);
    }
    thrum_event_set(&leave);
    test_join(thread);
}

static void misuse_by_that_name(void *name)
{
    if (name != NULL)
        (void)thrum_set_name(thrum_self(), name);
    thrum_mutex_unlock(&mutex);
}

TEST(fatal_escapes_names, 20)
{
    for (size_t which = 0; which < COUNT; which++) {
        char name[THRUM_NAME_SIZE] = { 0 };
        __builtin_memcpy(name, names[which].name, text_length(names[which].name));
        check_text(test_fatal(misuse_by_that_name, name), which, 0);
    }
}

/* The holder's, too. */
TEST(fatal_escapes_the_holders_name, 10)
{
    char before[THRUM_NAME_SIZE];
    thrum_get_name(thrum_self(), before);
    thrum_mutex_lock(&mutex);
    (void)thrum_set_name(thrum_self(), names[1].name);
    check_text(test_fatal(misuse_by_that_name, NULL), 1, 0);
    (void)thrum_set_name(thrum_self(), before);
    mutex = (thrum_mutex)THRUM_MUTEX_INIT; /* whoever unlocked it may have done so */
}

/* --- lines that end the process ----------------------------------------------------------------- */

static void expect_line(void (*body)(void *), const char *says)
{
    struct system_child *child = test_child();
    if (!CHECK(system_run(body, NULL, 5000, child)))
        return;
    if (child->exit_status == 3) {
        test_skip("stack overflow is not caught on this system");
        return;
    }
    CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
    CHECK(test_contains(child->output, says));
    check_text(child->output, 1, 1);
}

static thrum_mutex first, second;
static thrum_barrier both = THRUM_BARRIER_INIT(2);

static void *lock_second_then_first(void *unused)
{
    thrum_mutex_lock(&second);
    thrum_barrier_wait(&both);
    thrum_mutex_lock(&first);
    return unused;
}

static thrum_thread *spawn_named(void *(*run)(void *))
{
    thrum_thread *thread = NULL;
    CHILD_CHECK(thrum_spawn(&thread, run, NULL, &(thrum_spawn_options){ .name = names[1].name }) ==
                THRUM_OK);
    return thread;
}

static void deadlock(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(NULL);
    (void)thrum_set_name(thrum_self(), names[3].name);
    thrum_mutex_lock(&first);
    (void)spawn_named(lock_second_then_first);
    thrum_barrier_wait(&both);
    thrum_mutex_lock(&second);
}

TEST(deadlock_escapes_names, 10)
{
    expect_line(deadlock, "deadlock");
}

static __attribute__((noinline)) size_t overflow(size_t depth)
{
    volatile char frame[1500];
    frame[depth % sizeof frame] = 1;
    if (depth == SIZE_MAX)
        return 0;
    return overflow(depth + 1) + (unsigned char)frame[0];
}

static void *overflow_it(void *unused)
{
    (void)unused;
    return (void *)(uintptr_t)overflow(0);
}

static void overflow_by_name(void *unused)
{
    (void)unused;
    thrum_set_fatal_hook(NULL);
    if (thrum_catch_overflow() == THRUM_UNSUPPORTED)
        system_exit(3);
    thrum_join(spawn_named(overflow_it), NULL);
}

TEST(overflow_escapes_names, 10)
{
    expect_line(overflow_by_name, "overflow");
}
