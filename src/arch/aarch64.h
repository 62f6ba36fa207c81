/* AArch64, both byte orders (ELF for the Arm 64-bit Architecture; Procedure Call Standard). */
#ifndef THRUM_ARCH_AARCH64_H
#define THRUM_ARCH_AARCH64_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TLS_GAP 16 /* two words of the ABI's */
#define THRUM_ARCH_STACK_ALIGN 16
#define THRUM_ARCH_GUARD_DEFAULT 65536 /* -fstack-clash-protection probes at this distance */
#define THRUM_ARCH_R_RELATIVE 1027
#define THRUM_ARCH_R_IRELATIVE 1032
#define THRUM_ARCH_R_TPREL 1030

/* System V ABI for the Arm 64-bit Architecture, "GNU indirect functions": bit 62 tells that there is a
 * second argument, which tells its own size. */
struct thrum_arch_resolver_argument {
    unsigned long size, hwcap[4];
};
#define THRUM_ARCH_RESOLVE(resolver, hardware)                                              \
    ((uintptr_t(*)(unsigned long, const struct thrum_arch_resolver_argument *))(resolver))( \
        (hardware)->hwcap[0] | 1ul << 62, &(const struct thrum_arch_resolver_argument){     \
                                              sizeof(struct thrum_arch_resolver_argument),  \
                                              { (hardware)->hwcap[0], (hardware)->hwcap[1], \
                                                (hardware)->hwcap[2], (hardware)->hwcap[3] } })

static inline char *thrum_arch_thread_pointer(void)
{
    char *pointer;
    __asm__("mrs %0, tpidr_el0" : "=r"(pointer));
    return pointer;
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("isb" ::: "memory"); /* yield is a no-op on most cores; this takes a while */
}

/* What brings into x0 the address of argc, argv…, NULL, envp…, NULL, auxv…, which most systems leave
 * in the stack pointer. No frame and no return address end the chain. */
#ifndef THRUM_ARCH_ENTRY_STACK
#define THRUM_ARCH_ENTRY_STACK "mov x0, sp"
#endif
#define THRUM_ARCH_ENTRY               \
    ".text\n"                          \
    ".global _start\n"                 \
    ".type _start, %function\n"        \
    "_start:\n"                        \
    "    .cfi_startproc\n"             \
    "    .cfi_undefined x30\n"         \
    "    hint #34\n" /* bti c */       \
    "    mov x29, #0\n"                \
    "    mov x30, #0\n"                \
    "    " THRUM_ARCH_ENTRY_STACK "\n" \
    "    and sp, x0, #-16\n"           \
    "    b thrum_start_main\n"         \
    "    .cfi_endproc\n"               \
    ".size _start, . - _start\n"

#endif
