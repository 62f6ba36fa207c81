/* Stacks: sizes that mean usable bytes, guards, frames that reach beyond (field.md 3.1, 13 and 14).
 * The variable here gives every thread of its program a large TLS image, which must not come out of
 * the stack asked for. */
#include "../support/thread_system.h"
#include "../test.h"
#include "arch/arch.h"

#define IMAGE_SIZE ((size_t)64 * 1024)

static THRUM_THREAD_LOCAL _Alignas(64) unsigned char large_image[IMAGE_SIZE];

/* Writes to all of the next `bytes` of stack, as deep calls would. */
static __attribute__((noinline)) void use_stack(size_t bytes)
{
    volatile char *low = __builtin_alloca(bytes);
    for (size_t i = bytes; i > 0; --i)
        low[i - 1] = 1;
}

static __attribute__((noinline)) size_t recurse(size_t bytes, const char *top)
{
    volatile char frame[256];
    frame[0] = 1;
    const char *here = (const char *)frame;
    size_t used = (size_t)(THRUM_ARCH_STACK_GROWS_UP ? here - top : top - here);
    if (used + 1024 >= bytes)
        return used;
    used = recurse(bytes, top);
    frame[1] = frame[0];
    return used;
}

static void *get_info(void *info)
{
    thrum_stack_info(thrum_self(), info);
    return NULL;
}

struct asked {
    size_t bytes, used;
    thrum_stack info;
    bool image_fresh;
};

static void *recurse_through(void *argument)
{
    struct asked *asked = argument;
    const char *top = __builtin_frame_address(0);
    asked->image_fresh = true;
    for (size_t i = 0; i < IMAGE_SIZE; i += 97) {
        asked->image_fresh = asked->image_fresh && large_image[i] == 0;
        large_image[i] = 1;
    }
    asked->used = recurse(asked->bytes - 1024, top);
    thrum_stack_info(thrum_self(), &asked->info);
    for (size_t i = 0; i < IMAGE_SIZE; i += 97)
        asked->image_fresh = asked->image_fresh && large_image[i] == 1;
    return NULL;
}

/* Bytes of the stack of a thread that asked for so many. */
static size_t stack_got(size_t asked)
{
    thrum_stack info = { 0 };
    thrum_thread *thread = NULL;
    CHECK(thrum_spawn(&thread, get_info, &info, &(thrum_spawn_options){ .stack_size = asked }) ==
          THRUM_OK);
    test_join(thread);
    return info.size;
}

/* All but 3 KiB (the library's own frames at birth, and a margin) of what was asked for; and no more than
 * the smallest stack if that was less. How large the smallest is depends on the CPU's signal frame. */
TEST(stack_size_means_usable_bytes, 10)
{
    if (test_skip_under(SYSTEM_THREAD_SANITIZER, "ThreadSanitizer has no small stacks"))
        return;
    static const size_t sizes[] = { 16384, 32768, 65536, 100000, 1 << 20, 8 << 20, 64 << 20 };
    const size_t smallest = stack_got(1);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        struct asked asked = { .bytes = sizes[i] - 1024 };
        thrum_thread *thread = NULL;
        CHECK(thrum_spawn(&thread, recurse_through, &asked,
                          &(thrum_spawn_options){ .stack_size = sizes[i] }) == THRUM_OK);
        test_join(thread);
        CHECK(asked.used + 4096 >= sizes[i]);
        CHECK(asked.info.size >= sizes[i]);
        size_t least = sizes[i] > smallest ? sizes[i] : smallest;
        CHECK(asked.info.size < least + system_stack_excess());
        CHECK(asked.image_fresh);
    }
}

static void *use_half(void *unused)
{
    thrum_stack info;
    (void)unused;
    thrum_stack_info(thrum_self(), &info);
    char *here = __builtin_frame_address(0), *base = info.base;
    size_t there = (size_t)(THRUM_ARCH_STACK_GROWS_UP ? base + info.size - here : here - base);
    use_stack(there - 512); /* its own frame */
    return (void *)(uintptr_t)info.size;
}

