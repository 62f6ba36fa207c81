/* The parts of ELF (System V gABI, chapter 4 and 5) that start-up and the vDSO look-up read, in the
 * word size of the CPU. */
#ifndef THRUM_OS_ELF_H
#define THRUM_OS_ELF_H

#include <stdint.h>

enum { THRUM_ELF_LOAD = 1, THRUM_ELF_DYNAMIC = 2, THRUM_ELF_TLS = 7, THRUM_ELF_RELRO = 0x6474e552 };

enum {
    THRUM_ELF_DT_PLTRELSZ = 2,
    THRUM_ELF_DT_HASH = 4,
    THRUM_ELF_DT_STRTAB = 5,
    THRUM_ELF_DT_SYMTAB = 6,
    THRUM_ELF_DT_RELA = 7,
    THRUM_ELF_DT_RELASZ = 8,
    THRUM_ELF_DT_REL = 17,
    THRUM_ELF_DT_RELSZ = 18,
    THRUM_ELF_DT_JMPREL = 23,
    THRUM_ELF_DT_RELRSZ = 35,
    THRUM_ELF_DT_RELR = 36,
    THRUM_ELF_DT_GNU_HASH = 0x6ffffef5
};

enum { THRUM_ELF_AT_PHDR = 3, THRUM_ELF_AT_PHNUM = 5 };

typedef struct thrum_elf_header {
    unsigned char ident[16];
    uint16_t type, machine;
    uint32_t version;
    uintptr_t entry, segments_at, sections_at;
    uint32_t flags;
    uint16_t header_size, segment_size, segment_count, section_size, section_count, names_at;
} thrum_elf_header;

typedef struct thrum_elf_dynamic {
    uintptr_t tag, value;
} thrum_elf_dynamic;

/* An entry of a REL table; in a RELA table the addend follows. */
typedef struct thrum_elf_relocation {
    uintptr_t offset, info;
} thrum_elf_relocation;

#if UINTPTR_MAX > UINT32_MAX
typedef struct thrum_elf_segment {
    uint32_t type, flags;
    uintptr_t offset, address, physical, file_size, size, align;
} thrum_elf_segment;

typedef struct thrum_elf_symbol {
    uint32_t name;
    unsigned char info, other;
    uint16_t section;
    uintptr_t value, size;
} thrum_elf_symbol;

static inline uint32_t thrum_elf_relocation_type(uintptr_t info)
{
    return (uint32_t)(info & 0xffffffffu);
}
#else
typedef struct thrum_elf_segment {
    uint32_t type;
    uintptr_t offset, address, physical, file_size, size;
    uint32_t flags;
    uintptr_t align;
} thrum_elf_segment;

typedef struct thrum_elf_symbol {
    uint32_t name;
    uintptr_t value, size;
    unsigned char info, other;
    uint16_t section;
} thrum_elf_symbol;

static inline uint32_t thrum_elf_relocation_type(uintptr_t info)
{
    return (uint32_t)(info & 0xffu);
}
#endif

#endif
