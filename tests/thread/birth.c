/* What a thread is born with: signal mask, stack alignment, thread pointer, variables that a signal
 * handler may touch from the first moment (field.md 3.1, 8 and 11). */
#include "../support/thread_system.h"
#include "../test.h"
#include "arch/arch.h"

static void *note_mask(void *argument)
{
    *(uint64_t *)argument = system_signal_mask();
    return NULL;
}

static uint64_t bit(int signal)
{
    return (uint64_t)1 << (signal - 1);
}

TEST(birth_inherits_signal_mask, 5)
{
    uint64_t before = system_signal_mask();
    uint64_t masks[] = { before, bit(SYSTEM_SIGNAL_A), bit(SYSTEM_SIGNAL_A) | bit(SYSTEM_SIGNAL_B),
                         (uint64_t)1 << 39, 0 }; /* below, libcs have their own */
    for (size_t i = 0; i < sizeof masks / sizeof *masks; ++i) {
        uint64_t seen = 1;
        if (SYSTEM_SIGNALS < 64 && masks[i] >> (SYSTEM_SIGNALS & 63) != 0)
            continue;
        system_set_signal_mask(masks[i]);
        thrum_thread *thread = test_spawn(note_mask, &seen);
        CHECK_EQ(system_signal_mask(), masks[i]);
        test_join(thread);
        CHECK_EQ(seen, masks[i]);
        CHECK_EQ(system_signal_mask(), masks[i]);
    }
    system_set_signal_mask(before);
}

/* A failed spawn gives the mask back too. */
TEST(birth_refused_keeps_signal_mask, 5)
{
    uint64_t before = system_signal_mask();
    thrum_thread *thread = NULL;
    thrum_spawn_options options = { .stack_size = SIZE_MAX };
    system_set_signal_mask(bit(SYSTEM_SIGNAL_B));
    CHECK(thrum_spawn(&thread, note_mask, NULL, &options) != THRUM_OK);
    CHECK_EQ(system_signal_mask(), bit(SYSTEM_SIGNAL_B));
    system_set_signal_mask(before);
}

/* --- alignment -------------------------------------------------------------------------------- */

typedef uint32_t vector __attribute__((vector_size(16)));

static __attribute__((noinline)) void spill(volatile vector *sum, uint32_t seed, uintptr_t *at)
{
    vector local = { seed, seed + 1, seed + 2, seed + 3 };
    volatile vector kept = local; /* aligned stores trap on a misaligned stack */
    *sum = kept + local;
    *at = seen_address(&kept);
}

/* No more than the ABI's alignment, so that the compiler takes it as it comes. */
static __attribute__((noinline)) bool abi_aligned(void)
{
    _Alignas(THRUM_ARCH_STACK_ALIGN) volatile char line[THRUM_ARCH_STACK_ALIGN];
    line[0] = 1;
    return seen_address(line) % THRUM_ARCH_STACK_ALIGN == 0;
}

static uint32_t aligned_handlers;

static void check_in_handler(int signal)
{
    (void)signal;
    /* the kernel's part: an emulator may leave 8 bytes where 16 are due (mips n32, n64) */
    aligned_handlers += abi_aligned() || system_emulated();
}

static __attribute__((noinline)) bool check_vectors(uint32_t seed)
{
    volatile vector sum;
    _Alignas(64) volatile char line[64];
    uintptr_t at;
    spill(&sum, seed, &at);
    line[0] = 1;
    vector seen = sum;
    return at % _Alignof(vector) == 0 && seen_address(line) % 64 == 0 && seen[0] == 2 * seed &&
           seen[3] == 2 * seed + 6;
}

/* With no such variables of its own, for which the compiler would align its frame. */
static void *check_alignment(void *argument)
{
    bool in_function = abi_aligned(), of_vectors = check_vectors((uint32_t)(uintptr_t)argument);
    *(volatile uint32_t *)&aligned_handlers = 0;
    bool right = in_function && of_vectors && system_signal(thrum_id(), SYSTEM_SIGNAL_A) &&
                 *(volatile uint32_t *)&aligned_handlers == 1;
    if (!right)
        test_note("aligned in the function %u, vectors %u, in handlers %u", (unsigned)in_function,
                  (unsigned)of_vectors, (unsigned)aligned_handlers);
    return right ? argument : NULL;
}

