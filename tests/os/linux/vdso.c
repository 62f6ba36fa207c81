/* The clock in the vDSO, whatever tables tell of its symbols: in images made for it, since most kernels and
 * emulators have one kind, or none. */
#include "../../test.h"
#include "os/elf.h"
#include "os/linux/linux.h"

enum { SYMBOLS = 5, WANTED = 3, ADDRESS = 0x40000, VALUE = 0x1230, FUNCTION = 0x12, SECTION = 9 };
enum { HASH = 1, GNU_HASH = 2 };

struct image {
    thrum_elf_header header;
    thrum_elf_segment segments[2];
    thrum_elf_dynamic dynamic[5];
    thrum_elf_symbol symbols[SYMBOLS];
    char strings[64];
    thrum_linux_hash_word hash[2 + 1 + SYMBOLS];
    struct {
        uint32_t buckets, first, filters, shift;
        uintptr_t filter[1];
        uint32_t bucket[1], chain[SYMBOLS - 1];
    } gnu_hash;
};

static struct image image;

static uintptr_t address_of(const void *part)
{
    return ADDRESS + (uintptr_t)((const char *)part - (const char *)&image);
}

static void add_dynamic(size_t *count, uintptr_t tag, const void *part)
{
    image.dynamic[*count].tag = tag;
    image.dynamic[(*count)++].value = address_of(part);
}

static void add_symbol(unsigned at, const char *name, size_t *length)
{
    image.symbols[at].name = (uint32_t)*length;
    image.symbols[at].info = FUNCTION;
    image.symbols[at].section = SECTION;
    image.symbols[at].value = ADDRESS + VALUE + 16 * at;
    for (; *name != '\0'; name++)
        image.strings[(*length)++] = *name;
    image.strings[(*length)++] = '\0';
}

static void make_image(const char *clock, unsigned tables)
{
    const struct image fresh = { .header = { .segments_at = offsetof(struct image, segments),
                                             .segment_count = 2 } };
    size_t length = 1, dynamic = 0;
    image = fresh;
    image.segments[0].type = THRUM_ELF_LOAD;
    image.segments[0].address = ADDRESS;
    image.segments[1].type = THRUM_ELF_DYNAMIC;
    image.segments[1].offset = offsetof(struct image, dynamic);
    for (unsigned i = 1; i < SYMBOLS; ++i)
        add_symbol(i, i == WANTED ? clock : i == 1 ? "__kernel_clock" : "another", &length);
    add_dynamic(&dynamic, THRUM_ELF_DT_SYMTAB, image.symbols);
    add_dynamic(&dynamic, THRUM_ELF_DT_STRTAB, image.strings);
    if (tables & HASH)
        add_dynamic(&dynamic, THRUM_ELF_DT_HASH, image.hash);
    if (tables & GNU_HASH)
        add_dynamic(&dynamic, THRUM_ELF_DT_GNU_HASH, &image.gnu_hash);
    image.hash[0] = 1;
    image.hash[1] = SYMBOLS;
    image.gnu_hash.buckets = image.gnu_hash.first = image.gnu_hash.filters = 1;
    image.gnu_hash.bucket[0] = 1;
    image.gnu_hash.chain[SYMBOLS - 2] = 1; /* the last one */
}

static uintptr_t found(const char *clock, unsigned tables)
{
    make_image(clock, tables);
    return (uintptr_t)thrum_linux_vdso_clock((const unsigned char *)&image);
}

TEST(vdso_clock_is_found_by_either_table, 5)
{
    const char *clock = THRUM_LINUX_VDSO_CLOCK;
    const uintptr_t right = (uintptr_t)&image + VALUE + 16 * WANTED;
    if (clock == NULL) {
        test_skip("this CPU's vDSO has no clock of the kind");
        return;
    }
    CHECK_EQ(found(clock, HASH), right);
    CHECK_EQ(found(clock, GNU_HASH), right);
    CHECK_EQ(found(clock, HASH | GNU_HASH), right);
    CHECK_EQ(found(clock, 0), 0);
    CHECK_EQ(found("__another_clock", HASH | GNU_HASH), 0);
    make_image(clock, HASH | GNU_HASH);
    image.symbols[WANTED].section = 0; /* wanted, not there */
    CHECK_EQ((uintptr_t)thrum_linux_vdso_clock((const unsigned char *)&image), 0);
}