TEST(stack_smallest_runs, 5)
{
    if (test_skip_under(SYSTEM_ADDRESS_SANITIZER | SYSTEM_THREAD_SANITIZER,
                        "a sanitizer wants more of the smallest stack than there is"))
        return;
    static const size_t sizes[] = { 1, 2, 16, 1024, 2048, 4096 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        thrum_thread *thread = NULL;
        CHECK(thrum_spawn(&thread, use_half, NULL,
                          &(thrum_spawn_options){ .stack_size = sizes[i] }) == THRUM_OK);
        size_t size = (uintptr_t)test_join(thread);
        CHECK(size >= sizes[i] && size <= 65536 - 2 * system_page_size() + system_signal_frame() +
                                              system_stack_excess());
        if (i == 0)
            test_note("the smallest stack has %l bytes", (uint64_t)size);
    }
}

static void *set_the_key(void *value)
{
    thrum_tls_set(*(thrum_tls_key *)value, value);
    return NULL;
}

static uint32_t destroyed;

static void count_destroyed(void *value)
{
    (void)value;
    ++destroyed;
}

/* Birth, key destructors and end fit into the smallest stack, and so does a signal's frame. */
static void handle_quietly(int signal)
{
    (void)signal;
}

static void *signal_oneself(void *unused)
{
    for (int i = 0; i < 10; ++i)
        system_signal(thrum_id(), SYSTEM_SIGNAL_A);
    return unused;
}

TEST(stack_smallest_fits_destructors_and_signals, 5)
{
    thrum_tls_key key;
    thrum_thread *thread = NULL;
    thrum_spawn_options options = { .stack_size = 1, .name = "the smallest" };
    destroyed = 0;
    CHECK(thrum_tls_alloc(&key, count_destroyed, 0) == THRUM_OK);
    CHECK(thrum_spawn(&thread, set_the_key, &key, &options) == THRUM_OK);
    test_join(thread);
    CHECK_EQ(destroyed, 1);
    thrum_tls_free(key);
    system_handle(SYSTEM_SIGNAL_A, handle_quietly, SYSTEM_RESTART);
    CHECK(thrum_spawn(&thread, signal_oneself, NULL, &options) == THRUM_OK);
    test_join(thread);
    system_handle(SYSTEM_SIGNAL_A, NULL, 0);
}

/* --- guards ----------------------------------------------------------------------------------- */

/* So many bytes beyond the stack's last one, in the direction in which it grows. */
static volatile char *beyond(const thrum_stack *info, size_t bytes)
{
    volatile char *base = info->base;
    return THRUM_ARCH_STACK_GROWS_UP ? base + info->size - 1 + bytes : base - bytes;
}

TEST(stack_guard_size_is_honoured, 5)
{
    static const size_t sizes[] = { 0, 1, 4096, 5000, 65536, 1 << 20 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        thrum_stack info = { 0 };
        thrum_thread *thread = NULL;
        CHECK(thrum_spawn(&thread, get_info, &info,
                          &(thrum_spawn_options){ .stack_size = 65536, .guard_size = sizes[i] }) ==
              THRUM_OK);
        test_join(thread);
        CHECK(info.guard_size >= sizes[i] && info.guard_size > 0);
        CHECK(info.guard_size % system_page_size() == 0);
        CHECK(sizes[i] == 0 || info.guard_size < sizes[i] + system_page_size());
        CHECK((uintptr_t)info.base % system_page_size() == 0);
        CHECK(info.size >= 65536);
    }
}

struct reach {
    size_t guard, below; /* bytes of the guard; where below the stack to write */
    bool first_dirty;    /* whether the mapping served other threads before */
};

static void *reach_below(void *argument)
{
    const struct reach *reach = argument;
    thrum_stack info;
    thrum_stack_info(thrum_self(), &info);
    CHILD_CHECK(reach->below <= info.guard_size);
    *beyond(&info, 0) = 1; /* the last usable byte */
    text_print("at the end\n");
    *beyond(&info, reach->below) = 1;
    text_print("in the guard\n");
    return NULL;
}

