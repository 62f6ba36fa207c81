/* OpenRISC 1000, 32 bits (OpenRISC 1000 Architecture Manual, chapter 16). */
#ifndef THRUM_ARCH_OR1K_H
#define THRUM_ARCH_OR1K_H

#define THRUM_ARCH_TLS_VARIANT 1
/* Two words of the ABI's, twice: the register points behind them (binutils, TCB_SIZE). */
#define THRUM_ARCH_TLS_GAP 16
#define THRUM_ARCH_TP_BIAS 16
#define THRUM_ARCH_DTV_FROM_REGISTER 1
#define THRUM_ARCH_STACK_ALIGN 16

static inline char *thrum_arch_thread_pointer(void)
{
    char *pointer;
    __asm__("l.ori %0, r10, 0" : "=r"(pointer));
    return pointer;
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* r1: argc, argv…, NULL, envp…, NULL, auxv… Jumps have a delay slot. No frame and no return address
 * end the chain. */
#define THRUM_ARCH_ENTRY         \
    ".text\n"                    \
    ".global _start\n"           \
    ".type _start, @function\n"  \
    "_start:\n"                  \
    "    .cfi_startproc\n"       \
    "    .cfi_undefined 9\n"     \
    "    l.ori r3, r1, 0\n"      \
    "    l.addi r2, r0, 0\n"     \
    "    l.addi r9, r0, 0\n"     \
    "    l.addi r4, r0, -16\n"   \
    "    l.j thrum_start_main\n" \
    "    l.and r1, r1, r4\n"     \
    "    .cfi_endproc\n"         \
    ".size _start, . - _start\n"

#endif
