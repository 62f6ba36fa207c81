/* The memory functions that compilers call by name: every size, every overlap. */
#include "../support/thread_system.h"
#include "../test.h"

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);

/* Through pointers the compiler does not see through, so that these are calls. */
static void *(*volatile copy)(void *restrict, const void *restrict, size_t) = memcpy;
static void *(*volatile move)(void *, const void *, size_t) = memmove;
static void *(*volatile fill)(void *, int, size_t) = memset;
static int (*volatile compare)(const void *, const void *, size_t) = memcmp;

enum { ROOM = 1024 };
static unsigned char source[ROOM], target[ROOM], expected[ROOM];

static void prepare(uint64_t *state)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < ROOM; ++i, bytes >>= 16) {
        if (i % 4 == 0)
            bytes = test_random(state);
        source[i] = (unsigned char)bytes;
        target[i] = expected[i] = (unsigned char)(bytes >> 8);
    }
}

static size_t count_wrong(const unsigned char *seen)
{
    size_t wrong = 0;
    for (size_t i = 0; i < ROOM; ++i)
        wrong += ((const volatile unsigned char *)seen)[i] != expected[i];
    return wrong;
}

static size_t next_size(size_t size)
{
    return size < 140 ? size + 1 : size * 5 / 4;
}

TEST(memory_copy, 10)
{
    uint64_t state = test_seed();
    for (size_t size = 0; size < ROOM - 32; size = next_size(size)) {
        for (size_t offset = 0; offset < 16; offset += 3) {
            prepare(&state);
            for (size_t i = 0; i < size; ++i)
                expected[16 + i] = ((volatile unsigned char *)source)[offset + i];
            CHECK(copy(target + 16, source + offset, size) == target + 16);
            CHECK_EQ(count_wrong(target), 0);
        }
    }
}

TEST(memory_move_overlapping, 10)
{
    static const ptrdiff_t distances[] = { -200, -64, -33, -17, -16, -15, -9, -8, -7,
                                           -2,   -1,  0,   1,   2,   3,   7,  8,  9,
                                           15,   16,  17,  31,  32,  63,  64, 200 };
    uint64_t state = test_seed();
    for (size_t size = 0; size < 500; size = next_size(size)) {
        for (size_t d = 0; d < sizeof distances / sizeof *distances; ++d) {
            unsigned char *from = target + 256 + d % 8;
            unsigned char *to = from + distances[d];
            prepare(&state);
            for (size_t i = 0; i < size; ++i)
                expected[to - target + (ptrdiff_t)i] = ((volatile unsigned char *)from)[i];
            CHECK(move(to, from, size) == to);
            CHECK_EQ(count_wrong(target), 0);
        }
    }
}

TEST(memory_fill, 10)
{
    static const int bytes[] = { 0, 1, 0x7f, 0x80, 0xff, -1, 0x1234, -256 };
    uint64_t state = test_seed();
    for (size_t size = 0; size < ROOM - 32; size = next_size(size)) {
        for (size_t b = 0; b < sizeof bytes / sizeof *bytes; ++b) {
            size_t offset = 16 + b;
            prepare(&state);
            for (size_t i = 0; i < size; ++i)
                ((volatile unsigned char *)expected)[offset + i] = (unsigned char)bytes[b];
            CHECK(fill(target + offset, bytes[b], size) == target + offset);
            CHECK_EQ(count_wrong(target), 0);
        }
    }
}

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

/* The first byte that differs decides, as an unsigned one. */
TEST(memory_compare, 10)
{
    uint64_t state = test_seed();
    for (size_t size = 1; size < 300; size = next_size(size)) {
        for (size_t at = 0; at < size; at += 1 + size / 9) {
            prepare(&state);
            for (size_t i = 0; i < ROOM - 3; ++i)
                ((volatile unsigned char *)target)[i + 3] = source[i];
            CHECK_EQ(compare(source, target + 3, size), 0);
            unsigned char other = (unsigned char)(source[at] ^ (1u << at % 8));
            target[at + 3] = other;
            for (size_t i = at + 1; i < size; ++i) /* later ones do not count */
                target[i + 3] = (unsigned char)test_random(&state);
            int answer = sign(compare(source, target + 3, size));
            CHECK(answer == (source[at] < other ? -1 : 1));
            CHECK(sign(compare(target + 3, source, size)) == -answer);
            CHECK_EQ(compare(source, target + 3, at), 0);
        }
    }
    CHECK_EQ(compare(source, target, 0), 0);
}

/* The byte before and the page after belong to others. */
TEST(memory_at_the_edge_of_a_page, 10)
{
    size_t page = system_page_size();
    unsigned char *pages = system_map(2 * page);
    if (!CHECK(pages != NULL) || !CHECK(system_forbid(pages + page, page)))
        return;
    for (size_t size = 0; size < 130; ++size) {
        unsigned char *edge = pages + page - size;
        fill(edge, 3, size);
        copy(edge, source, size);
        CHECK_EQ(compare(edge, source, size), 0);
        CHECK_EQ(compare(source, edge, size), 0);
        copy(target, edge, size);
        move(edge, target, size);
    }
    system_unmap(pages, 2 * page);
}

/* Large ones, in several threads at once. */
static void *copy_large(void *seed)
{
    enum { LARGE = 3 * 1000 * 1000 + 7 };
    uint64_t state = (uintptr_t)seed;
    unsigned char *from = system_map(LARGE), *to = system_map(LARGE);
    if (!CHECK(from && to))
        return NULL;
    for (size_t i = 0; i < LARGE; i += 61)
        from[i] = (unsigned char)test_random(&state);
    copy(to + 3, from, LARGE - 3);
    CHECK_EQ(compare(to + 3, from, LARGE - 3), 0);
    move(to, to + 3, LARGE - 3);
    CHECK_EQ(compare(to, from, LARGE - 3), 0);
    fill(to, 0, LARGE);
    size_t wrong = 0;
    for (size_t i = 0; i < LARGE; ++i)
        wrong += ((volatile unsigned char *)to)[i] != 0;
    CHECK_EQ(wrong, 0);
    system_unmap(from, LARGE);
    system_unmap(to, LARGE);
    return NULL;
}

TEST(memory_large, 10)
{
    thrum_thread *threads[3];
    for (uintptr_t i = 0; i < 3; ++i)
        threads[i] = test_spawn(copy_large, (void *)(i + 1));
    for (int i = 0; i < 3; ++i)
        test_join(threads[i]);
}
