/* Checks, skips, and what tests look for in text. */
#include "frame.h"

enum { PRINTED_FAILURES = 10 }; /* a check in a loop would bury the rest */

static uint32_t failures; /* of the running test, from all its threads */
static const char *skip_reason;

void frame_begin(void)
{
    __atomic_store_n(&failures, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&skip_reason, NULL, __ATOMIC_RELAXED);
}

uint32_t frame_failures(void)
{
    return __atomic_load_n(&failures, __ATOMIC_RELAXED);
}

const char *frame_skip_reason(void)
{
    return __atomic_load_n(&skip_reason, __ATOMIC_RELAXED);
}

/* Whether this failure is one of those that are printed. */
static bool count_failure(void)
{
    uint32_t before = __atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
    if (before == PRINTED_FAILURES)
        test_note("more failures of this test are not printed");
    return before < PRINTED_FAILURES;
}

bool test_check(bool held, const char *text, const char *file, int line)
{
    if (!held && count_failure())
        test_note("%s:%d: failed: %s", file, line, text);
    return held;
}

bool test_check_eq(uint64_t a, uint64_t b, const char *text, const char *file, int line)
{
    if (a != b && count_failure())
        test_note("%s:%d: failed: %s (%l, %l)", file, line, text, a, b);
    return a == b;
}

void test_skip(const char *reason)
{
    __atomic_store_n(&skip_reason, reason, __ATOMIC_RELAXED);
}

const char *system_lack_of(const char *test, const struct system_lack *lacks, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        if (frame_matches(test, lacks[i].test))
            return lacks[i].reason;
    }
    return NULL;
}

bool test_skip_unsound_handlers(void)
{
    if (system_interrupts_soundly())
        return false;
    test_skip("this emulator's handlers do not leave the program as it was");
    return true;
}

bool test_skip_under(unsigned checkers, const char *reason)
{
    if (!(system_checker() & checkers))
        return false;
    test_skip(reason);
    return true;
}

thrum_thread *test_spawn(void *(*run)(void *), void *argument)
{
    thrum_thread *thread = NULL;
    thrum_status status = thrum_spawn(&thread, run, argument, NULL);
    /* A system that counts each stack in full may have none of the default size left for a crowd. */
    if (status == THRUM_NO_MEMORY)
        status = thrum_spawn(&thread, run, argument,
                             &(thrum_spawn_options){ .stack_size = (size_t)256 << 10 });
    if (!test_check(status == THRUM_OK, thrum_status_text(status), "test_spawn", 0))
        return NULL;
    return thread;
}

void *test_join(thrum_thread *thread)
{
    void *result = NULL;
    if (thread)
        CHECK(thrum_join(thread, &result) == THRUM_OK);
    return result;
}

thrum_status test_join_soon(thrum_thread *thread, void **result)
{
    thrum_time limit = thrum_after(test_ms(2000));
    thrum_status status;
    do
        status = thrum_join_until(thread, result, thrum_after(test_ms(100)));
    while (status == THRUM_TIMED_OUT && !test_late(limit));
    return status;
}

bool test_contains(const char *text, const char *part)
{
    for (; *text; ++text) {
        size_t i = 0;
        while (part[i] && text[i] == part[i])
            ++i;
        if (!part[i])
            return true;
    }
    return !*part;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool test_contains_number(const char *text, uint64_t number)
{
    while (*text) {
        if (!is_digit(*text)) {
            ++text;
            continue;
        }
        bool in_word = false; /* 0x12, ab12: not a decimal number */
        uint64_t value = 0;
        const char *digits = text;
        while (is_digit(*text))
            value = value * 10 + (uint64_t)(*text++ - '0');
        if (digits[0] == '0' && *text == 'x') {
            in_word = true;
            for (++text; is_digit(*text) || (*text >= 'a' && *text <= 'f');)
                ++text;
        }
        if (!in_word && value == number)
            return true;
    }
    return false;
}

bool test_contains_address(const char *text, const void *address)
{
    char hex[2 + 2 * sizeof(uintptr_t) + 1];
    uintptr_t value = (uintptr_t)address;
    size_t at = sizeof hex - 1;
    hex[at] = 0;
    do {
        hex[--at] = "0123456789abcdef"[value % 16];
        value /= 16;
    } while (value != 0);
    hex[--at] = 'x';
    hex[--at] = '0';
    for (; *text; ++text) {
        size_t i = 0;
        while (hex[at + i] && text[i] == hex[at + i])
            ++i;
        if (!hex[at + i] && !is_digit(text[i]) && !(text[i] >= 'a' && text[i] <= 'f'))
            return true;
    }
    return false;
}
