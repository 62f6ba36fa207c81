/* Self-relocation (System V gABI, chapter 5). */
#include "arch/arch.h"
#include "os/os.h"
#include "start/start.h"
#include "tls/image.h"

/* An entry of this CPU's relocation tables, whose REL form ends before the addend. */
struct entry {
    thrum_elf_relocation relocation;
    uintptr_t addend;
};
enum { ENTRY_SIZE = THRUM_ARCH_REL ? sizeof(thrum_elf_relocation) : sizeof(struct entry) };

static const struct entry *next(const struct entry *entry)
{
    return (const void *)((const char *)entry + ENTRY_SIZE);
}

static uintptr_t addend_of(const struct entry *entry, const uintptr_t *place)
{
    return THRUM_ARCH_REL ? *place : entry->addend;
}

/* Of the linker's making: the ELF header, wherever it was loaded; and in programs that are not PIEs
 * the relocations that need a resolver. */
extern const thrum_elf_header __ehdr_start __attribute__((visibility("hidden")));
extern const struct entry __rela_iplt_start[] __attribute__((weak, visibility("hidden")));
extern const struct entry __rela_iplt_end[] __attribute__((weak, visibility("hidden")));
extern const struct entry __rel_iplt_start[] __attribute__((weak, visibility("hidden")));
extern const struct entry __rel_iplt_end[] __attribute__((weak, visibility("hidden")));

struct thrum_program thrum_start_program(const uintptr_t *auxv)
{
    struct thrum_program program = { NULL, 0, 0 };
    for (; auxv[0] != 0; auxv += 2) {
        if (auxv[0] == THRUM_ELF_AT_PHDR)
            program.segments = (const thrum_elf_segment *)auxv[1];
        else if (auxv[0] == THRUM_ELF_AT_PHNUM)
            program.count = auxv[1];
    }
    if (program.segments == NULL)
        program.count = 0;
    for (size_t i = 0; i < program.count; i++)
        /* one without bytes of the file (.bss alone) may have the offset 0, too */
        if (program.segments[i].type == THRUM_ELF_LOAD && program.segments[i].offset == 0 &&
            program.segments[i].file_size != 0)
            program.base = (uintptr_t)&__ehdr_start - program.segments[i].address;
    return program;
}

#if THRUM_OS_MAY_LACK_AUXV
const uintptr_t *thrum_start_own_auxv(const uintptr_t *auxv, uintptr_t own[THRUM_START_OWN_AUXV])
{
    if (thrum_start_program(auxv).segments != NULL)
        return auxv;
    own[0] = THRUM_ELF_AT_PHDR;
    own[1] = (uintptr_t)&__ehdr_start + __ehdr_start.segments_at;
    own[2] = THRUM_ELF_AT_PHNUM;
    own[3] = __ehdr_start.segment_count;
    own[4] = own[5] = 0;
    return own;
}
#endif

/* Addresses relative to the base are no null pointers.
 * NOLINTBEGIN(clang-analyzer-core.NullDereference) */

static void resolve(uintptr_t base, const struct entry *entry)
{
    struct thrum_arch_hardware hardware;
    thrum_os_hardware(&hardware);
    uintptr_t *place = (uintptr_t *)(base + entry->relocation.offset);
    uintptr_t value = THRUM_ARCH_RESOLVE(base + addend_of(entry, place), &hardware);
    thrum_arch_resolved(place, thrum_elf_relocation_type(entry->relocation.info), value);
}

static void apply(uintptr_t base, const struct entry *table, size_t size, uint32_t type)
{
    for (; size >= ENTRY_SIZE; size -= ENTRY_SIZE, table = next(table)) {
        uint32_t its = thrum_elf_relocation_type(table->relocation.info);
        if (its == THRUM_ARCH_R_JUMP_IRELATIVE)
            its = THRUM_ARCH_R_IRELATIVE;
        if (its != type)
            continue;
        uintptr_t *place = (uintptr_t *)(base + table->relocation.offset);
        if (type == THRUM_ARCH_R_RELATIVE)
            *place = base + addend_of(table, place);
        else if (type == THRUM_ARCH_R_TPREL) /* the addend is from the image's start */
            *place = addend_of(table, place) - THRUM_ARCH_TP_BIAS +
                     (uintptr_t)thrum_tls_image.layout.image;
        else
            resolve(base, table);
    }
}

