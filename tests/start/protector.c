/* The stack protector's canary: random, the same in every thread, and what happens when it is gone
 * (field.md 3.3, 36). */
#include "../support/thread_system.h"
#include "../test.h"
#include "arch/arch.h"
#include "tls/image.h"

static uintptr_t canary(void)
{
#ifdef THRUM_ARCH_CANARY_AT
    char *tp = thrum_arch_thread_pointer() - THRUM_ARCH_TP_BIAS;
    return *(volatile uintptr_t *)(void *)(tp + THRUM_ARCH_CANARY_AT);
#else
    return *(volatile uintptr_t *)&__stack_chk_guard;
#endif
}

static void *canary_of_thread(void *unused)
{
    (void)unused;
    return (void *)canary();
}

/* The note is what start_canary_differs_between_runs looks for. */
TEST(start_canary_is_set, 5)
{
    uintptr_t value = canary();
    test_note("canary %l", (uint64_t)value);
    CHECK(value != 0);
    CHECK_EQ(*(unsigned char *)&value, 0); /* the one that a string meets first */
    for (int i = 0; i < 5; ++i)
        CHECK_EQ((uintptr_t)test_join(test_spawn(canary_of_thread, NULL)), canary());
}

static const char *own_path(void)
{
    char **end = test_envp;
    while (*end)
        ++end;
    for (const uintptr_t *pair = (const uintptr_t *)(const void *)(end + 1); pair[0]; pair += 2)
        if (pair[0] == 31 /* AT_EXECFN */)
            return (const char *)pair[1];
    return NULL;
}

TEST(start_canary_differs_between_runs, 20)
{
    /* ids and addresses would be alike in their upper halves; 32 bits are too few for halves */
    const unsigned half = sizeof(uintptr_t) == 8 ? 32 : 0;
    uint64_t seen[4] = { canary() };
    for (int i = 1; i < 4; ++i) {
        char name[] = "again", test[] = "start_canary_is_set";
        char *arguments[] = { name, test, NULL };
        if (!own_path() || !system_run_program(own_path(), arguments, 5000, test_child()) ||
            test_child()->exit_status == 127) {
            test_skip("the program's own file is not there to be run again");
            return;
        }
        seen[i] = text_number_of(test_child()->output, "canary");
        CHECK(seen[i] != 0);
        for (int j = 0; j < i; ++j)
            CHECK(seen[i] >> half != seen[j] >> half);
    }
}

#if defined(__SSP__) || defined(__SSP_STRONG__) || defined(__SSP_ALL__)

/* Looks in its own frame. The complement is asked for, so that no copy of the question is found. */
static __attribute__((noinline)) bool frame_holds(uintptr_t complement)
{
    volatile uintptr_t words[8];
    volatile uintptr_t *at = words;
    for (int i = 0; i < 8; ++i)
        words[i] = 0;
    __asm__("" : "+r"(at));
    for (int i = 0; i < 40; ++i) {
        uintptr_t word = ~at[i];
        __asm__("" : "+r"(word));
        if (word == complement)
            return true;
    }
    return false;
}

static void *frame_of_thread_holds(void *complement)
{
    return frame_holds((uintptr_t)complement) ? complement : NULL;
}

/* Compilers and the library mean the same place: the random value gets into protected frames. */
TEST(start_canary_is_in_frames, 5)
{
    uintptr_t complement = ~thrum_tls_image.canary;
    CHECK(frame_holds(complement));
    CHECK(!frame_holds(complement ^ 0x100));
    CHECK_EQ((uintptr_t)test_join(test_spawn(frame_of_thread_holds, (void *)complement)),
             complement);
}

static __attribute__((noinline)) void smash(size_t size)
{
    char buffer[32];
    volatile char *at = buffer;
    for (size_t i = 0; i < size; ++i)
        at[i] = 'A';
}

static void *smash_in_thread(void *size)
{
    smash((uintptr_t)size);
    return NULL;
}

static void smash_in_main(void *size)
{
    thrum_set_fatal_hook(NULL);
    smash(*(size_t *)size);
}

static void smash_in_spawned(void *size)
{
    thrum_thread *thread = NULL;
    thrum_set_fatal_hook(NULL);
    CHILD_CHECK(thrum_spawn(&thread, smash_in_thread, (void *)*(uintptr_t *)size,
                            &(thrum_spawn_options){ .name = "smasher" }) == THRUM_OK);
    thrum_join(thread, NULL);
}

TEST(start_protector_aborts_with_a_line, 10)
{
    static size_t small = 32, large = 48;
    struct system_child *child = test_child();
    if (CHECK(system_run(smash_in_main, &small, 3000, child))) {
        CHECK_EQ(child->exit_status, 0); /* what fits is no fault */
        CHECK_EQ(child->length, 0);
    }
    if (CHECK(system_run(smash_in_main, &large, 3000, child))) {
        CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
        CHECK(text_begins(child->output, "thrum: "));
        CHECK(test_contains(child->output, "stack"));
    }
    if (CHECK(system_run(smash_in_spawned, &large, 3000, child))) {
        CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
        CHECK(text_begins(child->output, "thrum: "));
        CHECK(test_contains(child->output, "smasher"));
    }
}

#else

TEST(start_canary_is_in_frames, 5)
{
    test_skip("this test was compiled without stack protector");
}

TEST(start_protector_aborts_with_a_line, 10)
{
    test_skip("this test was compiled without stack protector");
}

#endif
