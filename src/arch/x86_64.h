/* x86-64 (AMD64 psABI 1.0). */
#ifndef THRUM_ARCH_X86_64_H
#define THRUM_ARCH_X86_64_H

#define THRUM_ARCH_TLS_VARIANT 2
#ifndef THRUM_ARCH_CANARY_BY_NAME /* where compilers look for it, which is as their libcs have it */
#define THRUM_ARCH_CANARY_AT 40   /* %fs:40 */
#endif
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

/* Where the system leaves the address of argc, argv…, NULL, envp…, NULL, auxv…: %rsp (psABI 3.4.1),
 * but for those that say something else. The frame pointer ends the chain. */
#ifndef THRUM_ARCH_ENTRY_STACK
#define THRUM_ARCH_ENTRY_STACK "%rsp"
#endif
#define THRUM_ARCH_ENTRY                         \
    ".text\n"                                    \
    ".global _start\n"                           \
    ".type _start, @function\n"                  \
    "_start:\n"                                  \
    "    .cfi_startproc\n"                       \
    "    .cfi_undefined rip\n"                   \
    "    endbr64\n"                              \
    "    xor %ebp, %ebp\n"                       \
    "    mov " THRUM_ARCH_ENTRY_STACK ", %rdi\n" \
    "    and $-16, %rsp\n"                       \
    "    call thrum_start_main\n"                \
    "    hlt\n"                                  \
    "    .cfi_endproc\n"                         \
    ".size _start, . - _start\n"

#endif
