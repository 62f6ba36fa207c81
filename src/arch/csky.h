/* C-SKY, ABI version 2 (C-SKY V2 CPU Applications Binary Interface Standards Manual). */
#ifndef THRUM_ARCH_CSKY_H
#define THRUM_ARCH_CSKY_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TLS_GAP 8 /* two words of the ABI's */
#define THRUM_ARCH_STACK_ALIGN 8

static inline char *thrum_arch_thread_pointer(void)
{
    char *pointer;
    __asm__("mov %0, r31" : "=r"(pointer));
    return pointer;
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* sp: argc, argv…, NULL, envp…, NULL, auxv… Calls reach farther than jumps, so it is one, and no
 * return address before it ends the chain. */
#define THRUM_ARCH_ENTRY         \
    ".text\n"                    \
    ".align 2\n"                 \
    ".global _start\n"           \
    ".type _start, @function\n"  \
    "_start:\n"                  \
    "    .cfi_startproc\n"       \
    "    .cfi_undefined 15\n"    \
    "    mov a0, sp\n"           \
    "    movi a1, 7\n"           \
    "    andn a2, a0, a1\n"      \
    "    mov sp, a2\n"           \
    "    movi r8, 0\n"           \
    "    bsr thrum_start_main\n" \
    "    .cfi_endproc\n"         \
    ".size _start, . - _start\n"

/* Not every core has atomic instructions; the kernel knows how (arch/csky/kernel/atomic.S,
 * trap 2). */
#define THRUM_ARCH_SYNC_HELPERS
static inline uint32_t thrum_arch_compare_and_swap(volatile uint32_t *address, uint32_t expected,
                                                   uint32_t desired)
{
    for (;;) {
        uint32_t found = *address;
        register uint32_t a0 __asm__("a0") = expected;
        register uint32_t a1 __asm__("a1") = desired;
        register volatile uint32_t *a2 __asm__("a2") = address;
        if (found == expected)
            __asm__ volatile("sync\n\ttrap 2\n\tsync"
                             : "+r"(a0)
                             : "r"(a1), "r"(a2)
                             : "a3", "memory");
        else
            __asm__ volatile("sync" ::: "memory");
        if (found != expected || a0 == 0)
            return found;
    }
}

#endif
