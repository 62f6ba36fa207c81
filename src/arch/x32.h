/* x32: x86-64 with pointers of 32 bits (AMD64 psABI 1.0, chapter 10). */
#ifndef THRUM_ARCH_X32_H
#define THRUM_ARCH_X32_H

#define THRUM_ARCH_TLS_VARIANT 2
#define THRUM_ARCH_CANARY_AT 24 /* %fs:24 */
#define THRUM_ARCH_STACK_ALIGN 16
#define THRUM_ARCH_R_RELATIVE 8
#define THRUM_ARCH_R_IRELATIVE 37
#define THRUM_ARCH_R_TPREL 18

static inline char *thrum_arch_thread_pointer(void)
{
    char *self;
    __asm__("mov %%fs:0, %0" : "=r"(self)); /* the block begins with its own address */
    return self;
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("pause" ::: "memory");
}

/* %rsp: argc, argv…, NULL, envp…, NULL, auxv…, of 32 bits each. The frame pointer ends the
 * chain. */
#define THRUM_ARCH_ENTRY          \
    ".text\n"                     \
    ".global _start\n"            \
    ".type _start, @function\n"   \
    "_start:\n"                   \
    "    .cfi_startproc\n"        \
    "    .cfi_undefined rip\n"    \
    "    endbr64\n"               \
    "    xor %ebp, %ebp\n"        \
    "    mov %esp, %edi\n"        \
    "    and $-16, %esp\n"        \
    "    call thrum_start_main\n" \
    "    hlt\n"                   \
    "    .cfi_endproc\n"          \
    ".size _start, . - _start\n"

#endif
