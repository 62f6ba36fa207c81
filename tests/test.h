/* The test frame: no libc, no file, no environment, no second program. A test is a function that
 * registers itself; a binary runs all it holds, `suite` holds every one. Output is TAP 13, then
 * "N passed, N failed, N skipped". SPDX-License-Identifier: MIT */
#ifndef THRUM_TEST_H
#define THRUM_TEST_H

#include <thrum.h>

struct test {
    const char *name;
    void (*run)(void);
    unsigned seconds; /* the test's own deadline; at a multiple of it: thrum_dump and exit 1 */
    struct test *next;
    unsigned alone;   /* 0, or one of those below */
    const char *file; /* its folder below tests/ is the test's area */
    bool chosen;      /* to be run, by the program's arguments */
};

/* Tests that run before the frame has spawned any thread, without test_scale or test_ms. */
#define TEST_NEVER_SPAWNS 1 /* and spawn none themselves */
#define TEST_SPAWNS_FIRST 2 /* and spawn: only the first of them that runs meets the first spawn */

void test_register(struct test *test);

/* TEST(mutex_excludes, 10) { … } : name as in `suite NAME`, deadline in seconds. */
#define TEST(test_name, deadline_seconds) TEST_ALONE(test_name, deadline_seconds, 0)

/* TEST_ALONE(mutex_held_across_first_spawn, 10, TEST_SPAWNS_FIRST) { … } */
#define TEST_ALONE(test_name, deadline_seconds, when)                              \
    static void test_of_##test_name(void);                                         \
    static struct test test_entry_##test_name = { #test_name, test_of_##test_name, \
                                                  deadline_seconds, NULL, when, __FILE__, false };  \
    __attribute__((constructor)) static void test_register_##test_name(void)       \
    {                                                                              \
        test_register(&test_entry_##test_name);                                    \
    }                                                                              \
    static void test_of_##test_name(void)

/* Records a failure with file, line and text, from any thread, and goes on. True if it held. */
#define CHECK(condition) test_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQ(a, b) test_check_eq((uint64_t)(a), (uint64_t)(b), #a " == " #b, __FILE__, __LINE__)
bool test_check(bool held, const char *text, const char *file, int line);
bool test_check_eq(uint64_t a, uint64_t b, const char *text, const char *file, int line);

/* Marks the running test skipped, with the reason that is printed; the test then returns. */
void test_skip(const char *reason);
/* True, and the test is skipped, where handlers at any moment harm the program (support/system.h). */
bool test_skip_unsound_handlers(void);
/* True, and the test is skipped, under one of these checkers (support/system.h). */
bool test_skip_under(unsigned checkers, const char *reason);

/* A TAP comment: the format knows %s %u (unsigned) %d (int) %l (uint64_t) %x (uint64_t) %p %%. */
void test_note(const char *format, ...);

/* What the functions below go by; a child that is no fork of its process is given it. */
extern struct test_figures {
    uint64_t seed;
    uint32_t scale_percent;
    uint32_t stretch_percent; /* the watchdog reads it while it is measured */
    bool scale_given;
} test_figures;

/* The seed of this run (printed; `--seed=N` sets it) and a generator (one state a thread). */
uint64_t test_seed(void);
uint64_t test_random(uint64_t *state);
/* One of so many numbers, 0 the first. */
uint32_t test_pick(uint64_t *state, uint32_t count);

/* A count for a loop, a thread number or a size that is `full` on the native CPU and less under
 * emulation (measured spawn time against the native one), at least `least`. `--scale=N` sets the
 * percentage. */
uint32_t test_scale(uint32_t full, uint32_t least);
/* The same for how many threads a test spawns: under an emulator, which may keep a third of a
 * megabyte of each for good, it is `least`, unless `--scale=N` says otherwise. */
uint32_t test_scale_threads(uint32_t full, uint32_t least);

/* Milliseconds to a thrum_time length, lengthened under emulation: for waiting and for limits. */
thrum_time test_ms(uint32_t milliseconds);
/* And for going on with what has no count: not lengthened. */
thrum_time test_run_ms(uint32_t milliseconds);

/* Whether it is past `limit`, after that time is taken off for which this test's threads were ready to
 * run but had no CPU: for every limit that says how soon something must have happened. */
bool test_late(thrum_time limit);

/* Spawns, with a small stack if memory has no more, or records a failure (then NULL). */
thrum_thread *test_spawn(void *(*run)(void *), void *argument);
/* Joins, and returns the thread's result; nothing if `thread` is NULL. */
void *test_join(thrum_thread *thread);
/* Joins a thread that has been let go: not THRUM_OK if it takes more than two seconds (test_late). */
thrum_status test_join_soon(thrum_thread *thread, void **result);
/* Live threads, main and the frame's watchdog among them. */
uint32_t test_thread_count(void);

/* Runs `misuse(argument)` in a thread of its own, with a fatal hook that takes the line and ends
 * that thread. Returns the line ("" if none came within five seconds). */
const char *test_fatal(void (*misuse)(void *argument), void *argument);

/* Whether `text` holds `part`; whether it holds the decimal number. */
bool test_contains(const char *text, const char *part);
bool test_contains_number(const char *text, uint64_t number);
/* Whether it holds the address, in the form 0x1234abcd. */
bool test_contains_address(const char *text, const void *address);

/* Set before main in a process that is a part of a test (system_run), where it is no fork: main calls it
 * and nothing else. */
extern void (*test_part)(void);

/* The program's own environment, as main got it. */
extern int test_argc;
extern char **test_argv, **test_envp;

#endif
