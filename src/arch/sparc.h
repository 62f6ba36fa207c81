/* SPARC v9, both word sizes (SPARC Compliance Definition 2.4; System V psABI, SPARC supplement). */
#ifndef THRUM_ARCH_SPARC_H
#define THRUM_ARCH_SPARC_H

#define THRUM_ARCH_TLS_VARIANT 2

/* The kernel leaves room for a register window (16 words) at the entry's %sp, which is BIAS below
 * where it says; a callee may write six words of arguments behind that window. */
#ifdef __arch64__
#define THRUM_ARCH_CANARY_AT 40
#define THRUM_ARCH_STACK_ALIGN 16
#define THRUM_ARCH_SPARC_ENTRY "2047 + 128"
#define THRUM_ARCH_SPARC_ARGUMENTS "48"
#else
#define THRUM_ARCH_CANARY_AT 20
#define THRUM_ARCH_STACK_ALIGN 8
#define THRUM_ARCH_SPARC_ENTRY "64"
#define THRUM_ARCH_SPARC_ARGUMENTS "32"
#endif

static inline char *thrum_arch_thread_pointer(void)
{
    char *pointer;
    __asm__("mov %%g7, %0" : "=r"(pointer));
    return pointer;
}

/* Reading the condition codes gives the other threads of a core their turn (Linux's cpu_relax). */
static inline void thrum_arch_relax(void)
{
    __asm__ volatile("rd %%ccr, %%g0\n\t"
                     "rd %%ccr, %%g0\n\t"
                     "rd %%ccr, %%g0" ::
                         : "memory");
}

/* Behind the window: argc, argv…, NULL, envp…, NULL, auxv… The frame pointer ends the chain. */
#define THRUM_ARCH_ENTRY                                 \
    ".text\n"                                            \
    ".global _start\n"                                   \
    ".type _start, @function\n"                          \
    "_start:\n"                                          \
    "    .cfi_startproc\n"                               \
    "    .cfi_undefined %o7\n"                           \
    "    clr %fp\n"                                      \
    "    add %sp, " THRUM_ARCH_SPARC_ENTRY ", %o0\n"     \
    "    call thrum_start_main\n"                        \
    "    sub %sp, " THRUM_ARCH_SPARC_ARGUMENTS ", %sp\n" \
    "    .cfi_endproc\n"                                 \
    ".size _start, . - _start\n"

/* R_SPARC_JMP_IREL: the place is not an address but the code of a table entry, which %g1 is free
 * in; 32 bytes in 64-bit programs, 12 in others. */
#define THRUM_ARCH_OWN_RESOLVED
static inline void thrum_arch_resolved(uintptr_t *place, uint32_t type, uintptr_t value)
{
    if (type != 248) {
        *place = value;
        return;
    }
    volatile uint32_t *code = (volatile uint32_t *)(void *)place;
#ifdef __arch64__
    code[0] = 0x83414000; /* rd %pc, %g1 */
    code[1] = 0xc2586010; /* ldx [%g1 + 16], %g1 */
    code[2] = 0x81c04000; /* jmp %g1 */
    code[3] = 0x01000000; /* nop */
    code[4] = (uint32_t)(value >> 32);
    code[5] = (uint32_t)value;
#else
    code[0] = 0x03000000 | value >> 10;     /* sethi %hi(value), %g1 */
    code[1] = 0x81c06000 | (value & 0x3ff); /* jmp %g1 + %lo(value) */
    code[2] = 0x01000000;                   /* nop */
#endif
    for (unsigned i = 0; i < (sizeof(long) == 8 ? 6 : 3); i++)
        __asm__ volatile("flush %0" ::"r"(code + i) : "memory");
}

#endif
