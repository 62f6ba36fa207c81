/* Self-relocation (System V gABI, chapter 5). */
#include "arch/arch.h"
#include "os/os.h"
#include "start/start.h"

/* Of the linker's making: the ELF header, wherever it was loaded; and in programs that are not PIEs
 * the relocations that need a resolver. */
extern const thrum_elf_header __ehdr_start __attribute__((visibility("hidden")));
extern const thrum_elf_relocation __rela_iplt_start[] __attribute__((weak, visibility("hidden")));
extern const thrum_elf_relocation __rela_iplt_end[] __attribute__((weak, visibility("hidden")));

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
        if (program.segments[i].type == THRUM_ELF_LOAD && program.segments[i].offset == 0)
            program.base = (uintptr_t)&__ehdr_start - program.segments[i].address;
    return program;
}

/* Addresses relative to the base are no null pointers.
 * NOLINTBEGIN(clang-analyzer-core.NullDereference) */

static void resolve(uintptr_t base, const thrum_elf_relocation *relocation)
{
    uintptr_t (*resolver)(void) = (uintptr_t(*)(void))(base + (uintptr_t)relocation->addend);
    *(uintptr_t *)(base + relocation->offset) = resolver();
}

static void apply(uintptr_t base, const thrum_elf_relocation *table, size_t size, uint32_t type)
{
    for (; size >= sizeof *table; size -= sizeof *table, table++) {
        if (thrum_elf_relocation_type(table->info) != type)
            continue;
        if (type == THRUM_ARCH_R_RELATIVE)
            *(uintptr_t *)(base + table->offset) = base + (uintptr_t)table->addend;
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

void thrum_start_relocate(const struct thrum_program *program)
{
    const thrum_elf_dynamic *dynamic = NULL;
    for (size_t i = 0; i < program->count; i++)
        if (program->segments[i].type == THRUM_ELF_DYNAMIC)
            dynamic = (const void *)(program->base + program->segments[i].address);
    if (dynamic == NULL)
        return;
    uintptr_t rela = 0, rela_size = 0, relr = 0, relr_size = 0;
    for (; dynamic->tag != 0; dynamic++) {
        if (dynamic->tag == THRUM_ELF_DT_RELA)
            rela = program->base + dynamic->value;
        else if (dynamic->tag == THRUM_ELF_DT_RELASZ)
            rela_size = dynamic->value;
        else if (dynamic->tag == THRUM_ELF_DT_RELR)
            relr = program->base + dynamic->value;
        else if (dynamic->tag == THRUM_ELF_DT_RELRSZ)
            relr_size = dynamic->value;
    }
    apply_relr(program->base, (const uintptr_t *)relr, relr_size);
    apply(program->base, (const void *)rela, rela_size, THRUM_ARCH_R_RELATIVE);
    apply(program->base, (const void *)rela, rela_size, THRUM_ARCH_R_IRELATIVE);
}

/* NOLINTEND(clang-analyzer-core.NullDereference) */

void thrum_start_resolve(void)
{
    for (const thrum_elf_relocation *at = __rela_iplt_start; at < __rela_iplt_end; at++)
        resolve(0, at);
}

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