static void *nothing(void *argument)
{
    return argument;
}

static void spawn_and_reach(void *argument)
{
    const struct reach *reach = argument;
    thrum_thread *thread = NULL;
    thrum_spawn_options options = { .stack_size = 65536, .guard_size = reach->guard };
    thrum_spawn_options other = options;
    for (int i = 0; reach->first_dirty && i < 40; ++i) {
        other.guard_size = i % 2 ? reach->guard : 3 * reach->guard;
        other.stack_size = i % 3 ? 65536 : 131072;
        CHILD_CHECK(thrum_spawn(&thread, nothing, NULL, &other) == THRUM_OK);
        thrum_join(thread, NULL);
    }
    CHILD_CHECK(thrum_spawn(&thread, reach_below, argument, &options) == THRUM_OK);
    thrum_join(thread, NULL);
}

/* The first byte, the last byte and one within; on fresh and on reused mappings. */
TEST(stack_guard_faults, 20)
{
    static const struct reach reaches[] = {
        { 4096, 1, false },      { 4096, 4096, false },      { 65536, 1, false },
        { 65536, 65536, false }, { 65536, 30000, false },    { 4096, 1, true },
        { 65536, 65536, true },  { 1 << 20, 1 << 20, true },
    };
    for (size_t i = 0; i < sizeof reaches / sizeof *reaches; ++i) {
        struct reach reach = reaches[i];
        struct system_child *child = test_child();
        if (!CHECK(system_run(spawn_and_reach, &reach, 3000, child)))
            return;
        CHECK(text_equal(child->output, "at the end\n"));
        if (!CHECK_EQ(child->signal, SYSTEM_SIGNAL_SEGV))
            test_note_child(child);
    }
}

static __attribute__((noinline)) size_t overflow(size_t depth)
{
    volatile char frame[2000];
    frame[depth % sizeof frame] = 1;
    if (depth == SIZE_MAX)
        return 0;
    return overflow(depth + 1) + (unsigned char)frame[0];
}

static void *overflow_in_thread(void *unused)
{
    (void)unused;
    return (void *)(uintptr_t)overflow(0);
}

static void spawn_and_overflow(void *stack_size)
{
    thrum_thread *thread = NULL;
    thrum_spawn_options options = { .stack_size = *(size_t *)stack_size };
    CHILD_CHECK(thrum_spawn(&thread, overflow_in_thread, NULL, &options) == THRUM_OK);
    thrum_join(thread, NULL);
}

TEST(stack_overflow_hits_the_guard, 10)
{
    static size_t sizes[] = { 1, 65536, 8 << 20 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        struct system_child *child = test_child();
        if (!CHECK(system_run(spawn_and_overflow, &sizes[i], 3000, child)))
            return;
        CHECK_EQ(child->signal, SYSTEM_SIGNAL_SEGV);
    }
}

/* A frame of 60 KiB, touched at its far end first: the guard asked for is as large as that. */
static void *jump_with_a_large_frame(void *unused)
{
    thrum_stack info;
    (void)unused;
    thrum_stack_info(thrum_self(), &info);
    *beyond(&info, 60 * 1024 - 100) = 1;
    return NULL;
}

static void spawn_large_frame(void *unused)
{
    thrum_thread *thread = NULL;
    thrum_spawn_options options = { .stack_size = 65536, .guard_size = 65536 };
    (void)unused;
    CHILD_CHECK(thrum_spawn(&thread, jump_with_a_large_frame, NULL, &options) == THRUM_OK);
    thrum_join(thread, NULL);
}

TEST(stack_large_frame_stays_in_its_guard, 5)
{
    struct system_child *child = test_child();
    if (CHECK(system_run(spawn_large_frame, NULL, 3000, child)))
        CHECK_EQ(child->signal, SYSTEM_SIGNAL_SEGV);
}
