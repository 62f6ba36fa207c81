/* s390x (z/Architecture ELF ABI, s390x supplement). */
#ifndef THRUM_ARCH_S390X_H
#define THRUM_ARCH_S390X_H

#define THRUM_ARCH_TLS_VARIANT 2
#define THRUM_ARCH_CANARY_AT 40
#define THRUM_ARCH_STACK_ALIGN 8
#define THRUM_ARCH_R_RELATIVE 12
#define THRUM_ARCH_R_IRELATIVE 61
#define THRUM_ARCH_R_TPREL 56

/* Access registers 0 and 1 hold the halves. */
static inline char *thrum_arch_thread_pointer(void)
{
    char *pointer;
    __asm__("ear %0, %%a0\n\t"
            "sllg %0, %0, 32\n\t"
            "ear %0, %%a1"
            : "=r"(pointer));
    return pointer;
}

/* __tls_get_offset: %r2 is where in the table at %r12 module and offset of a variable stand. */
#define THRUM_ARCH_HELPERS_ASM            \
    ".text\n"                             \
    ".weak __tls_get_offset\n"            \
    ".type __tls_get_offset, @function\n" \
    "__tls_get_offset:\n"                 \
    "    la %r2, 0(%r2,%r12)\n"           \
    "    jg thrum_tls_offset\n"           \
    ".size __tls_get_offset, . - __tls_get_offset\n"

/* It has no hint for spinning that a program may use. */
static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* %r15: argc, argv…, NULL, envp…, NULL, auxv… Below, the area where a callee may save registers;
 * its first word, the back chain, ends the chain. */
#define THRUM_ARCH_ENTRY           \
    ".text\n"                      \
    ".global _start\n"             \
    ".type _start, @function\n"    \
    "_start:\n"                    \
    "    .cfi_startproc\n"         \
    "    .cfi_undefined %r14\n"    \
    "    lgr %r2, %r15\n"          \
    "    aghi %r15, -160\n"        \
    "    nill %r15, 0xfff8\n"      \
    "    xc 0(8, %r15), 0(%r15)\n" \
    "    lghi %r14, 0\n"           \
    "    jg thrum_start_main\n"    \
    "    .cfi_endproc\n"           \
    ".size _start, . - _start\n"

#endif
