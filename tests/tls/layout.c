/* Where the TLS image lies around the thread pointer, for every shape and both of the ABI's
 * variants (field.md 3.3, 34: p_vaddr that is no multiple of p_align, the gap of variant I). The
 * shapes that this linker makes are run by tests/image; those of others are computed here. */
#include "tls/image.h"

#include "../test.h"

static size_t round_up(size_t size, size_t to)
{
    return (size + to - 1) / to * to;
}

static bool congruent(ptrdiff_t image, uintptr_t address, size_t align)
{
    return (((uintptr_t)image - address) & (align - 1)) == 0;
}

static void check_variant_2(size_t size, size_t align, uintptr_t address)
{
    struct thrum_tls_layout layout = thrum_tls_layout_of(2, 0, size, align, address);
    CHECK(layout.align >= align && layout.align % align == 0);
    CHECK(congruent(layout.image, address, align));
    CHECK(layout.image <= -(ptrdiff_t)size);          /* it ends at tp or before */
    CHECK(layout.image > -(ptrdiff_t)(size + align)); /* but not an alignment before */
    CHECK(layout.before >= (size_t)-layout.image);
    CHECK_EQ(layout.block, 0);
    CHECK(layout.after >= THRUM_BLOCK_SIZE);
    if (address % align == 0) /* Drepper 2013, section 3.4.6: round(size, align) below tp */
        CHECK_EQ(-layout.image, round_up(size, align));
}

static void check_variant_1(size_t gap, size_t size, size_t align, uintptr_t address)
{
    struct thrum_tls_layout layout = thrum_tls_layout_of(1, gap, size, align, address);
    CHECK(layout.align >= align && layout.align % align == 0);
    CHECK(congruent(layout.image, address, align));
    CHECK(layout.image >= (ptrdiff_t)gap);
    CHECK(layout.image < (ptrdiff_t)(gap + align));
    CHECK(layout.after >= (size_t)layout.image + size);
    CHECK(layout.block <= -(ptrdiff_t)THRUM_BLOCK_SIZE);
    CHECK(layout.before >= (size_t)-layout.block);
    if (address % align == 0)
        CHECK_EQ(layout.image, round_up(gap, align));
}

TEST(layout_of_every_shape, 10)
{
    static const size_t gaps[] = { 0, 8, 16 }; /* riscv, 32-bit ARM, AArch64 */
    uint64_t state = test_seed();
    test_note("seed %l", state);
    for (size_t align = 1; align <= 65536; align *= 2) {
        for (int i = 0; i < 200; ++i) {
            size_t size = test_pick(&state, i % 2 ? 64 : 200000);
            uintptr_t address = test_pick(&state, 0x10000000);
            address = i % 3 ? address : round_up(address, align);
            check_variant_2(size, align, address);
            check_variant_1(gaps[i % 3], size, align, address);
        }
    }
}

/* None at all, and an alignment of 0, which means 1 (gABI). */
TEST(layout_of_no_image, 5)
{
    CHECK_EQ(thrum_tls_layout_of(2, 0, 0, 1, 0).image, 0);
    CHECK_EQ(thrum_tls_layout_of(2, 0, 5, 0, 3).image, (uint64_t)-5);
    CHECK_EQ(thrum_tls_layout_of(1, 16, 5, 0, 3).image, 16);
    CHECK(thrum_tls_layout_of(2, 0, 0, 0, 0).align >= sizeof(void *));
}
