/* What main gets from the kernel, and what the program's end gives back. */
#include "../support/thread_system.h"
#include "../test.h"

static bool run_again(const char *first, const char *second)
{
    char name[] = "again";
    char *arguments[] = { name, (char *)(uintptr_t)first, (char *)(uintptr_t)second, NULL };
    const char *path = system_own_path();
    if (!path || !system_run_program(path, arguments, 8000, test_child()) ||
        test_child()->exit_status == 127) {
        test_skip("the program's own file is not there to be run again");
        return false;
    }
    return true;
}

TEST(start_gives_arguments_and_environment, 5)
{
    CHECK(test_argc >= 1);
    CHECK(test_argv != NULL && test_argv[0] != NULL);
    for (int i = 0; i < test_argc; ++i)
        CHECK(test_argv[i] != NULL);
    CHECK(test_argv[test_argc] == NULL);
    CHECK(test_envp == test_argv + test_argc + 1);
    for (char **entry = test_envp; *entry; ++entry)
        CHECK(text_length(*entry) > 0);
}

/* An argument of any bytes arrives whole (the frame names a test it does not know); the status that
 * main returns is the process's. */
TEST(start_passes_odd_arguments_and_status, 15)
{
    static const char *const odd[] = { "", "a b\tc", "\xc3\xa9\x01\x7f", "start_nothing_like_it" };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; ++i) {
        char expected[100] = "Bail out! no test is named ";
        size_t length = text_length(expected), j = 0;
        for (; odd[i][j]; ++j)
            expected[length + j] = odd[i][j];
        expected[length + j] = '\n';
        expected[length + j + 1] = 0;
        if (!run_again("start_gives_arguments_and_environment", odd[i]))
            return;
        CHECK(text_find(test_child()->output, expected) != NULL);
        CHECK_EQ(test_child()->exit_status, 1);
    }
}

/* Three arguments, an empty environment. */
TEST(start_without_environment, 15)
{
    if (!run_again("start_gives_arguments_and_environment", "start_runs_constructors_in_order"))
        return;
    if (!CHECK_EQ(test_child()->exit_status, 0) ||
        !CHECK(text_find(test_child()->output, "2 passed, 0 failed, 0 skipped\n") != NULL))
        test_note_child(test_child());
}

/* --- constructors and destructors ------------------------------------------------------------- */

static unsigned built[4], built_count;
static bool built_in_a_thread;
static THRUM_THREAD_LOCAL unsigned built_variable = 5;

/* As in the image, which no constructor has touched when the first of them looks. */
__attribute__((constructor(300))) static void build_second(void)
{
    built[built_count++ % 4] = 300;
    built_variable += 1;
}

typedef uint32_t vector __attribute__((vector_size(16)));

__attribute__((constructor(200))) static void build_first(void)
{
    volatile vector aligned = { 1, 2, 3, 4 }; /* stores that trap on a misaligned stack */
    built[built_count++ % 4] = 200;
    built_in_a_thread = thrum_self() != NULL && thrum_id() == system_thread_id() && aligned[3] == 4;
    built_variable += 1;
}

__attribute__((constructor)) static void build_third(void)
{
    built[built_count++ % 4] = 65535;
    built_variable += 1;
}

TEST(start_runs_constructors_in_order, 5)
{
    CHECK_EQ(built_count, 3);
    CHECK_EQ(built[0], 200);
    CHECK_EQ(built[1], 300);
    CHECK_EQ(built[2], 65535);
    CHECK(built_in_a_thread);
    CHECK_EQ(built_variable, 8);
}

/* The program that tells of its end is started with a seed that says so. */
#define TELLING_SEED 20260101

static bool tells;
static thrum_tls_key end_key;

__attribute__((destructor(200))) static void end_last(void)
{
    if (tells)
        text_print("# destructor 200\n");
}

__attribute__((destructor(300))) static void end_first(void)
{
    if (tells)
        text_print(thrum_self() != NULL ? "# destructor 300\n" : "# no thread\n");
}

static void tell_key(void *unused)
{
    (void)unused;
    text_print("# key destructor\n");
}

static void *never_ends(void *unused)
{
    thrum_sleep_until(THRUM_FOREVER);
    return unused;
}

TEST(start_end_by_main_runs_destructors, 15)
{
    if (test_seed() == TELLING_SEED) { /* this is the program that is run again */
        tells = true;
        CHECK_EQ(thrum_tls_alloc(&end_key, tell_key, 0), THRUM_OK);
        thrum_tls_set(end_key, &tells);
        return;
    }
    if (!run_again("start_end_by_main_runs_destructors", "--seed=20260101"))
        return;
    const char *output = test_child()->output;
    const char *first = text_find(output, "# destructor 300\n");
    const char *last = text_find(output, "# destructor 200\n");
    const char *closing = text_find(output, "1 passed, 0 failed, 0 skipped\n");
    CHECK_EQ(test_child()->exit_status, 0);
    CHECK(closing && first && last && closing < first && first < last);
    CHECK_EQ(text_count(output, "destructor 200"), 1);
    CHECK(text_find(output, "key destructor") == NULL); /* main returned, it did not exit */
}

/* Main's return ends the process though others run. */
TEST(start_end_by_main_ends_all, 15)
{
    if (test_seed() == TELLING_SEED) {
        thrum_spawn_options detached = { .detached = true };
        CHECK(thrum_spawn(NULL, never_ends, NULL, &detached) == THRUM_OK);
        return;
    }
    if (!run_again("start_end_by_main_ends_all", "--seed=20260101"))
        return;
    CHECK(!test_child()->killed);
    CHECK(test_child()->exit_status >= 0); /* 1: the frame finds a thread left behind */
}
