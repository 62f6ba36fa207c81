/* The checks of every program here: own program, its TLS image is its subject (not in `suite`). A
 * file defines the shape and includes this:
 *
 *     IMAGE_DATA, IMAGE_DATA_ALIGN   bytes and alignment of initialised data (.tdata), 0: none
 *     IMAGE_ZERO, IMAGE_ZERO_ALIGN   and of zeroed data (.tbss)
 */
#ifndef THRUM_TEST_IMAGE_H
#define THRUM_TEST_IMAGE_H

#include "../support/thread_system.h"
#include "../test.h"

#if IMAGE_DATA > 0
/* First and last byte known, whatever lies between zero. */
static THRUM_THREAD_LOCAL _Alignas(IMAGE_DATA_ALIGN) unsigned char image_data[IMAGE_DATA] = {
    [0] = 0x5a,
#if IMAGE_DATA > 1
    [IMAGE_DATA - 1] = 0xa5,
#endif
};
#endif

#if IMAGE_ZERO > 0
static THRUM_THREAD_LOCAL _Alignas(IMAGE_ZERO_ALIGN) unsigned char image_zero[IMAGE_ZERO];

/* A large image's bytes are looked at here and there where each takes an emulator's time. */
static size_t image_step(size_t size)
{
    return size > 65536 && system_emulated() ? 127 : 1;
}
#endif

/* Every byte as the program file has it; then every byte is dirtied, and seen so. */
static uint32_t check_image(unsigned char dirt)
{
    uint32_t wrong = 0;
#if IMAGE_DATA > 0
    volatile unsigned char *data = image_data;
    wrong += seen_address(image_data) % IMAGE_DATA_ALIGN != 0;
    for (size_t i = 0; i < IMAGE_DATA; ++i) {
        unsigned char expected = i == 0 ? 0x5a : i == IMAGE_DATA - 1 ? 0xa5 : 0;
        wrong += data[i] != expected;
        data[i] = dirt;
    }
#endif
#if IMAGE_ZERO > 0
    volatile unsigned char *zero = image_zero;
    wrong += seen_address(image_zero) % IMAGE_ZERO_ALIGN != 0;
    for (size_t i = 0, step = image_step(IMAGE_ZERO); i < IMAGE_ZERO; i += step) {
        wrong += zero[i] != 0;
        zero[i] = dirt;
    }
#endif
    (void)dirt;
    return wrong;
}

static uint32_t check_dirt(unsigned char dirt)
{
    uint32_t wrong = 0;
#if IMAGE_DATA > 0
    for (size_t i = 0; i < IMAGE_DATA; ++i)
        wrong += ((volatile unsigned char *)image_data)[i] != dirt;
#endif
#if IMAGE_ZERO > 0
    for (size_t i = 0, step = image_step(IMAGE_ZERO); i < IMAGE_ZERO; i += step)
        wrong += ((volatile unsigned char *)image_zero)[i] != dirt;
#endif
    (void)dirt;
    return wrong;
}

/* The stack and the control block are elsewhere: writing all of the image harmed neither. */
static uint32_t check_thread(void)
{
    thrum_stack info = { 0 };
    uint32_t wrong = thrum_id() != system_thread_id();
    wrong += thrum_thread_id(thrum_self()) != thrum_id();
    wrong += thrum_stack_info(thrum_self(), &info) != THRUM_OK && system_tells_resident_pages();
    uintptr_t low = (uintptr_t)info.base, high = low + info.size;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    wrong += here < low || here > high;
#if IMAGE_DATA > 0
    wrong += (uintptr_t)image_data < high && (uintptr_t)image_data + IMAGE_DATA > low;
#endif
#if IMAGE_ZERO > 0
    wrong += (uintptr_t)image_zero < high && (uintptr_t)image_zero + IMAGE_ZERO > low;
#endif
    return wrong;
}

static thrum_barrier image_barrier;
static thrum_tls_key image_key;

static void *check_in_thread(void *argument)
{
    unsigned char dirt = (unsigned char)(uintptr_t)argument;
    uint32_t wrong = thrum_tls_get(image_key) != NULL;
    thrum_tls_set(image_key, &image_key);
    wrong += check_image(dirt);
    thrum_barrier_wait(&image_barrier);
    wrong += check_dirt(dirt) + check_thread();
    wrong += thrum_tls_get(image_key) != &image_key;
    return (void *)(uintptr_t)(wrong + 1); /* a result that went astray is 0 */
}

static void check_threads(size_t stack_size)
{
    enum { THREADS = 4 };
    thrum_spawn_options options = { .stack_size = stack_size };
    CHECK_EQ(thrum_tls_alloc(&image_key, NULL, 0), THRUM_OK);
    for (uintptr_t round = 0; round < 4; ++round) { /* the later ones on mappings used before */
        thrum_thread *threads[THREADS];
        image_barrier = (thrum_barrier)THRUM_BARRIER_INIT(THREADS);
        for (uintptr_t i = 0; i < THREADS; ++i)
            CHECK_EQ(
                thrum_spawn(&threads[i], check_in_thread, (void *)(1 + i + 10 * round), &options),
                THRUM_OK);
        for (int i = 0; i < THREADS; ++i)
            CHECK_EQ((uintptr_t)test_join(threads[i]), 1);
    }
    thrum_tls_free(image_key);
}

/* By whichever test runs first: compilers register them in either order. */
static void check_main(void)
{
    static bool checked;
    if (!checked)
        CHECK_EQ(check_image(77), 0);
    checked = true;
    CHECK_EQ(check_dirt(77), 0);
}

TEST(image_of_main, 10)
{
    check_main();
    CHECK_EQ(check_thread(), 0);
}

TEST(image_of_threads, 20)
{
    check_main();
    check_threads(0);
    check_main(); /* it is still its own */
}

TEST(image_with_the_smallest_stack, 20)
{
    check_threads(1);
}

static __attribute__((noinline)) void use_stack(size_t bytes)
{
    volatile unsigned char *low = __builtin_alloca(bytes);
    for (size_t i = bytes; i > 0; --i)
        low[i - 1] = 0xff;
}

static void *use_what_was_asked_for(void *unused)
{
    (void)unused;
    uint32_t wrong = check_image(9);
    use_stack(65536 - 2048);
    return (void *)(uintptr_t)(wrong + check_dirt(9) + check_thread());
}

/* field.md 3.1, 13: the image is added to the stack asked for, not taken out of it. */
TEST(image_is_not_taken_from_the_stack, 20)
{
    thrum_spawn_options options = { .stack_size = 65536 };
    for (int i = 0; i < 3; ++i) {
        thrum_thread *thread = NULL;
        CHECK_EQ(thrum_spawn(&thread, use_what_was_asked_for, NULL, &options), THRUM_OK);
        CHECK_EQ((uintptr_t)test_join(thread), 0);
    }
}

static void check_in_child(void *unused)
{
    (void)unused;
    CHILD_CHECK(check_dirt(77) == 0);
    check_threads(0);
}

TEST(image_after_a_fork, 20)
{
    check_main();
    test_in_child(check_in_child, NULL, 10000);
}

#endif
