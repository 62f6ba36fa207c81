/* Xtensa with register windows, both byte orders (Xtensa Instruction Set Architecture Reference
 * Manual, chapter 8). */
#ifndef THRUM_ARCH_XTENSA_H
#define THRUM_ARCH_XTENSA_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_TLS_GAP 8 /* two words of the ABI's */
#define THRUM_ARCH_STACK_ALIGN 16

static inline char *thrum_arch_thread_pointer(void)
{
    return __builtin_thread_pointer(); /* threadptr */
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

/* a1: argc, argv…, NULL, envp…, NULL, auxv… The first frame calls by call4, whose callee saves what
 * is its caller's without looking above that one's stack. No return address ends the chain. */
#define THRUM_ARCH_ENTRY           \
    ".text\n"                      \
    ".begin longcalls\n"           \
    ".align 4\n"                   \
    ".global _start\n"             \
    ".type _start, @function\n"    \
    "_start:\n"                    \
    "    movi a0, 0\n"             \
    "    mov a6, a1\n"             \
    "    movi a7, -16\n"           \
    "    and a1, a1, a7\n"         \
    "    call4 thrum_start_main\n" \
    ".end longcalls\n"             \
    ".size _start, . - _start\n"

#endif
