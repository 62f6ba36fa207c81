/* i386 (System V psABI, Intel386 supplement; its TLS in Drepper's paper, the GNU variant). */
#ifndef THRUM_ARCH_I386_H
#define THRUM_ARCH_I386_H

#define THRUM_ARCH_TLS_VARIANT 2
#define THRUM_ARCH_CANARY_AT 20 /* %gs:20 */
#define THRUM_ARCH_STACK_ALIGN 16
#define THRUM_ARCH_REL 1
#define THRUM_ARCH_R_RELATIVE 8
#define THRUM_ARCH_R_IRELATIVE 42
#define THRUM_ARCH_R_TPREL 14

static inline char *thrum_arch_thread_pointer(void)
{
    char *self;
    __asm__("mov %%gs:0, %0" : "=r"(self)); /* the block begins with its own address */
    return self;
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("pause" ::: "memory");
}

/* %esp: argc, argv…, NULL, envp…, NULL, auxv… The frame pointer ends the chain. */
#define THRUM_ARCH_ENTRY          \
    ".text\n"                     \
    ".global _start\n"            \
    ".type _start, @function\n"   \
    "_start:\n"                   \
    "    .cfi_startproc\n"        \
    "    .cfi_undefined eip\n"    \
    "    endbr32\n"               \
    "    xor %ebp, %ebp\n"        \
    "    mov %esp, %eax\n"        \
    "    and $-16, %esp\n"        \
    "    sub $12, %esp\n"         \
    "    push %eax\n"             \
    "    call thrum_start_main\n" \
    "    hlt\n"                   \
    "    .cfi_endproc\n"          \
    ".size _start, . - _start\n"

#endif
