/* Refusals by the kernel itself, of a call for good: a seccomp filter answers it with EPERM, as those of
 * containers do, or with ENOSYS, as a kernel does that is too old or was built without it. Limits of
 * memory and of threads are met in tests/thread/refusal.c. */
#include "../../support/linux/linux.h"
#include "../../support/thread_system.h"
#include "thrum/wait.h"

enum { EPERM = 1, ENOSYS = THRUM_LINUX_ENOSYS, TIMES = 30, CACHED = 64 };

struct filtered {
    uint32_t numbers[2];
    size_t count;
    uint32_t error;
    thrum_status status[3]; /* of a spawn: bare, above glibc, above musl */
};

static void *nothing(void *argument)
{
    return argument;
}

static thrum_status spawn_and_join(void)
{
    thrum_thread *thread = (thrum_thread *)(void *)&thread;
    void *result = NULL;
    thrum_status status = thrum_spawn(&thread, nothing, &thread, NULL);
    CHILD_CHECK((status == THRUM_OK) == (thread != NULL));
    if (status != THRUM_OK)
        return status;
    CHILD_CHECK(thrum_join(thread, &result) == THRUM_OK && result == &thread);
    return THRUM_OK;
}

static void await_threads(size_t expected)
{
    thrum_time end = thrum_after(3000000000u);
    while (system_thread_count() > expected && !test_late(end))
        thrum_yield();
    CHILD_CHECK(system_thread_count() == expected);
}

static void live_filtered(void *argument)
{
    const struct filtered *filtered = argument;
    enum linux_libc libc = linux_libc();
    thrum_status expected = filtered->status[libc == LINUX_BARE ? 0 : libc == LINUX_GLIBC ? 1 : 2];
    linux_warm_libc();
    CHILD_CHECK(spawn_and_join() == THRUM_OK);
    if (!system_refuse_calls(filtered->numbers, filtered->count, filtered->error))
        child_skip("the kernel cannot be made to refuse calls here");
    for (int i = 0; i <= CACHED; ++i) /* other tests' mappings, which may not be kept again */
        CHILD_CHECK(spawn_and_join() == expected);
    await_threads(1);
    size_t mappings = system_mapping_count(), space = system_address_space();
    for (int i = 0; i < TIMES; ++i)
        CHILD_CHECK(spawn_and_join() == expected);
    await_threads(1);
    CHILD_CHECK(system_mapping_count() == mappings && system_address_space() == space);
    CHILD_CHECK(test_thread_count() == 1);
}

static void live_all(struct filtered *cases, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        test_in_child(live_filtered, &cases[i], 8000);
}

#define ALL(status)            \
    {                          \
        status, status, status \
    }

static bool skip_here(void)
{
    if (system_thread_count() == 0) {
        test_skip("what the process has is not to be counted without /proc");
        return true;
    }
    if (system_emulated())
        test_skip("an emulator knows no seccomp");
    return system_emulated() ||
           test_skip_under(SYSTEM_ADDRESS_SANITIZER | SYSTEM_THREAD_SANITIZER | SYSTEM_VALGRIND,
                           "the checker's own calls would be refused, too");
}

/* What a libc's spawn falls back on, and what it takes for a want of threads, is its own matter. */
TEST(refusals_of_clone_by_the_kernel, 20)
{
    struct filtered cases[] = {
        { { __NR_clone }, 1, EPERM, { THRUM_SYSTEM, THRUM_OK, THRUM_THREAD_LIMIT } },
        { { __NR_clone }, 1, ENOSYS, { THRUM_SYSTEM, THRUM_OK, THRUM_THREAD_LIMIT } },
#ifdef __NR_clone3
        { { __NR_clone3 }, 1, EPERM, { THRUM_OK, THRUM_SYSTEM, THRUM_OK } },
        { { __NR_clone3 }, 1, ENOSYS, ALL(THRUM_OK) },
        { { __NR_clone, __NR_clone3 },
          2,
          EPERM,
          { THRUM_SYSTEM, THRUM_SYSTEM, THRUM_THREAD_LIMIT } },
#endif
    };
    size_t first = 0;
#ifdef __NR_clone3
    /* glibc falls back on clone, which the first two refuse, and then knows no other */
    if (linux_libc() == LINUX_GLIBC && thrum_linux_call2(__NR_clone3, NULL, 0) == -ENOSYS) {
        test_note("a kernel without clone3: refusals of clone are not looked at");
        first = 2;
    }
#endif
    if (!skip_here())
        live_all(cases + first, sizeof cases / sizeof *cases - first);
}

