/* Hardened threads: a guard between stack and block, and stacks that start anywhere in 4 KiB. */
#include "../support/thread_system.h"
#include "../test.h"

static const thrum_spawn_options hardened = { .stack_size = 65536 + 4000, .hardened = true };

static void *nothing(void *argument)
{
    return argument;
}

/* Reads on from its frame, as a string without an end would be read, up to its block. */
static void *read_up_to_block(void *unused)
{
    const uintptr_t block = (uintptr_t)thrum_self() & ~(uintptr_t)63;
    (void)unused;
    CHILD_CHECK(block > (uintptr_t)__builtin_frame_address(0));
    text_print("begins\n");
    for (uintptr_t at = (uintptr_t)__builtin_frame_address(0); at < block; at += 1024)
        (void)*(const volatile char *)at;
    text_print("is at the block\n");
    return NULL;
}

/* Down to where the guard of a hardened thread would be. */
static void *use_stack(void *argument)
{
    volatile char bytes[40000];
    for (size_t at = sizeof bytes; at > 512; at -= 512)
        bytes[at - 1] = 1;
    return argument;
}

/* Threads whose mappings are kept: one of them is as large as a hardened one's. */
static void spawn_plain_ones(void)
{
    enum { STEP = 4096, SIZES = 48 };
    for (uint32_t i = 0; i < SIZES; i++) {
        thrum_thread *thread = NULL;
        thrum_spawn_options plain = { .stack_size = 65536 + i * STEP };
        CHILD_CHECK(thrum_spawn(&thread, use_stack, NULL, &plain) == THRUM_OK);
        thrum_join(thread, NULL);
    }
}

static void spawn_reader(void *argument_size)
{
    thrum_thread *thread = NULL;
    static char argument[100000];
    thrum_spawn_options options = hardened;
    options.arg_size = *(size_t *)argument_size;
    spawn_plain_ones();
    CHILD_CHECK(thrum_spawn(&thread, read_up_to_block, argument, &options) == THRUM_OK);
    thrum_join(thread, NULL);
}

TEST(hardened_block_is_beyond_a_guard, 10)
{
    size_t sizes[] = { 0, 1, 100000 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct system_child *child = test_child();
        if (!CHECK(system_run(spawn_reader, &sizes[i], 3000, child)))
            return;
        bool right = CHECK_EQ(child->signal, SYSTEM_SIGNAL_SEGV);
        right = CHECK(text_equal(child->output, "begins\n")) && right;
        if (!right)
            test_note_child(child);
    }
}

static void spawn_hardened_then_plain(void *unused)
{
    thrum_thread *thread = NULL;
    CHILD_CHECK(thrum_spawn(&thread, nothing, unused, &hardened) == THRUM_OK);
    thrum_join(thread, NULL);
    spawn_plain_ones();
}

TEST(hardened_mapping_is_nobody_elses, 10)
{
    test_in_child(spawn_hardened_then_plain, NULL, 8000);
}

static void *own_frame(void *unused)
{
    thrum_stack stack;
    (void)unused;
    thrum_stack_info(thrum_self(), &stack);
    CHECK(stack.size >= hardened.stack_size);
    return __builtin_frame_address(0);
}

/* Nor do the steps from one to the next repeat: they would tell the next place. */
TEST(hardened_frames_start_anywhere, 10)
{
    enum { THREADS = 64, PLACES = 256, LEAST = 16 };
    bool seen[PLACES] = { false }, seen_step[PLACES] = { false };
    uint32_t places = 0, steps = 0, last = 0;
    for (int i = 0; i < THREADS; i++) {
        thrum_thread *thread = NULL;
        if (!CHECK(thrum_spawn(&thread, own_frame, NULL, &hardened) == THRUM_OK))
            return;
        uint32_t place = (uintptr_t)test_join(thread) / 16 % PLACES;
        uint32_t step = (place - last) % PLACES;
        places += !seen[place];
        seen[place] = true;
        steps += !seen_step[step];
        seen_step[step] = true;
        last = place;
    }
    test_note("%u places and %u steps in %u threads", places, steps, (uint32_t)THREADS);
    CHECK(places >= LEAST);
    CHECK(steps >= LEAST);
}
