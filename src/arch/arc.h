/* ARC (DesignWare ARCv2 ABI Manual). */
#ifndef THRUM_ARCH_ARC_H
#define THRUM_ARCH_ARC_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TLS_GAP 8 /* two words of the ABI's */
#define THRUM_ARCH_STACK_ALIGN 8

static inline char *thrum_arch_thread_pointer(void)
{
    return __builtin_thread_pointer(); /* r25 */
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* sp: argc, argv…, NULL, envp…, NULL, auxv… Linkers look for `__start`.
 * No frame and no return address end the chain. */
#define THRUM_ARCH_ENTRY         \
    ".text\n"                    \
    ".align 4\n"                 \
    ".global _start, __start\n"  \
    ".type _start, @function\n"  \
    "_start:\n"                  \
    "__start:\n"                 \
    "    .cfi_startproc\n"       \
    "    .cfi_undefined blink\n" \
    "    mov fp, 0\n"            \
    "    mov blink, 0\n"         \
    "    mov r0, sp\n"           \
    "    and sp, sp, -8\n"       \
    "    b @thrum_start_main\n"  \
    "    .cfi_endproc\n"         \
    ".size _start, . - _start\n"

#endif
