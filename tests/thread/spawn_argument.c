/* thrum_spawn with arg_size: the thread gets a copy of its own, the caller's memory may go. */
#include "../support/thread_system.h"
#include "../test.h"

struct message {
    uint64_t number;
    const void *original;
    unsigned char filling[100];
};

static void *check_message(void *argument)
{
    const struct message *message = argument;
    bool right = message->original != argument;
    for (size_t i = 0; i < sizeof message->filling; ++i)
        right = right && message->filling[i] == (unsigned char)(message->number + i);
    return right ? (void *)(uintptr_t)(message->number + 1) : NULL;
}

static void fill_message(struct message *message, uint64_t number)
{
    message->number = number;
    message->original = message;
    for (size_t i = 0; i < sizeof message->filling; ++i)
        message->filling[i] = (unsigned char)(number + i);
}

TEST(arg_copy_outlives_the_callers, 10)
{
    uint32_t count = test_scale_threads(2000, 50);
    thrum_spawn_options options = { .arg_size = sizeof(struct message) };
    for (uint64_t i = 0; i < count; i += 8) {
        thrum_thread *threads[8];
        struct message message;
        for (uint64_t j = 0; j < 8; ++j) {
            fill_message(&message, i + j);
            if (!CHECK(thrum_spawn(&threads[j], check_message, &message, &options) == THRUM_OK))
                return;
            fill_message(&message, 0x5a5a5a5a); /* at once */
        }
        for (uint64_t j = 0; j < 8; ++j)
            CHECK_EQ((uintptr_t)test_join(threads[j]), i + j + 1);
    }
}

static thrum_stack seen_stack;

static void *note_argument(void *argument)
{
    thrum_stack_info(thrum_self(), &seen_stack);
    return argument;
}

/* Aligned for any type, at any size; and within the thread's mapping: gone after the join, or kept
 * in the cache, but never taken out of the stack asked for. */
TEST(arg_copy_is_aligned, 10)
{
    static const unsigned char source[4096 + 256];
    for (size_t size = 1; size < sizeof source; size = size * 3 / 2 + 1) {
        for (size_t offset = 0; offset < 16; offset += 5) {
            thrum_thread *thread = NULL;
            thrum_spawn_options options = { .arg_size = size, .stack_size = 65536 };
            void *argument = (void *)(uintptr_t)(source + offset);
            CHECK(thrum_spawn(&thread, note_argument, argument, &options) == THRUM_OK);
            uintptr_t copy = (uintptr_t)test_join(thread);
            uintptr_t low = (uintptr_t)seen_stack.base;
            CHECK_EQ(copy % _Alignof(max_align_t), 0);
            CHECK_EQ(copy % 16, 0);
            CHECK(seen_stack.size >= 65536);
            CHECK(copy >= low + seen_stack.size || copy + size <= low); /* beyond its beginning */
        }
    }
}

static unsigned char big_argument[3 << 20];

static void *sum_big(void *argument)
{
    const unsigned char *bytes = argument;
    uintptr_t sum = 0;
    for (size_t i = 0; i < sizeof big_argument; ++i)
        sum += bytes[i];
    bytes = NULL;
    return (void *)sum;
}

/* Larger than the stack asked for, and than a default one of 32-bit systems. */
TEST(arg_copy_of_megabytes, 10)
{
    uintptr_t expected = 0;
    uint64_t state = test_seed();
    for (size_t i = 0; i < sizeof big_argument; ++i) {
        big_argument[i] = (unsigned char)test_random(&state);
        expected += big_argument[i];
    }
    thrum_spawn_options options = { .arg_size = sizeof big_argument, .stack_size = 16384 };
    thrum_thread *thread = NULL;
    CHECK(thrum_spawn(&thread, sum_big, big_argument, &options) == THRUM_OK);
    for (size_t i = 0; i < sizeof big_argument; ++i)
        big_argument[i] = 0;
    CHECK_EQ((uintptr_t)test_join(thread), expected);
}

/* The last page of what the caller gives may end where nothing is mapped. */
TEST(arg_copy_reads_no_byte_too_many, 5)
{
    size_t page = system_page_size();
    char *pages = system_map(2 * page);
    if (!CHECK(pages != NULL) || !CHECK(system_forbid(pages + page, page)))
        return;
    for (size_t size = 1; size < 100; size += 7) {
        thrum_thread *thread = NULL;
        thrum_spawn_options options = { .arg_size = size };
        CHECK(thrum_spawn(&thread, note_argument, pages + page - size, &options) == THRUM_OK);
        CHECK(test_join(thread) != pages + page - size);
    }
    system_unmap(pages, 2 * page);
}

static uint32_t detached_sum;

static void *add_to_sum(void *argument)
{
    __atomic_fetch_add(&detached_sum, *(uint32_t *)argument, __ATOMIC_RELEASE);
    return NULL;
}

TEST(arg_copy_of_detached, 10)
{
    uint32_t count = test_scale_threads(2000, 50), expected = 0;
    thrum_spawn_options options = { .arg_size = sizeof(uint32_t), .detached = true };
    detached_sum = 0;
    for (uint32_t i = 1; i <= count; ++i) {
        uint32_t number = i;
        expected += i;
        CHECK(thrum_spawn(NULL, add_to_sum, &number, &options) == THRUM_OK);
        number = 1000000;
    }
    thrum_time limit = thrum_after(test_ms(5000));
    while (__atomic_load_n(&detached_sum, __ATOMIC_ACQUIRE) < expected && !test_late(limit))
        thrum_yield();
    CHECK_EQ(detached_sum, expected);
}
