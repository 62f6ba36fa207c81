/* The thread pointer: what the ABI wants at it, and thrum_init where it is set already. */
#include "../support/thread_system.h"
#include "../test.h"
#include "arch/arch.h"

static THRUM_THREAD_LOCAL uint32_t variable = 7;

static void *check_self_pointer(void *unused)
{
    char *tp = thrum_arch_thread_pointer() - THRUM_ARCH_TP_BIAS;
    (void)unused;
    bool right = tp == *(char **)(void *)tp && tp != NULL && (char *)&variable < tp;
    return (void *)(uintptr_t)right;
}

/* AMD64 psABI, and the others after it. */
TEST(start_thread_pointer_points_to_itself, 5)
{
    if (THRUM_ARCH_TLS_VARIANT != 2) {
        test_skip("this CPU's ABI has no pointer there");
        return;
    }
    CHECK(check_self_pointer(NULL) != NULL);
    for (int i = 0; i < 5; ++i)
        CHECK(test_join(test_spawn(check_self_pointer, NULL)) != NULL);
}

static unsigned segment_of_main;

static void *check_segment(void *unused)
{
    unsigned number;
    uintptr_t base;
    (void)unused;
    CHECK(system_thread_segment(&number, &base));
    CHECK_EQ(number, segment_of_main);
    CHECK_EQ(base, (uintptr_t)thrum_arch_thread_pointer());
    return (void *)base;
}

/* i386: all threads name the one segment that main was given, and each has a base of its own. */
TEST(start_thread_pointer_is_the_segments_base, 5)
{
    uintptr_t base;
    if (!system_thread_segment(&segment_of_main, &base)) {
        test_skip("this CPU's thread pointer is no segment's base");
        return;
    }
    check_segment(NULL);
    for (int i = 0; i < 5; ++i)
        CHECK((uintptr_t)test_join(test_spawn(check_segment, NULL)) != base);
    check_segment(NULL); /* main's is still its own */
}

static const uintptr_t *auxiliary_vector(void)
{
    char **end = test_envp;
    while (*end)
        ++end;
    return (const uintptr_t *)(const void *)(end + 1);
}

/* argc lies just below argv, where the stack pointer was at the entry. */
static const void *entry_stack(void)
{
    return test_argv - 1;
}

static void *init_again(void *unused)
{
    (void)unused;
    char *before = thrum_arch_thread_pointer();
    uint64_t id = thrum_id();
    variable = 8;
    CHECK_EQ(thrum_init(entry_stack()), THRUM_BUSY);
    CHECK_EQ(thrum_init_auxv(auxiliary_vector()), THRUM_BUSY);
    CHECK(thrum_arch_thread_pointer() == before);
    CHECK_EQ(thrum_id(), id);
    CHECK_EQ(variable, 8); /* nothing was changed */
    variable = 7;
    return NULL;
}

TEST(start_init_again_is_busy, 5)
{
    uint32_t threads = test_thread_count();
    init_again(NULL);
    test_join(test_spawn(init_again, NULL));
    CHECK_EQ(test_thread_count(), threads);
}
