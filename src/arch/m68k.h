/* Motorola 68020 and later (System V psABI, Motorola 68000 supplement; its TLS as Linux's compilers
 * have it). */
#ifndef THRUM_ARCH_M68K_H
#define THRUM_ARCH_M68K_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TP_BIAS 0x7000
#define THRUM_ARCH_DTV_BIAS 0x8000
#define THRUM_ARCH_STACK_ALIGN 4

/* No register has it: compilers call this function. */
static inline char *thrum_arch_thread_pointer(void)
{
    register char *a0 __asm__("a0");
    __asm__("jsr __m68k_read_tp" : "=r"(a0) : : "cc");
    return a0;
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* %sp: argc, argv…, NULL, envp…, NULL, auxv… The frame pointer ends the chain. */
#define THRUM_ARCH_ENTRY         \
    ".text\n"                    \
    ".align 2\n"                 \
    ".global _start\n"           \
    ".type _start, @function\n"  \
    "_start:\n"                  \
    "    .cfi_startproc\n"       \
    "    .cfi_undefined pc\n"    \
    "    sub.l %fp, %fp\n"       \
    "    move.l %sp, -(%sp)\n"   \
    "    jsr thrum_start_main\n" \
    "    illegal\n"              \
    "    .cfi_endproc\n"         \
    ".size _start, . - _start\n"

/* Nothing but %a0 may change. The kernel knows it: get_thread_area. */
#define THRUM_ARCH_HELPERS_ASM                   \
    ".section .text.__m68k_read_tp, \"ax\"\n"    \
    ".align 2\n"                                 \
    ".weak __m68k_read_tp\n"                     \
    ".hidden __m68k_read_tp\n"                   \
    ".type __m68k_read_tp, @function\n"          \
    "__m68k_read_tp:\n"                          \
    "    move.l %d0, -(%sp)\n"                   \
    "    move.l #333, %d0\n"                     \
    "    trap #0\n"                              \
    "    move.l %d0, %a0\n"                      \
    "    move.l (%sp)+, %d0\n"                   \
    "    rts\n"                                  \
    ".size __m68k_read_tp, . - __m68k_read_tp\n" \
    ".text\n"

#endif
