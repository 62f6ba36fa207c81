/* SuperH 4 (the GNU ABI; gcc's manual). gcc 12 leaves out the load and the test of `if (*p)` at -O1
 * and above (pass sh_treg_combine2), so all is compiled with -O0: cmake/linux-cpus. */
#ifndef THRUM_ARCH_SH4_H
#define THRUM_ARCH_SH4_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TLS_GAP 8 /* two words of the ABI's */
#define THRUM_ARCH_STACK_ALIGN 8

static inline char *thrum_arch_thread_pointer(void)
{
    return __builtin_thread_pointer(); /* gbr */
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* r15: argc, argv…, NULL, envp…, NULL, auxv… No return address ends the chain. */
#define THRUM_ARCH_ENTRY                             \
    ".text\n"                                        \
    ".align 2\n"                                     \
    ".global _start\n"                               \
    ".type _start, @function\n"                      \
    "_start:\n"                                      \
    "    .cfi_startproc\n"                           \
    "    .cfi_undefined pr\n"                        \
    "    mov #0, r14\n"                              \
    "    lds r14, pr\n"                              \
    "    mov r15, r4\n"                              \
    "    mov #-8, r0\n"                              \
    "    and r0, r15\n"                              \
    "    mov.l 1f, r0\n"                             \
    "    jsr @r0\n"                                  \
    "    nop\n"                                      \
    "    .word 0xfffd\n" /* undefined instruction */ \
    "    .align 2\n"                                 \
    "1:  .long thrum_start_main\n"                   \
    "    .cfi_endproc\n"                             \
    ".size _start, . - _start\n"

#endif
