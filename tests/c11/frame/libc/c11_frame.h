/* The frame of tests/c11 above a libc and its own <threads.h>, which shows that the tests ask for no
 * more than the standard does: the part of tests/test.h that they use, with the same meaning.
 * SPDX-License-Identifier: MIT */
#ifndef THRUM_TEST_C11_LIBC_FRAME_H
#define THRUM_TEST_C11_LIBC_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
    const char *name;
    void (*run)(void);
    unsigned seconds;
    struct test *next;
};

void test_register(struct test *test);

#define TEST(test_name, deadline_seconds)                                          \
    static void test_of_##test_name(void);                                         \
    static struct test test_entry_##test_name = { #test_name, test_of_##test_name, \
                                                  deadline_seconds, NULL };        \
    __attribute__((constructor)) static void test_register_##test_name(void)       \
    {                                                                              \
        test_register(&test_entry_##test_name);                                    \
    }                                                                              \
    static void test_of_##test_name(void)

#define CHECK(condition) test_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQ(a, b) test_check_eq((uint64_t)(a), (uint64_t)(b), #a " == " #b, __FILE__, __LINE__)
bool test_check(bool held, const char *text, const char *file, int line);
bool test_check_eq(uint64_t a, uint64_t b, const char *text, const char *file, int line);

uint64_t test_seed(void);
uint64_t test_random(uint64_t *state);
uint32_t test_pick(uint64_t *state, uint32_t count);
uint32_t test_scale(uint32_t full, uint32_t least);
uint32_t test_scale_threads(uint32_t full, uint32_t least);

#endif
