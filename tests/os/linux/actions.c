/* The kernel's struct sigaction, seen at work: every member and flag of an action has its effect,
 * and nothing else has. */
#include "../../support/thread_system.h"
#include "../../test.h"
#include "os/linux/linux.h"

static volatile struct {
    uint32_t runs;
    int signal, number, code;
    uint64_t mask;
    uintptr_t frame, address;
} seen;

static void note(int signal, struct thrum_linux_siginfo *info, void *context)
{
    (void)context;
    ++seen.runs;
    seen.signal = signal;
    seen.number = info->signal;
    seen.code = info->code;
    seen.mask = system_signal_mask();
    seen.frame = seen_address(__builtin_frame_address(0));
}

static void set_action(int signal, unsigned flags, uint64_t mask)
{
    struct thrum_linux_sigaction action =
        thrum_linux_action((uintptr_t)note, THRUM_LINUX_SA_SIGINFO | flags);
    for (size_t i = 0; i < 64 / (8 * sizeof(unsigned long)); ++i)
        action.mask.words[i] = (unsigned long)(mask >> 32 * i);
    CHECK_EQ(thrum_linux_sigaction(signal, &action, NULL), 0);
}

static uint64_t bit(int signal)
{
    return (uint64_t)1 << (signal - 1);
}

/* An emulator that believes in a restorer reads the mask one word further on, where there is
 * none. */
static bool mask_is_lost(void)
{
#ifdef THRUM_LINUX_RESTORER_ASM
    return false;
#else
    return system_emulated();
#endif
}

static void *meet_signals(void *unused)
{
    const int signal = SYSTEM_SIGNAL_A;
    const uint64_t before = system_signal_mask();
    const uint64_t masks[] = { 0, bit(SYSTEM_SIGNAL_B), (uint64_t)1 << 33,
                               bit(SYSTEM_SIGNAL_B) | (uint64_t)1 << 45 | 1 };
    for (size_t i = 0; i < sizeof masks / sizeof *masks; ++i) {
        for (int defer = 0; defer < 2; ++defer) {
            seen.runs = 0;
            set_action(signal, defer ? 0 : THRUM_LINUX_SA_NODEFER, masks[i]);
            CHECK(system_signal(thrum_id(), signal));
            CHECK_EQ(seen.runs, 1);
            CHECK_EQ(seen.signal, signal);
            CHECK_EQ(seen.number, signal);
            CHECK(seen.code <= 0); /* from a program */
            CHECK(seen.mask == (before | masks[i] | (defer ? bit(signal) : 0)) || mask_is_lost());
            CHECK_EQ(system_signal_mask(), before); /* as it was, afterwards */
        }
    }
    system_handle(signal, NULL, 0);
    return unused;
}

TEST(action_of_each_flag_and_mask, 5)
{
    meet_signals(NULL);
    test_join(test_spawn(meet_signals, NULL));
}

/* On an alternate stack, and back to the one before, in a frame as aligned as a call's. */
static void *meet_on_alternate_stack(void *unused)
{
    size_t size = (size_t)65536;
    char *base = system_map(size);
    struct thrum_linux_stack stack = { .base = base, .size = size }, old = { .size = 0 };
    if (!CHECK(base != NULL))
        return unused;
    CHECK_EQ(thrum_linux_call2(THRUM_LINUX_SIGALTSTACK, &stack, &old), 0);
    for (unsigned flags = 0; flags < 2; ++flags) {
        seen.runs = 0;
        set_action(SYSTEM_SIGNAL_A, flags ? THRUM_LINUX_SA_ONSTACK : 0, 0);
        CHECK(system_signal(thrum_id(), SYSTEM_SIGNAL_A));
        CHECK_EQ(seen.runs, 1);
        CHECK_EQ(seen.frame > (uintptr_t)base && seen.frame <= (uintptr_t)base + size, flags);
    }
    system_handle(SYSTEM_SIGNAL_A, NULL, 0);
    CHECK_EQ(thrum_linux_call2(THRUM_LINUX_SIGALTSTACK, &old, NULL), 0);
    system_unmap(base, size);
    return unused;
}

TEST(action_on_an_alternate_stack, 5)
{
    test_join(test_spawn(meet_on_alternate_stack, NULL));
}

static char *forbidden;

static void allow(int signal, struct thrum_linux_siginfo *info, void *context)
{
    note(signal, info, context);
    seen.address = info->address;
    system_allow(forbidden, system_page_size());
}

static void *fault(void *unused)
{
    struct thrum_linux_sigaction old,
        action = thrum_linux_action((uintptr_t)allow, THRUM_LINUX_SA_SIGINFO);
    forbidden = system_map(system_page_size());
    if (!CHECK(forbidden != NULL))
        return unused;
    CHECK_EQ(thrum_linux_sigaction(THRUM_LINUX_SIGSEGV, &action, &old), 0);
    system_forbid(forbidden, system_page_size());
    seen.runs = 0;
    *(volatile uint32_t *)(void *)(forbidden + 1024) = 77; /* again, when it is allowed */
    CHECK_EQ(seen.runs, 1);
    /* s390x knows the page alone */
    CHECK(seen.address == (uintptr_t)forbidden + 1024 || seen.address == (uintptr_t)forbidden);
    CHECK(seen.code > 0); /* from the kernel */
    CHECK_EQ(*(volatile uint32_t *)(void *)(forbidden + 1024), 77);
    CHECK_EQ(thrum_linux_sigaction(THRUM_LINUX_SIGSEGV, &old, NULL), 0);
    system_unmap(forbidden, system_page_size());
    return unused;
}

TEST(action_of_a_fault_has_its_address, 5)
{
    fault(NULL);
    test_join(test_spawn(fault, NULL));
}
