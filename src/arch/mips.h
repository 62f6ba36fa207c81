/* MIPS, both byte orders, the ABIs o32, n32 and n64 (System V psABI, MIPS supplement; "MIPS n32 ABI
 * Handbook"; TLS: linux-mips.org, "NPTL"). */
#ifndef THRUM_ARCH_MIPS_H
#define THRUM_ARCH_MIPS_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TP_BIAS 0x7000
#define THRUM_ARCH_DTV_BIAS 0x8000
#define THRUM_ARCH_STACK_ALIGN 16 /* o32: 8 */

/* `rdhwr`, which kernels emulate, into this very register only, for CPUs older than release 2. */
static inline char *thrum_arch_thread_pointer(void)
{
    register char *pointer __asm__("$3");
    __asm__(".set push\n\t"
#if !defined(__mips_isa_rev) || __mips_isa_rev < 2
            ".set mips32r2\n\t"
#endif
            "rdhwr %0, $29\n\t"
            ".set pop"
            : "=r"(pointer));
    return pointer;
}

/* `pause` would wait until somebody writes to what was last read by `ll`: too long here. */
static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* In asm: the word for an addition to a pointer. `jump`: to a function, whose address is in $25 as
 * it expects; without $gp, which is not set. What follows is done before it. */
#ifdef _ABI64
#define THRUM_ARCH_MIPS_ADD "daddiu"
#define THRUM_ARCH_MIPS_JUMP                     \
    ".macro jump function\n"                     \
    "    lui $25, %highest(\\function)\n"        \
    "    daddiu $25, $25, %higher(\\function)\n" \
    "    dsll $25, $25, 16\n"                    \
    "    daddiu $25, $25, %hi(\\function)\n"     \
    "    dsll $25, $25, 16\n"                    \
    "    daddiu $25, $25, %lo(\\function)\n"     \
    "    jr $25\n"                               \
    ".purgem jump\n"                             \
    ".endm\n"
#else
#define THRUM_ARCH_MIPS_ADD "addiu"
#define THRUM_ARCH_MIPS_JUMP                \
    ".macro jump function\n"                \
    "    lui $25, %hi(\\function)\n"        \
    "    addiu $25, $25, %lo(\\function)\n" \
    "    jr $25\n"                          \
    ".purgem jump\n"                        \
    ".endm\n"
#endif

/* $sp: argc, argv…, NULL, envp…, NULL, auxv… Linkers look for `__start`. No return address ends the
 * frames. In o32 the callee may write to the 16 bytes above its stack pointer. */
#define THRUM_ARCH_ENTRY                          \
    THRUM_ARCH_MIPS_JUMP                          \
    ".text\n"                                     \
    ".global _start, __start\n"                   \
    ".type _start, @function\n"                   \
    ".type __start, @function\n"                  \
    ".ent _start\n"                               \
    "_start:\n"                                   \
    "__start:\n"                                  \
    "    .cfi_startproc\n"                        \
    "    .cfi_undefined $31\n"                    \
    "    .set push\n"                             \
    "    .set noreorder\n"                        \
    "    move $31, $0\n"                          \
    "    move $4, $29\n"                          \
    "    li $8, -16\n"                            \
    "    and $29, $29, $8\n"                      \
    "    jump thrum_start_main\n"                 \
    "    " THRUM_ARCH_MIPS_ADD " $29, $29, -16\n" \
    "    .set pop\n"                              \
    "    .cfi_endproc\n"                          \
    ".end _start\n"                               \
    ".size _start, . - _start\n"

#endif
