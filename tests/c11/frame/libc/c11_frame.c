/* Runs the registered tests above a libc, each under its deadline, at full scale; `--seed=N`. */
#define _POSIX_C_SOURCE 200809L
#include "c11_frame.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct test *first_test, **last_link = &first_test;
static uint32_t failures; /* of the running test, from all its threads */
static uint64_t run_seed;

void test_register(struct test *test)
{
    *last_link = test;
    last_link = &test->next;
}

bool test_check(bool held, const char *text, const char *file, int line)
{
    if (!held && __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED) < 10)
        printf("# %s:%d: failed: %s\n", file, line, text);
    return held;
}

bool test_check_eq(uint64_t a, uint64_t b, const char *text, const char *file, int line)
{
    if (!test_check(a == b, text, file, line))
        printf("# %" PRIu64 ", %" PRIu64 "\n", a, b);
    return a == b;
}

uint64_t test_seed(void)
{
    return run_seed;
}

/* splitmix64, as in tests/frame/scale.c */
uint64_t test_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t test_pick(uint64_t *state, uint32_t count)
{
    return (uint32_t)((test_random(state) >> 32) * count >> 32);
}

uint32_t test_scale(uint32_t full, uint32_t least)
{
    return full < least ? least : full;
}

uint32_t test_scale_threads(uint32_t full, uint32_t least)
{
    return test_scale(full, least);
}

static void on_alarm(int signal)
{
    static const char text[] = "Bail out! a test did not end before its deadline\n";
    (void)signal;
    _exit(write(1, text, sizeof text - 1) < 0 ? 2 : 1);
}

int main(int argc, char **argv)
{
    struct timespec now;
    unsigned count = 0, number = 0, failed = 0;
    clock_gettime(CLOCK_MONOTONIC, &now);
    run_seed = (uint64_t)now.tv_nsec << 20 ^ (uint64_t)getpid();
    if (argc > 1 && strncmp(argv[1], "--seed=", 7) == 0)
        run_seed = strtoull(argv[1] + 7, NULL, 10);
    for (const struct test *test = first_test; test; test = test->next)
        ++count;
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGALRM, on_alarm);
    printf("TAP version 13\n1..%u\n# --seed=%" PRIu64 "\n", count, run_seed);
    for (const struct test *test = first_test; test; test = test->next) {
        failures = 0;
        alarm(test->seconds);
        test->run();
        alarm(0);
        failed += failures != 0;
        printf("%sok %u - %s\n", failures ? "not " : "", ++number, test->name);
    }
    printf("%u passed, %u failed, 0 skipped\n", count - failed, failed);
    return failed != 0 || count == 0;
}
