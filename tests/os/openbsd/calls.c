/* What the library believes of OpenBSD's calls, asked of the kernel that runs. */
#include "../../support/bsd/bsd.h"

#include TEST_BSD_CPU_FILE

enum { FUTEX_WAIT = 1, FUTEX_WAKE = 2, FUTEX_PRIVATE = 128 };

long thrum_bsd_futex(const uint32_t *address, int operation, int value,
                     const struct thrum_bsd_timespec *length, const uint32_t *other);
long thrum_bsd_getthrid(void);
long thrum_bsd_thrkill(int tid, int signal, void *tcb);

static long wait_20_ms(const uint32_t *word, uint32_t value)
{
    const struct thrum_bsd_timespec length = { 0, 20000000 };
    long result;
    do
        result = thrum_bsd_futex(word, FUTEX_WAIT | FUTEX_PRIVATE, (int)value, &length, NULL);
    while (result == -THRUM_BSD_EINTR || result == -THRUM_BSD_ECANCELED);
    return result;
}

TEST(openbsd_wait_answers, 10)
{
    _Alignas(4) uint32_t word = 0x80000001u;
    CHECK_EQ(-wait_20_ms(&word, 5), THRUM_BSD_EAGAIN);
    CHECK_EQ(-wait_20_ms(&word, word),
             THRUM_BSD_ETIMEDOUT); /* by ticks: it may be before its time */
    CHECK_EQ(thrum_bsd_futex(&word, FUTEX_WAKE | FUTEX_PRIVATE, 7, NULL, NULL), 0);
}

TEST(openbsd_ids, 5)
{
    long tid = thrum_bsd_getthrid();
    CHECK(tid > 0);
    CHECK_EQ(-thrum_bsd_thrkill(INT32_MAX - 1, 0, NULL), THRUM_BSD_ESRCH);
}

/* And are asked for only where the kernel has the call, which is as old as the names that it shows. */
TEST(openbsd_names, 5)
{
    char shown[32] = "";
    int revision = 0;
    CHECK(thrum_bsd_sysctl_number(1, 3, &revision));
    bool has = revision >= 202304;
    CHECK_EQ(thrum_set_name(thrum_self(), "named"), has ? THRUM_OK : THRUM_UNSUPPORTED);
    system_thread_name(thrum_id(), shown);
    CHECK(text_equal(shown, has ? "named" : ""));
    CHECK_EQ(thrum_set_name(thrum_self(), ""), has ? THRUM_OK : THRUM_UNSUPPORTED);
}

/* Text does not change any more. */
TEST(openbsd_text_is_immutable, 5)
{
    uintptr_t page = (uintptr_t)thrum_bsd_write & ~(uintptr_t)(system_page_size() - 1);
    CHECK_EQ(-thrum_bsd_mprotect((void *)page, system_page_size(), 3), THRUM_BSD_EPERM);
    CHECK_EQ(-thrum_bsd_munmap((void *)page, system_page_size()), THRUM_BSD_EPERM);
}

/* --- what ends a program ---------------------------------------------------------------------- */

/* getpid from a place that the table has not. */
long test_openbsd_unlisted(void);
/* getpid by the library's function, on another stack. */
long test_openbsd_on_stack(void *top);
__asm__(TEST_OPENBSD_CALLS_ASM);

static void call_unlisted(void *argument)
{
    (void)argument;
    test_openbsd_unlisted();
}

static void call_on_stack(void *top)
{
    test_openbsd_on_stack(top);
}

static void check_end(void (*run)(void *argument), void *argument, int signal)
{
    struct system_child *child = test_child();
    if (CHECK(system_run(run, argument, 5000, child)))
        CHECK_EQ(child->signal, signal);
}

TEST(openbsd_a_call_that_is_not_listed_is_the_end, 10)
{
    check_end(call_unlisted, NULL, THRUM_BSD_SIGABRT);
}

TEST(openbsd_a_call_on_no_stack_is_the_end, 10)
{
    char *plain = system_map(65536), *stack = thrum_os_map(65536);
    if (!CHECK(plain != NULL && stack != NULL))
        return;
    /* Within, not at the end: a stack pointer equal to it is outside, at a page fault, too. */
    check_end(call_on_stack, stack + 65536 - 16, 0);
    check_end(call_on_stack, plain + 65536 - 16, THRUM_BSD_SIGSEGV);
    system_unmap(plain, 65536);
    system_unmap(stack, 65536);
}
