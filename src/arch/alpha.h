/* Alpha, from the 21164A (EV56) on (Calling Standard for AXP Systems; gas's manual). Older ones
 * have no byte stores: a compiler's instead would undo what other threads write beside the byte,
 * and Linux knows them no more. */
#ifndef THRUM_ARCH_ALPHA_H
#define THRUM_ARCH_ALPHA_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TLS_GAP 16 /* two words of the ABI's */
#define THRUM_ARCH_STACK_ALIGN 16

static inline char *thrum_arch_thread_pointer(void)
{
    return __builtin_thread_pointer(); /* PALcode's "unique" value */
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* $30: argc, argv…, NULL, envp…, NULL, auxv… A zero return address and frame end the chain. The
 * global pointer is a distance from here, and functions find theirs from $27. */
#define THRUM_ARCH_ENTRY              \
    ".text\n"                         \
    ".align 4\n"                      \
    ".global _start\n"                \
    ".type _start, @function\n"       \
    "_start:\n"                       \
    "    .cfi_startproc\n"            \
    "    .cfi_undefined $26\n"        \
    "    br $27, 1f\n"                \
    "1:  ldgp $29, 0($27)\n"          \
    "    mov $31, $15\n"              \
    "    mov $31, $26\n"              \
    "    mov $30, $16\n"              \
    "    lda $1, -16($31)\n"          \
    "    and $30, $1, $30\n"          \
    "    jsr $26, thrum_start_main\n" \
    "    halt\n"                      \
    "    .cfi_endproc\n"              \
    ".size _start, . - _start\n"

/* There is no division. Compilers call for it: $24 by $25 gives $27, from where the address in $23
 * says; only $23, $27 and $28 may change. Their inputs of 32 bits are sign-extended, even unsigned
 * ones, and so are results. Division by zero is told the kernel as PALcode's gentrap does
 * (GEN_INTDIV, arch/alpha/include/uapi/asm/gentrap.h). */
#define THRUM_ARCH_HELPERS_ASM                                                    \
    ".text\n"                                                                     \
    ".set noat\n"                                                                 \
    ".align 4\n" /* the unsigned $24 by $25: $27, rest $0; changes $1, $2, $28 */ \
    "thrum_arch_divide:\n"                                                        \
    "    mov $31, $27\n"                                                          \
    "    mov $24, $0\n"                                                           \
    "    mov $25, $1\n"                                                           \
    "    lda $2, 1($31)\n"                                                        \
    "    beq $25, 4f\n"                                                           \
    "1:  cmpult $1, $0, $28\n"                                                    \
    "    beq $28, 2f\n"                                                           \
    "    blt $1, 2f\n"                                                            \
    "    addq $1, $1, $1\n"                                                       \
    "    addq $2, $2, $2\n"                                                       \
    "    br $31, 1b\n"                                                            \
    "2:  cmpule $1, $0, $28\n"                                                    \
    "    beq $28, 3f\n"                                                           \
    "    subq $0, $1, $0\n"                                                       \
    "    bis $27, $2, $27\n"                                                      \
    "3:  srl $1, 1, $1\n"                                                         \
    "    srl $2, 1, $2\n"                                                         \
    "    bne $2, 2b\n"                                                            \
    "    ret $31, ($23)\n"                                                        \
    "4:  mov $16, $1\n"                                                           \
    "    lda $16, -2($31)\n"                                                      \
    "    call_pal 0xaa\n"                                                         \
    "    mov $1, $16\n"                                                           \
    "    ret $31, ($23)\n"                                                        \
    ".macro thrum_arch_divide_as name, bytes, signed, rest\n"                     \
    ".weak \\name\n"                                                              \
    ".hidden \\name\n"                                                            \
    ".type \\name, @function\n"                                                   \
    "\\name:\n"                                                                   \
    "    lda $30, -48($30)\n"                                                     \
    "    stq $23, 0($30)\n"                                                       \
    "    stq $24, 8($30)\n"                                                       \
    "    stq $25, 16($30)\n"                                                      \
    "    stq $0, 24($30)\n"                                                       \
    "    stq $1, 32($30)\n"                                                       \
    "    stq $2, 40($30)\n"                                                       \
    ".if \\signed\n"                                                              \
    "    subq $31, $24, $28\n"                                                    \
    "    cmovlt $24, $28, $24\n"                                                  \
    "    subq $31, $25, $28\n"                                                    \
    "    cmovlt $25, $28, $25\n"                                                  \
    ".elseif \\bytes == 4\n"                                                      \
    "    zapnot $24, 15, $24\n"                                                   \
    "    zapnot $25, 15, $25\n"                                                   \
    ".endif\n"                                                                    \
    "    bsr $23, thrum_arch_divide\n"                                            \
    "    ldq $24, 8($30)\n"                                                       \
    "    ldq $25, 16($30)\n"                                                      \
    "    xor $24, $25, $28\n" /* below 0: the quotient's sign */                  \
    ".if \\rest\n"                                                                \
    "    mov $0, $27\n"                                                           \
    "    mov $24, $28\n"                                                          \
    ".endif\n"                                                                    \
    ".if \\signed\n"                                                              \
    "    subq $31, $27, $1\n"                                                     \
    "    cmovlt $28, $1, $27\n"                                                   \
    ".endif\n"                                                                    \
    ".if \\bytes == 4\n"                                                          \
    "    addl $27, $31, $27\n"                                                    \
    ".endif\n"                                                                    \
    "    ldq $23, 0($30)\n"                                                       \
    "    ldq $0, 24($30)\n"                                                       \
    "    ldq $1, 32($30)\n"                                                       \
    "    ldq $2, 40($30)\n"                                                       \
    "    lda $30, 48($30)\n"                                                      \
    "    ret $31, ($23)\n"                                                        \
    ".size \\name, . - \\name\n"                                                  \
    ".endm\n"                                                                     \
    "    thrum_arch_divide_as __divq, 8, 1, 0\n"                                  \
    "    thrum_arch_divide_as __divqu, 8, 0, 0\n"                                 \
    "    thrum_arch_divide_as __remq, 8, 1, 1\n"                                  \
    "    thrum_arch_divide_as __remqu, 8, 0, 1\n"                                 \
    "    thrum_arch_divide_as __divl, 4, 1, 0\n"                                  \
    "    thrum_arch_divide_as __divlu, 4, 0, 0\n"                                 \
    "    thrum_arch_divide_as __reml, 4, 1, 1\n"                                  \
    "    thrum_arch_divide_as __remlu, 4, 0, 1\n"                                 \
    ".set at\n"

#endif
