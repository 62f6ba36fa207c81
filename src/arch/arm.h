/* 32-bit ARM: ARM and Thumb, both byte orders, both float ABIs (Procedure Call Standard; Run-time
 * ABI; ELF for the Arm Architecture). */
#ifndef THRUM_ARCH_ARM_H
#define THRUM_ARCH_ARM_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TLS_GAP 8 /* two words of the ABI's */
#define THRUM_ARCH_STACK_ALIGN 8
#define THRUM_ARCH_REL 1
#define THRUM_ARCH_R_RELATIVE 23
#define THRUM_ARCH_R_IRELATIVE 160
#define THRUM_ARCH_R_TPREL 19

/* cp15's register, or below ARMv6K a call of __aeabi_read_tp. */
static inline char *thrum_arch_thread_pointer(void)
{
    return __builtin_thread_pointer();
}

static inline void thrum_arch_relax(void)
{
#if __ARM_ARCH >= 7
    __asm__ volatile("yield" ::: "memory");
#else
    __asm__ volatile("" ::: "memory");
#endif
}

/* Asm is in ARM mode: `bl` and returns by `bx` or `pop` change to Thumb and back as they must. */

/* sp: argc, argv…, NULL, envp…, NULL, auxv… No frame and no return address end the chain. Beside it
 * what the compiler's own library calls for a division by zero (Run-time ABI, 4.3.2): the one that
 * it has there wants raise(3). */
#define THRUM_ARCH_ENTRY                       \
    ".syntax unified\n"                        \
    ".cfi_sections .debug_frame\n"             \
    ".text\n"                                  \
    ".arm\n"                                   \
    ".align 2\n"                               \
    ".global _start\n"                         \
    ".type _start, %function\n"                \
    "_start:\n"                                \
    "    .cfi_startproc\n"                     \
    "    .cfi_undefined lr\n"                  \
    "    mov fp, #0\n"                         \
    "    mov lr, #0\n"                         \
    "    mov r0, sp\n"                         \
    "    bic sp, sp, #7\n"                     \
    "    bl thrum_start_main\n"                \
    "    udf #0\n"                             \
    "    .cfi_endproc\n"                       \
    ".size _start, . - _start\n"               \
    ".section .text.__aeabi_idiv0, \"ax\"\n"   \
    ".align 2\n"                               \
    ".weak __aeabi_idiv0, __aeabi_ldiv0\n"     \
    ".type __aeabi_idiv0, %function\n"         \
    ".type __aeabi_ldiv0, %function\n"         \
    "__aeabi_idiv0:\n"                         \
    "__aeabi_ldiv0:\n"                         \
    "    udf #0\n"                             \
    ".size __aeabi_idiv0, . - __aeabi_idiv0\n" \
    ".size __aeabi_ldiv0, . - __aeabi_ldiv0\n" \
    ".text\n"

/* What compilers call for the thread pointer where they can read it from no register: the kernel
 * tells it (kuser_get_tls, Documentation/arch/arm/kernel_user_helpers.rst). Nothing but r0 may
 * change (Run-time ABI, 5.3.5). */
#define THRUM_ARCH_HELPERS_ASM                     \
    ".syntax unified\n"                            \
    ".arm\n"                                       \
    ".section .text.__aeabi_read_tp, \"ax\"\n"     \
    ".align 2\n"                                   \
    ".hidden __aeabi_read_tp\n"                    \
    ".weak __aeabi_read_tp\n"                      \
    ".type __aeabi_read_tp, %function\n"           \
    "__aeabi_read_tp:\n"                           \
    "    ldr pc, 1f\n"                             \
    "1:  .word 0xffff0fe0\n"                       \
    ".size __aeabi_read_tp, . - __aeabi_read_tp\n" \
    ".text\n"

/* Before ARMv6 there is no atomic instruction but a swap: the kernel's kuser_cmpxchg and
 * kuser_memory_barrier (as above), which are right on every CPU that runs such a program. */
#if __ARM_ARCH < 6
#define THRUM_ARCH_SYNC_HELPERS

static inline uint32_t thrum_arch_compare_and_swap(volatile uint32_t *address, uint32_t expected,
                                                   uint32_t desired)
{
    typedef int cmpxchg(uint32_t expected, uint32_t desired, volatile uint32_t * address);
    typedef void barrier(void);
    for (;;) {
        uint32_t found = *address;
        if (found != expected) {
            ((barrier *)0xffff0fa0)();
            return found;
        }
        if (((cmpxchg *)0xffff0fc0)(expected, desired, address) == 0)
            return expected;
    }
}
#endif

#endif
