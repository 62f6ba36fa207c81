/* Linux on Hexagon. */
#ifndef THRUM_OS_LINUX_HEXAGON_H
#define THRUM_OS_LINUX_HEXAGON_H

#include "os/linux/generic.h"
#define THRUM_LINUX_OLD_FUTEX 98
#define THRUM_LINUX_OLD_CLOCK_GETTIME 113
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 115

static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r6 __asm__("r6") = number;
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    register long r3 __asm__("r3") = d;
    register long r4 __asm__("r4") = e;
    register long r5 __asm__("r5") = f;
    __asm__ volatile("trap0(#1)"
                     : "+r"(r0)
                     : "r"(r6), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                     : "memory");
    return r0;
}

/* clone(flags, stack, parent_tid, child_tid, thread_pointer): as the function's own order. */
#define THRUM_LINUX_CLONE_ASM              \
    ".text\n"                              \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, @function\n" \
    "thrum_linux_clone:\n"                 \
    "    .cfi_startproc\n"                 \
    "    r1 = add(r1, #-8)\n"              \
    "    memw(r1 + #0) = r5\n" /* block */ \
    "    r6 = #220\n"                      \
    "    trap0(#1)\n"                      \
    "    p0 = cmp.eq(r0, #0)\n"            \
    "    if (p0) jump 1f\n"                \
    "    jumpr r31\n"                      \
    "1:  .cfi_undefined r31\n"             \
    "    r0 = memw(r29 + #0)\n"            \
    "    r30 = #0\n"                       \
    "    r31 = #0\n"                       \
    "    jump thrum_thread_main\n"         \
    "    .cfi_endproc\n"                   \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

#define THRUM_LINUX_SIGACTION_MEMBERS THRUM_LINUX_MEMBERS_WITHOUT_RESTORER

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    __asm__ volatile("ugp = %0" ::"r"(pointer) : "memory");
    return 0;
}

/* The kernel promises nothing of a new program's registers. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