TEST(birth_stack_is_aligned, 10)
{
    if (test_skip_under(SYSTEM_THREAD_SANITIZER,
                        "ThreadSanitizer lets handlers wait for the next call of the libc"))
        return;
    static const size_t stacks[] = { 0, 1, 4097, 16384, 65536 + 24, 1000001 };
    system_handle(SYSTEM_SIGNAL_A, check_in_handler, SYSTEM_RESTART);
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; ++i) {
        for (size_t argument_size = 0; argument_size < 40; argument_size += 13) {
            static char bytes[40];
            thrum_thread *thread = NULL;
            thrum_spawn_options options = { .stack_size = stacks[i], .arg_size = argument_size };
            CHECK(thrum_spawn(&thread, check_alignment, bytes, &options) == THRUM_OK);
            CHECK(test_join(thread) != NULL);
        }
    }
    system_handle(SYSTEM_SIGNAL_A, NULL, 0);
}

/* --- handlers during creation ----------------------------------------------------------------- */

static THRUM_THREAD_LOCAL uint64_t marked = 0x1122334455667788u;
static THRUM_THREAD_LOCAL uint64_t handled;
static thrum_tls_key inherited_key;
static uint32_t wrong_in_handler, handler_runs;

static void touch_everything(int signal)
{
    (void)signal;
    bool right = marked == 0x1122334455667788u && thrum_id() == system_thread_id() &&
                 thrum_thread_id(thrum_self()) == thrum_id() &&
                 thrum_tls_get(inherited_key) == &inherited_key;
    ++handled;
    if (!right)
        __atomic_fetch_add(&wrong_in_handler, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&handler_runs, 1, __ATOMIC_RELAXED);
}

static void *live_shortly(void *argument)
{
    return argument;
}

TEST(birth_under_signals_has_variables, 30)
{
    if (test_skip_unsound_handlers())
        return;
    uint32_t rounds = test_scale_threads(20000, 200);
    wrong_in_handler = handler_runs = 0;
    CHECK(thrum_tls_alloc(&inherited_key, NULL, THRUM_TLS_INHERIT) == THRUM_OK);
    thrum_tls_set(inherited_key, &inherited_key);
    uint64_t mask = system_signal_mask();
    /* The frame's watchdog has no value in the new key: the handler is for those spawned here. */
    system_handle(SYSTEM_SIGNAL_A, touch_everything, SYSTEM_RESTART);
    uint32_t sent = 0;
    for (uint32_t i = 0; i < rounds; ++i) {
        thrum_thread *thread = test_spawn(live_shortly, NULL);
        if (!thread)
            break;
        sent += system_signal(thrum_thread_id(thread), SYSTEM_SIGNAL_A);
        test_join(thread);
    }
    system_handle(SYSTEM_SIGNAL_A, NULL, 0);
    system_set_signal_mask(mask);
    test_note("%u signals met a thread, %u were handled in it", sent, handler_runs);
    CHECK_EQ(wrong_in_handler, 0);
    CHECK(handler_runs <= sent);
    thrum_tls_free(inherited_key);
}

static void *note_handled(void *argument)
{
    *(uint64_t *)argument = handled;
    return NULL;
}

/* A signal that waits for the spawner (it is blocked) is not the child's. */
TEST(birth_has_no_pending_signals, 5)
{
    uint64_t before = system_signal_mask(), seen = 1;
    wrong_in_handler = 0;
    system_handle(SYSTEM_SIGNAL_B, touch_everything, SYSTEM_RESTART);
    system_set_signal_mask(before | bit(SYSTEM_SIGNAL_B));
    system_signal(thrum_id(), SYSTEM_SIGNAL_B);
    test_join(test_spawn(note_handled, &seen));
    CHECK_EQ(seen, 0);
    system_handle(SYSTEM_SIGNAL_B, NULL, 0);
    system_set_signal_mask(before | bit(SYSTEM_SIGNAL_B));
    system_handle(SYSTEM_SIGNAL_B, (void (*)(int))1, 0); /* ignored, so dropped */
    system_handle(SYSTEM_SIGNAL_B, NULL, 0);
    system_set_signal_mask(before);
}

/* --- flags of the CPU ------------------------------------------------------------------------- */

#if SYSTEM_HAS_DOUBLES

static void *float_environment(void *unused)
{
    (void)unused;
    volatile double third = 1.0 / 3.0, sum = 0;
    for (int i = 0; i < 3; ++i)
        sum = sum + third;
    return (void *)(uintptr_t)(sum > 0.99 && sum < 1.01);
}

TEST(birth_floating_point_works, 5)
{
    CHECK(test_join(test_spawn(float_environment, NULL)) != NULL);
}

#else

TEST(birth_floating_point_works, 5)
{
    test_skip("this CPU has no floating point");
}

#endif
