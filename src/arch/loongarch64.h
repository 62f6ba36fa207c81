/* LoongArch, 64 bits (LoongArch ELF psABI 2.0). */
#ifndef THRUM_ARCH_LOONGARCH64_H
#define THRUM_ARCH_LOONGARCH64_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_STACK_ALIGN 16
#define THRUM_ARCH_R_RELATIVE 3
#define THRUM_ARCH_R_IRELATIVE 12
#define THRUM_ARCH_R_TPREL 11

static inline char *thrum_arch_thread_pointer(void)
{
    char *pointer;
    __asm__("move %0, $tp" : "=r"(pointer));
    return pointer;
}

/* It has no hint for spinning. */
static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* $sp: argc, argv…, NULL, envp…, NULL, auxv… No frame and no return address end the chain. */
#define THRUM_ARCH_ENTRY               \
    ".text\n"                          \
    ".global _start\n"                 \
    ".type _start, @function\n"        \
    "_start:\n"                        \
    "    .cfi_startproc\n"             \
    "    .cfi_undefined 1\n"           \
    "    move $fp, $zero\n"            \
    "    move $ra, $zero\n"            \
    "    move $a0, $sp\n"              \
    "    bstrins.d $sp, $zero, 3, 0\n" \
    "    b thrum_start_main\n"         \
    "    .cfi_endproc\n"               \
    ".size _start, . - _start\n"

#endif