/* Compact relative relocations: an address, then bitmaps of the words after it. */
static void apply_relr(uintptr_t base, const uintptr_t *table, size_t size)
{
    uintptr_t *where = NULL;
    for (; size >= sizeof *table; size -= sizeof *table, table++) {
        if (!(*table & 1)) {
            where = (uintptr_t *)(base + *table);
            *where++ += base;
            continue;
        }
        uintptr_t bits = *table >> 1;
        for (size_t i = 0; bits != 0; i++, bits >>= 1)
            if (bits & 1)
                where[i] += base;
        where += 8 * sizeof(uintptr_t) - 1;
    }
}

struct tables {
    uintptr_t entries, size, plt, plt_size, relr, relr_size;
};

enum {
    TABLE_TAG = THRUM_ARCH_REL ? THRUM_ELF_DT_REL : THRUM_ELF_DT_RELA,
    SIZE_TAG = THRUM_ARCH_REL ? THRUM_ELF_DT_RELSZ : THRUM_ELF_DT_RELASZ
};

static struct tables find_tables(const struct thrum_program *program)
{
    struct tables tables = { 0, 0, 0, 0, 0, 0 };
    const thrum_elf_dynamic *dynamic = NULL;
    for (size_t i = 0; i < program->count; i++)
        if (program->segments[i].type == THRUM_ELF_DYNAMIC)
            dynamic = (const void *)(program->base + program->segments[i].address);
    for (; dynamic != NULL && dynamic->tag != 0; dynamic++) {
        if (dynamic->tag == TABLE_TAG)
            tables.entries = program->base + dynamic->value;
        else if (dynamic->tag == SIZE_TAG)
            tables.size = dynamic->value;
        else if (dynamic->tag == THRUM_ELF_DT_JMPREL)
            tables.plt = program->base + dynamic->value;
        else if (dynamic->tag == THRUM_ELF_DT_PLTRELSZ)
            tables.plt_size = dynamic->value;
        else if (dynamic->tag == THRUM_ELF_DT_RELR)
            tables.relr = program->base + dynamic->value;
        else if (dynamic->tag == THRUM_ELF_DT_RELRSZ)
            tables.relr_size = dynamic->value;
    }
    return tables;
}

void thrum_start_relocate(const struct thrum_program *program)
{
    struct tables tables = find_tables(program);
    apply_relr(program->base, (const uintptr_t *)tables.relr, tables.relr_size);
    apply(program->base, (const void *)tables.entries, tables.size, THRUM_ARCH_R_RELATIVE);
}

void thrum_start_resolve(const struct thrum_program *program)
{
    const struct entry *at = THRUM_ARCH_REL ? __rel_iplt_start : __rela_iplt_start;
    const struct entry *end = THRUM_ARCH_REL ? __rel_iplt_end : __rela_iplt_end;
    for (; at < end; at = next(at))
        resolve(0, at);
    struct tables tables = find_tables(program);
    apply(program->base, (const void *)tables.entries, tables.size, THRUM_ARCH_R_TPREL);
    apply(program->base, (const void *)tables.entries, tables.size, THRUM_ARCH_R_IRELATIVE);
    apply(program->base, (const void *)tables.plt, tables.plt_size, THRUM_ARCH_R_IRELATIVE);
}

/* NOLINTEND(clang-analyzer-core.NullDereference) */

void thrum_start_protect(const struct thrum_program *program)
{
    const size_t page = thrum_os_page_size();
    for (size_t i = 0; i < program->count; i++) {
        const thrum_elf_segment *segment = &program->segments[i];
        if (segment->type != THRUM_ELF_RELRO)
            continue;
        uintptr_t from = (program->base + segment->address) & ~(page - 1);
        uintptr_t to = (program->base + segment->address + segment->size) & ~(page - 1);
        if (to > from)
            thrum_os_protect((void *)from, to - from);
    }
}
