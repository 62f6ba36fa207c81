/* MicroBlaze, both byte orders (MicroBlaze Processor Reference Guide, UG984, chapter 4). */
#ifndef THRUM_ARCH_MICROBLAZE_H
#define THRUM_ARCH_MICROBLAZE_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TLS_GAP 8 /* two words of the ABI's */
#define THRUM_ARCH_STACK_ALIGN 16

static inline char *thrum_arch_thread_pointer(void)
{
    char *pointer;
    __asm__("addk %0, r21, r0" : "=d"(pointer));
    return pointer;
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* r1: argc, argv…, NULL, envp…, NULL, auxv… A function may keep its return address and its six
 * arguments above its stack pointer. No return address ends the chain. */
#define THRUM_ARCH_ENTRY         \
    ".text\n"                    \
    ".global _start\n"           \
    ".type _start, @function\n"  \
    "_start:\n"                  \
    "    addk r5, r1, r0\n"      \
    "    andi r1, r1, -16\n"     \
    "    addik r1, r1, -32\n"    \
    "    addk r15, r0, r0\n"     \
    "    bri thrum_start_main\n" \
    ".size _start, . - _start\n"

/* gcc 12 takes success for failure in its own atomics, so they are calls (-fno-inline-atomics). One
 * CPU is all that Linux knows of, so that a compiler barrier is a full one. */
#define THRUM_ARCH_ATOMIC_HELPERS
static inline uint32_t thrum_arch_compare_and_swap(volatile uint32_t *address, uint32_t expected,
                                                   uint32_t desired)
{
    uint32_t found, scratch;
    __asm__ volatile("1:  lwx %0, %2, r0\n"
                     "    addic %1, r0, 0\n" /* the carry: not read as it should be */
                     "    bnei %1, 1b\n"
                     "    xor %1, %0, %3\n"
                     "    bnei %1, 2f\n"
                     "    swx %4, %2, r0\n"
                     "    addic %1, r0, 0\n" /* the carry: not written */
                     "    bnei %1, 1b\n"
                     "2:"
                     : "=&d"(found), "=&d"(scratch)
                     : "d"(address), "d"(expected), "d"(desired)
                     : "memory");
    return found;
}

#endif
