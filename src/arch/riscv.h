/* RISC-V, both word sizes (RISC-V ELF psABI 1.0). */
#ifndef THRUM_ARCH_RISCV_H
#define THRUM_ARCH_RISCV_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_DTV_BIAS 0x800
#define THRUM_ARCH_STACK_ALIGN 16
#define THRUM_ARCH_R_RELATIVE 3
#define THRUM_ARCH_R_IRELATIVE 58
#define THRUM_ARCH_R_TPREL (sizeof(void *) == 8 ? 11 : 10)

/* RISC-V C API, "Function multi-versioning": hwcap, the function that asks the kernel, and NULL. */
#define THRUM_ARCH_RESOLVE(resolver, hardware)                                          \
    ((uintptr_t(*)(uint64_t, uintptr_t, const void *))(resolver))((hardware)->hwcap[0], \
                                                                  (hardware)->probe, NULL)

static inline char *thrum_arch_thread_pointer(void)
{
    char *pointer;
    __asm__("mv %0, tp" : "=r"(pointer));
    return pointer;
}

/* The pause of Zihintpause: a fence of nothing on cores that do not know it. */
static inline void thrum_arch_relax(void)
{
    __asm__ volatile(".4byte 0x0100000f" ::: "memory");
}

/* sp: argc, argv…, NULL, envp…, NULL, auxv… gp, which linkers address small data by, is the
 * program's to set. No frame and no return address end the chain. */
#define THRUM_ARCH_ENTRY              \
    ".text\n"                         \
    ".global _start\n"                \
    ".type _start, @function\n"       \
    "_start:\n"                       \
    "    .cfi_startproc\n"            \
    "    .cfi_undefined ra\n"         \
    "    .option push\n"              \
    "    .option norelax\n"           \
    "    lla gp, __global_pointer$\n" \
    "    .option pop\n"               \
    "    li fp, 0\n"                  \
    "    li ra, 0\n"                  \
    "    mv a0, sp\n"                 \
    "    andi sp, sp, -16\n"          \
    "    tail thrum_start_main\n"     \
    "    .cfi_endproc\n"              \
    ".size _start, . - _start\n"

#endif
