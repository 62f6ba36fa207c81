/* The one function we want from the kernel's shared object, found by its ELF symbol table
 * (vdso(7); Linux's Documentation/ABI/stable/vdso). */
#include "os/elf.h"
#include "os/linux/linux.h"

struct tables {
    const thrum_elf_symbol *symbols;
    const char *strings;
    const thrum_linux_hash_word *hash;
    const uint32_t *gnu_hash;
    uintptr_t base;
};

static bool find_tables(const unsigned char *image, struct tables *tables)
{
    const thrum_elf_header *header = (const void *)image;
    const thrum_elf_segment *segment = (const void *)(image + header->segments_at);
    const thrum_elf_dynamic *dynamic = NULL;
    bool loaded = false;
    for (unsigned i = 0; i < header->segment_count; i++, segment++) {
        if (segment->type == THRUM_ELF_LOAD && !loaded) {
            tables->base = (uintptr_t)image + segment->offset - segment->address;
            loaded = true;
        } else if (segment->type == THRUM_ELF_DYNAMIC) {
            dynamic = (const void *)(image + segment->offset);
        }
    }
    if (!loaded || dynamic == NULL)
        return false;
    for (; dynamic->tag != 0; dynamic++) {
        const void *at = (const void *)(tables->base + dynamic->value);
        if (dynamic->tag == THRUM_ELF_DT_SYMTAB)
            tables->symbols = at;
        else if (dynamic->tag == THRUM_ELF_DT_STRTAB)
            tables->strings = at;
        else if (dynamic->tag == THRUM_ELF_DT_HASH)
            tables->hash = at;
        else if (dynamic->tag == THRUM_ELF_DT_GNU_HASH)
            tables->gnu_hash = at;
    }
    return tables->symbols != NULL && tables->strings != NULL;
}

/* A symbol table does not say its length; the hash tables do, each in its way. The GNU one first: its
 * words have 32 bits on every CPU. */
static uint32_t count_symbols(const struct tables *tables)
{
    if (tables->gnu_hash == NULL)
        return tables->hash != NULL ? (uint32_t)tables->hash[1] : 0;
    uint32_t bucket_count = tables->gnu_hash[0], first = tables->gnu_hash[1];
    const uint32_t *buckets =
        tables->gnu_hash + 4 + tables->gnu_hash[2] * (sizeof(uintptr_t) / sizeof(uint32_t));
    uint32_t last = 0;
    for (uint32_t i = 0; i < bucket_count; i++)
        last = buckets[i] > last ? buckets[i] : last;
    if (last < first)
        return 0;
    const uint32_t *chain = buckets + bucket_count;
    while (!(chain[last - first] & 1))
        last++;
    return last + 1;
}

static bool equal(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return *a == *b;
}

thrum_linux_clock_function *thrum_linux_vdso_clock(const unsigned char *vdso)
{
    const char *name = THRUM_LINUX_VDSO_CLOCK;
    struct tables tables = { 0 };
    if (name == NULL || !find_tables(vdso, &tables))
        return NULL;
    uint32_t count = count_symbols(&tables);
    for (uint32_t i = 0; i < count; i++) {
        const thrum_elf_symbol *symbol = &tables.symbols[i];
        if (symbol->section != 0 && equal(tables.strings + symbol->name, name))
            return (thrum_linux_clock_function *)(tables.base + symbol->value);
    }
    return NULL;
}
