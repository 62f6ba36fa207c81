/* Linux on AArch64. */
#ifndef THRUM_OS_LINUX_AARCH64_H
#define THRUM_OS_LINUX_AARCH64_H

#include "os/linux/generic.h"

/* A system call keeps of the vector registers what all CPUs have, the low 128 bits; the rest and the predicates
 * are lost (Documentation/arch/arm64/sve.rst). A call of a function loses them anyway, so this is for code in which
 * the call is inlined beside vector code. There is no name for the rest of a register. */
#ifdef __ARM_FEATURE_SVE
#ifdef __clang__ /* has no name for it, nor keeps a value in it */
#define THRUM_LINUX_CALL_LOSES_FFR
#else
#define THRUM_LINUX_CALL_LOSES_FFR , "ffr"
#endif
#define THRUM_LINUX_CALL_LOSES                                                                     \
    , "z0", "z1", "z2", "z3", "z4", "z5", "z6", "z7", "z8", "z9", "z10", "z11", "z12", "z13",      \
        "z14", "z15", "z16", "z17", "z18", "z19", "z20", "z21", "z22", "z23", "z24", "z25", "z26", \
        "z27", "z28", "z29", "z30", "z31", "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8",   \
        "p9", "p10", "p11", "p12", "p13", "p14", "p15" THRUM_LINUX_CALL_LOSES_FFR
#else
#define THRUM_LINUX_CALL_LOSES
#endif

static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory" THRUM_LINUX_CALL_LOSES);
    return x0;
}

/* clone(flags, stack, parent_tid, thread_pointer, child_tid). A linker may put a jump by register between a
 * far caller and it (bti c). */
#define THRUM_LINUX_CLONE_ASM              \
    ".text\n"                              \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, %function\n" \
    "thrum_linux_clone:\n"                 \
    "    .cfi_startproc\n"                 \
    "    hint #34\n" /* bti c */           \
    "    mov x6, x3\n"                     \
    "    mov x3, x4\n"                     \
    "    mov x4, x6\n"                     \
    "    mov x8, #220\n"                   \
    "    svc 0\n"                          \
    "    cbz x0, 1f\n"                     \
    "    ret\n"                            \
    "1:  .cfi_undefined x30\n"             \
    "    mov x29, #0\n"                    \
    "    mov x30, #0\n"                    \
    "    mov x0, x5\n"                     \
    "    b thrum_thread_main\n"            \
    "    .cfi_endproc\n"                   \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* rt_sigreturn */
#define THRUM_LINUX_RESTORER_ASM              \
    ".text\n"                                 \
    ".hidden thrum_linux_restorer\n"          \
    ".global thrum_linux_restorer\n"          \
    ".type thrum_linux_restorer, %function\n" \
    "thrum_linux_restorer:\n"                 \
    "    mov x8, #139\n"                      \
    "    svc 0\n"                             \
    ".size thrum_linux_restorer, . - thrum_linux_restorer\n"

#define THRUM_LINUX_VDSO_CLOCK "__kernel_clock_gettime"

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    __asm__ volatile("msr tpidr_el0, %0" ::"r"(pointer) : "memory");
    return 0;
}

/* The kernel clears it for a new program (flush_tls). */
static inline void *thrum_linux_get_thread_pointer(void)
{
    void *pointer;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(pointer));
    return pointer;
}

#endif
