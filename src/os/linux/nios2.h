/* Linux on Nios II. */
#ifndef THRUM_OS_LINUX_NIOS2_H
#define THRUM_OS_LINUX_NIOS2_H

#include "os/linux/generic.h"
#define THRUM_LINUX_OLD_FUTEX 98
#define THRUM_LINUX_OLD_CLOCK_GETTIME 113
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 115

/* r7 tells whether r2 is an error. */
static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r2 __asm__("r2") = number;
    register long r4 __asm__("r4") = a;
    register long r5 __asm__("r5") = b;
    register long r6 __asm__("r6") = c;
    register long r7 __asm__("r7") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("trap"
                     : "+r"(r2), "+r"(r7)
                     : "r"(r4), "r"(r5), "r"(r6), "r"(r8), "r"(r9)
                     : "memory");
    return r7 != 0 ? -r2 : r2;
}

/* clone(flags, stack, parent_tid, child_tid, thread_pointer): as the function's own order, whose
 * fifth and sixth argument are on the stack. Not every emulator (qemu 7.2) gives the child its
 * thread pointer. */
#define THRUM_LINUX_CLONE_ASM                  \
    ".text\n"                                  \
    ".hidden thrum_linux_clone\n"              \
    ".global thrum_linux_clone\n"              \
    ".type thrum_linux_clone, @function\n"     \
    "thrum_linux_clone:\n"                     \
    "    .cfi_startproc\n"                     \
    "    addi r5, r5, -16\n"                   \
    "    ldw r8, 4(sp)\n" /* block */          \
    "    stw r8, 0(r5)\n"                      \
    "    ldw r8, 0(sp)\n" /* thread pointer */ \
    "    stw r8, 4(r5)\n"                      \
    "    movi r2, 220\n"                       \
    "    trap\n"                               \
    "    beq r2, zero, 1f\n"                   \
    "    beq r7, zero, 2f\n"                   \
    "    sub r2, zero, r2\n"                   \
    "2:  ret\n"                                \
    "1:  .cfi_undefined ra\n"                  \
    "    ldw r4, 0(sp)\n"                      \
    "    ldw r23, 4(sp)\n"                     \
    "    mov fp, zero\n"                       \
    "    mov ra, zero\n"                       \
    "    jmpi thrum_thread_main\n"             \
    "    .cfi_endproc\n"                       \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

#define THRUM_LINUX_SIGACTION_MEMBERS THRUM_LINUX_MEMBERS_WITHOUT_RESTORER

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    __asm__ volatile("mov r23, %0" ::"r"(pointer) : "memory");
    return 0;
}

/* A new program has that of the one before. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
