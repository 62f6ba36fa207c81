/* Nios II (Nios II Processor Reference Guide, chapter 7). */
#ifndef THRUM_ARCH_NIOS2_H
#define THRUM_ARCH_NIOS2_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TP_BIAS 0x7000
#define THRUM_ARCH_DTV_BIAS 0x8000
#define THRUM_ARCH_STACK_ALIGN 16

static inline char *thrum_arch_thread_pointer(void)
{
    return __builtin_thread_pointer(); /* r23 */
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* sp: argc, argv…, NULL, envp…, NULL, auxv… Small data is found by gp. No frame and no return
 * address end the chain. */
#define THRUM_ARCH_ENTRY          \
    ".text\n"                     \
    ".global _start\n"            \
    ".type _start, @function\n"   \
    "_start:\n"                   \
    "    .cfi_startproc\n"        \
    "    .cfi_undefined ra\n"     \
    "    movhi gp, %hiadj(_gp)\n" \
    "    addi gp, gp, %lo(_gp)\n" \
    "    mov r4, sp\n"            \
    "    movi r5, -16\n"          \
    "    and sp, sp, r5\n"        \
    "    mov fp, zero\n"          \
    "    mov ra, zero\n"          \
    "    jmpi thrum_start_main\n" \
    "    .cfi_endproc\n"          \
    ".size _start, . - _start\n"

/* There is no atomic instruction; the kernel knows how (arch/nios2/kernel/entry.S, kuser helpers).
 * It knows of one CPU only, so that a compiler barrier is a full one. */
#define THRUM_ARCH_SYNC_HELPERS
static inline uint32_t thrum_arch_compare_and_swap(volatile uint32_t *address, uint32_t expected,
                                                   uint32_t desired)
{
    typedef int cmpxchg(volatile uint32_t * address, uint32_t expected, uint32_t desired);
    for (;;) {
        __asm__ volatile("" ::: "memory");
        uint32_t found = *address;
        if (found != expected || ((cmpxchg *)0x1004)(address, expected, desired) == 0)
            return found;
    }
}

#endif
