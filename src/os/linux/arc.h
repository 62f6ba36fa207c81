/* Linux on ARC. */
#ifndef THRUM_OS_LINUX_ARC_H
#define THRUM_OS_LINUX_ARC_H

#include "os/linux/generic.h"
#define THRUM_LINUX_OLD_FUTEX 98
#define THRUM_LINUX_OLD_CLOCK_GETTIME 113
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 115

static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r8 __asm__("r8") = number;
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    register long r3 __asm__("r3") = d;
    register long r4 __asm__("r4") = e;
    register long r5 __asm__("r5") = f;
    __asm__ volatile("trap_s 0"
                     : "+r"(r0)
                     : "r"(r8), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                     : "memory");
    return r0;
}

/* clone(flags, stack, parent_tid, thread_pointer, child_tid) */
#define THRUM_LINUX_CLONE_ASM              \
    ".text\n"                              \
    ".align 4\n"                           \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, @function\n" \
    "thrum_linux_clone:\n"                 \
    "    .cfi_startproc\n"                 \
    "    sub r1, r1, 8\n"                  \
    "    st r5, [r1]\n" /* block */        \
    "    mov r6, r3\n"                     \
    "    mov r3, r4\n"                     \
    "    mov r4, r6\n"                     \
    "    mov r8, 220\n"                    \
    "    trap_s 0\n"                       \
    "    cmp r0, 0\n"                      \
    "    beq 1f\n"                         \
    "    j [blink]\n"                      \
    "1:  .cfi_undefined blink\n"           \
    "    ld r0, [sp]\n"                    \
    "    mov fp, 0\n"                      \
    "    mov blink, 0\n"                   \
    "    b @thrum_thread_main\n"           \
    "    .cfi_endproc\n"                   \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* rt_sigreturn */
#define THRUM_LINUX_RESTORER_ASM              \
    ".text\n"                                 \
    ".align 4\n"                              \
    ".hidden thrum_linux_restorer\n"          \
    ".global thrum_linux_restorer\n"          \
    ".type thrum_linux_restorer, @function\n" \
    "thrum_linux_restorer:\n"                 \
    "    mov r8, 139\n"                       \
    "    trap_s 0\n"                          \
    ".size thrum_linux_restorer, . - thrum_linux_restorer\n"

/* r25, which the kernel wants to know too: it is what a forked child begins with. */
static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    long result = thrum_linux_call(245 /* arc_settls */, (long)pointer, 0, 0, 0, 0, 0);
    if (result == 0)
        __asm__ volatile("mov r25, %0" ::"r"(pointer) : "memory");
    return result;
}

/* A new program has that of the one before. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
