/* __thread variables: initialised, zeroed, aligned, in main and in every thread, apart from each
 * other (field.md 3.3, 34 and 35; images of other shapes are tested by tests/image). */
#include "../support/thread_system.h"
#include "../test.h"

static THRUM_THREAD_LOCAL char one_byte = 'x';
static THRUM_THREAD_LOCAL uint64_t number = 0x0123456789abcdef;
static THRUM_THREAD_LOCAL const char *pointer = "relocated";
static THRUM_THREAD_LOCAL uint32_t *to_own;
static THRUM_THREAD_LOCAL _Alignas(64) unsigned char line[64] = { 1, 2, 3 };
static THRUM_THREAD_LOCAL unsigned char odd[77] = { [0] = 7, [76] = 9 };
static THRUM_THREAD_LOCAL unsigned char zeroed[3333];
static THRUM_THREAD_LOCAL _Alignas(32) uint64_t zeroed_aligned[5];
THRUM_THREAD_LOCAL int32_t variables_seen_outside = -5; /* not static: another kind of symbol */

static bool aligned(const volatile void *variable, size_t wanted)
{
    const size_t most = system_variable_alignment();
    return seen_address(variable) % (wanted < most ? wanted : most) == 0;
}

static uint32_t count_wrong(void)
{
    uint32_t wrong = 0;
    wrong += one_byte != 'x';
    wrong += number != 0x0123456789abcdef;
    wrong += !text_equal(pointer, "relocated");
    wrong += to_own != NULL;
    wrong += line[0] != 1 || line[2] != 3 || line[63] != 0;
    wrong += odd[0] != 7 || odd[1] != 0 || odd[76] != 9;
    wrong += variables_seen_outside != -5;
    for (size_t i = 0; i < sizeof zeroed; ++i)
        wrong += zeroed[i] != 0;
    for (int i = 0; i < 5; ++i)
        wrong += zeroed_aligned[i] != 0;
    wrong += !aligned(line, 64);
    wrong += !aligned(zeroed_aligned, 32);
    wrong += !aligned(&number, _Alignof(uint64_t));
    return wrong;
}

static void fill(unsigned char byte)
{
    one_byte = (char)byte;
    number = byte;
    for (size_t i = 0; i < sizeof zeroed; ++i)
        zeroed[i] = byte;
    for (size_t i = 0; i < sizeof line; ++i)
        line[i] = byte;
    for (size_t i = 0; i < sizeof odd; ++i)
        odd[i] = byte;
    variables_seen_outside = byte;
}

static bool is_filled(unsigned char byte)
{
    bool right = one_byte == (char)byte && number == byte && variables_seen_outside == byte;
    for (size_t i = 0; i < sizeof zeroed; ++i)
        right = right && zeroed[i] == byte;
    for (size_t i = 0; i < sizeof line; ++i)
        right = right && line[i] == byte;
    for (size_t i = 0; i < sizeof odd; ++i)
        right = right && odd[i] == byte;
    return right;
}

static thrum_barrier all_filled = THRUM_BARRIER_INIT(16);

static void *fill_and_check(void *argument)
{
    unsigned char byte = (unsigned char)(uintptr_t)argument;
    uint32_t wrong = count_wrong();
    fill(byte);
    thrum_barrier_wait(&all_filled);
    wrong += !is_filled(byte);
    thrum_barrier_wait(&all_filled);
    return (void *)(uintptr_t)(wrong + 1); /* a result that went astray is 0 */
}

TEST(variables_are_every_threads_own, 10)
{
    CHECK_EQ(count_wrong(), 0); /* main's, as the image has them */
    uint32_t rounds = test_scale_threads(20, 5);
    for (uint32_t round = 0; round < rounds; ++round) {
        thrum_thread *threads[16];
        for (uintptr_t i = 0; i < 16; ++i)
            threads[i] = test_spawn(fill_and_check, (void *)(i + 100));
        for (int i = 0; i < 16; ++i)
            CHECK_EQ((uintptr_t)test_join(threads[i]), 1);
    }
    CHECK_EQ(count_wrong(), 0); /* nobody touched main's */
}

static void *publish(void *argument)
{
    static uint32_t dummy;
    to_own = &dummy;
    *(unsigned char **)argument = zeroed;
    zeroed[5] = 55;
    return NULL;
}

static void *wait_with_variable(void *argument)
{
    unsigned char **published = argument;
    zeroed[7] = 77;
    __atomic_store_n(published, zeroed, __ATOMIC_RELEASE);
    while (__atomic_load_n(&zeroed[7], __ATOMIC_ACQUIRE) == 77)
        thrum_yield();
    return (void *)(uintptr_t)zeroed[7];
}

/* An address of a variable is good in every thread while its thread lives. */
TEST(variables_by_address, 5)
{
    unsigned char *published = NULL;
    thrum_thread *thread = test_spawn(wait_with_variable, &published);
    while (thread && !__atomic_load_n(&published, __ATOMIC_ACQUIRE))
        thrum_yield();
    CHECK(published != zeroed);
    CHECK_EQ(published[7], 77);
    __atomic_store_n(&published[7], 78, __ATOMIC_RELEASE);
    CHECK_EQ((uintptr_t)test_join(thread), 78);
    test_join(test_spawn(publish, &published));
    CHECK(to_own == NULL);
}

/* Neither stack nor control block lies within a thread's variables. */
static void *check_overlap(void *unused)
{
    thrum_stack info;
    (void)unused;
    thrum_stack_info(thrum_self(), &info);
    uintptr_t low = (uintptr_t)info.base, high = low + info.size;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    uint32_t wrong = here <= low || here > high;
    wrong += (uintptr_t)zeroed < high && (uintptr_t)zeroed + sizeof zeroed > low;
    wrong += (uintptr_t)line < high && (uintptr_t)line + sizeof line > low;
    uint64_t id = thrum_id();
    char name[THRUM_NAME_SIZE];
    fill(0xee);
    thrum_get_name(thrum_self(), name);
    wrong += thrum_id() != id || name[0] != 0 || thrum_self() == NULL;
    return (void *)(uintptr_t)wrong;
}

TEST(variables_overlap_nothing, 5)
{
    for (int i = 0; i < 20; ++i)
        CHECK_EQ((uintptr_t)test_join(test_spawn(check_overlap, NULL)), 0);
}