/* Guards are had by mprotect, and no mapping is kept; where that is refused too, no thread is without
 * its guard. */
TEST(refusals_of_madvise_by_the_kernel, 20)
{
    struct filtered cases[] = {
        { { THRUM_LINUX_MADVISE }, 1, EPERM, ALL(THRUM_OK) },
        { { THRUM_LINUX_MADVISE }, 1, ENOSYS, ALL(THRUM_OK) },
    };
    if (!skip_here())
        live_all(cases, sizeof cases / sizeof *cases);
}

/* Two that the library does not use. */
TEST(refusals_of_membarrier_by_the_kernel, 20)
{
    struct filtered cases[] = {
        { { __NR_membarrier }, 1, EPERM, ALL(THRUM_OK) },
        { { __NR_membarrier }, 1, ENOSYS, ALL(THRUM_OK) },
    };
    if (!skip_here())
        live_all(cases, sizeof cases / sizeof *cases);
}

#ifdef __NR_rseq
TEST(refusals_of_rseq_by_the_kernel, 20)
{
    struct filtered cases[] = {
        { { __NR_rseq }, 1, EPERM, ALL(THRUM_OK) },
        { { __NR_rseq }, 1, ENOSYS, ALL(THRUM_OK) },
    };
    if (skip_here())
        return;
    if (linux_libc() == LINUX_GLIBC)
        test_skip("glibc, which has it for main, aborts in a thread that cannot have it");
    else
        live_all(cases, sizeof cases / sizeof *cases);
}
#endif

/* --- futex ------------------------------------------------------------------------------------ */

static void wait_filtered(void *error)
{
    static _Alignas(4) uint32_t word;
    const uint32_t number = THRUM_LINUX_FUTEX;
    thrum_set_fatal_hook(NULL);
    if (!system_refuse_calls(&number, 1, *(uint32_t *)error))
        child_skip("the kernel cannot be made to refuse calls here");
    thrum_time end = thrum_after(1000000);
    while (thrum_wait_until(&word, 0, end) != THRUM_TIMED_OUT) {
    }
    CHILD_CHECK(thrum_now() >= end);
    text_print("waited\n");
}

/* The old call serves, or one line says what is missing. */
static void wait_without_futex(uint32_t error, bool has_old)
{
    static const char line[] = "thrum: the system refuses futex wait with error ";
    struct system_child *child = test_child();
    if (!CHECK(system_run(wait_filtered, &error, 8000, child)))
        return;
    if (child->exit_status == 77) {
        test_skip(child->output);
        return;
    }
    bool held = CHECK_EQ(child->signal, has_old ? 0 : SYSTEM_SIGNAL_ABORT);
    if (has_old)
        held &= CHECK(text_equal(child->output, "waited\n"));
    else
        held &= CHECK(text_begins(child->output, line)) &&
                CHECK_EQ(text_number_of(child->output, "error"), error) &&
                CHECK_EQ(text_count(child->output, "\n"), 1);
    if (!held)
        test_note_child(child);
}

TEST(refusals_of_futex_by_the_kernel, 20)
{
    if (skip_here())
        return;
    wait_without_futex(EPERM,
                       THRUM_LINUX_OLD_FUTEX != 0); /* a filter of an old container runtime */
    wait_without_futex(ENOSYS, THRUM_LINUX_OLD_FUTEX != 0);
}
