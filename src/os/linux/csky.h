/* Linux on C-SKY, since 5.1: the two versions before that knew the CPU have no calls with 64-bit
 * times, and do not tell (an unknown call changes nothing, arch/csky/kernel/entry.S). */
#ifndef THRUM_OS_LINUX_CSKY_H
#define THRUM_OS_LINUX_CSKY_H

#include "os/linux/generic.h"

static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r7 __asm__("r7") = number;
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    register long r3 __asm__("r3") = d;
    register long r4 __asm__("r4") = e;
    register long r5 __asm__("r5") = f;
    __asm__ volatile("trap 0"
                     : "+r"(r0)
                     : "r"(r7), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                     : "memory");
    return r0;
}

/* clone(flags, stack, parent_tid, child_tid, thread_pointer): as the function's own order, whose
 * fifth and sixth argument are on the stack. */
#define THRUM_LINUX_CLONE_ASM                     \
    ".text\n"                                     \
    ".align 2\n"                                  \
    ".hidden thrum_linux_clone\n"                 \
    ".global thrum_linux_clone\n"                 \
    ".type thrum_linux_clone, @function\n"        \
    "thrum_linux_clone:\n"                        \
    "    .cfi_startproc\n"                        \
    "    subi sp, 8\n"                            \
    "    .cfi_adjust_cfa_offset 8\n"              \
    "    st.w r4, (sp, 0)\n"                      \
    "    st.w r7, (sp, 4)\n"                      \
    "    subi a1, 8\n"                            \
    "    ld.w r4, (sp, 12)\n" /* block */         \
    "    st.w r4, (a1, 0)\n"                      \
    "    ld.w r4, (sp, 8)\n" /* thread pointer */ \
    "    movi r7, 220\n"                          \
    "    trap 0\n"                                \
    "    bez a0, 1f\n"                            \
    "    ld.w r4, (sp, 0)\n"                      \
    "    ld.w r7, (sp, 4)\n"                      \
    "    addi sp, 8\n"                            \
    "    .cfi_adjust_cfa_offset -8\n"             \
    "    jmp r15\n"                               \
    "1:  .cfi_undefined 15\n"                     \
    "    ld.w a0, (sp, 0)\n"                      \
    "    movi r8, 0\n"                            \
    "    bsr thrum_thread_main\n"                 \
    "    .cfi_endproc\n"                          \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

#define THRUM_LINUX_SIGACTION_MEMBERS THRUM_LINUX_MEMBERS_WITHOUT_RESTORER

/* The kernel loads r31 anew whenever it switches threads. */
static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    return thrum_linux_call(244 /* set_thread_area */, (long)pointer, 0, 0, 0, 0, 0);
}

/* A new program has that of the one before. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
