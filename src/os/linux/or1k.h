/* Linux on OpenRISC. */
#ifndef THRUM_OS_LINUX_OR1K_H
#define THRUM_OS_LINUX_OR1K_H

#include "os/linux/generic.h"
#define THRUM_LINUX_OLD_FUTEX 98
#define THRUM_LINUX_OLD_CLOCK_GETTIME 113
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 115

/* The kernel saves what a function it calls would save, and no more (arch/openrisc/kernel/entry.S).
 */
static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r11 __asm__("r11") = number;
    register long r3 __asm__("r3") = a;
    register long r4 __asm__("r4") = b;
    register long r5 __asm__("r5") = c;
    register long r6 __asm__("r6") = d;
    register long r7 __asm__("r7") = e;
    register long r8 __asm__("r8") = f;
    __asm__ volatile("l.sys 1"
                     : "+r"(r11), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
                     :
                     : "r12", "r13", "r15", "r17", "r19", "r21", "r23", "r25", "r27", "r29", "r31",
                       "memory");
    return r11;
}

/* clone(flags, stack, parent_tid, child_tid, thread_pointer): as the function's own order. */
#define THRUM_LINUX_CLONE_ASM              \
    ".text\n"                              \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, @function\n" \
    "thrum_linux_clone:\n"                 \
    "    .cfi_startproc\n"                 \
    "    l.addi r4, r4, -16\n"             \
    "    l.sw 0(r4), r8\n" /* block */     \
    "    l.addi r11, r0, 220\n"            \
    "    l.sys 1\n"                        \
    "    l.sfeqi r11, 0\n"                 \
    "    l.bf 1f\n"                        \
    "    l.nop\n"                          \
    "    l.jr r9\n"                        \
    "    l.nop\n"                          \
    "1:  .cfi_undefined 9\n"               \
    "    l.lwz r3, 0(r1)\n"                \
    "    l.addi r2, r0, 0\n"               \
    "    l.j thrum_thread_main\n"          \
    "    l.addi r9, r0, 0\n"               \
    "    .cfi_endproc\n"                   \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

#define THRUM_LINUX_SIGACTION_MEMBERS THRUM_LINUX_MEMBERS_WITHOUT_RESTORER

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    __asm__ volatile("l.ori r10, %0, 0" ::"r"(pointer) : "memory");
    return 0;
}

/* The kernel promises nothing of a new program's registers. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
