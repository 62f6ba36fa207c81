/* PA-RISC 1.1, 32 bits (the run-time architecture for HP-UX, as Linux has it: one space, shared by
 * code and data). Its stack grows up. */
#ifndef THRUM_ARCH_HPPA_H
#define THRUM_ARCH_HPPA_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TLS_GAP 8 /* two words of the ABI's */
#define THRUM_ARCH_STACK_ALIGN 64
#define THRUM_ARCH_STACK_GROWS_UP 1

static inline char *thrum_arch_thread_pointer(void)
{
    char *pointer;
    __asm__("mfctl %%cr27, %0" : "=r"(pointer));
    return pointer;
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* %r24: argv…, NULL, envp…, NULL, auxv…, and argc below it; %r30 is above all that, and a caller
 * has a frame of 64 bytes there. %r27 is what data is addressed from. */
#define THRUM_ARCH_ENTRY               \
    ".text\n"                          \
    ".align 4\n"                       \
    ".global _start\n"                 \
    ".type _start, @function\n"        \
    "_start:\n"                        \
    "    ldil L%$global$, %r27\n"      \
    "    ldo R%$global$(%r27), %r27\n" \
    "    copy %r0, %r2\n"              \
    "    copy %r0, %r3\n"              \
    "    ldo 64(%r30), %r30\n"         \
    "    b thrum_start_main\n"         \
    "    ldo -4(%r24), %r26\n"         \
    ".size _start, . - _start\n"

/* A call through a pointer: %r22, with 2 added, is the address of a function's address and of what
 * %r19 is to be; without, it is the function's own. Returns to %r2. */
#define THRUM_ARCH_HELPERS_ASM   \
    ".text\n"                    \
    ".align 4\n"                 \
    ".weak $$dyncall\n"          \
    ".hidden $$dyncall\n"        \
    "$$dyncall:\n"               \
    "    bb,>=,n %r22, 30, 1f\n" \
    "    ldw 2(%r22), %r19\n"    \
    "    ldw -2(%r22), %r22\n"   \
    "1:  bv %r0(%r22)\n"         \
    "    nop\n"

/* There is no such instruction; the kernel knows how (arch/parisc/kernel/syscall.S, light-weight
 * system call 0), and tells in %r21 that it was kept from it (EAGAIN, EDEADLOCK), or that the
 * address is bad. All cores keep the order of memory accesses. */
#define THRUM_ARCH_SYNC_HELPERS

static inline uint32_t thrum_arch_compare_and_swap(volatile uint32_t *address, uint32_t expected,
                                                   uint32_t desired)
{
    register volatile uint32_t *r26 __asm__("r26");
    register uint32_t r25 __asm__("r25");
    register uint32_t r24 __asm__("r24");
    register uint32_t r28 __asm__("r28");
    register long r21 __asm__("r21");
    do {
        r26 = address;
        r25 = expected;
        r24 = desired;
        __asm__ volatile("ble 0xb0(%%sr2, %%r0)\n\t"
                         "ldi 0, %%r20"
                         : "=r"(r28), "=r"(r21), "+r"(r26), "+r"(r25), "+r"(r24)
                         :
                         : "r1", "r2", "r20", "r22", "r23", "r29", "r31", "fr4", "memory");
    } while (r21 == -11 || r21 == -45);
    if (r21 != 0)
        __builtin_trap();
    return r28;
}

#endif
