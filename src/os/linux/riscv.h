/* Linux on RISC-V, both word sizes. */
#ifndef THRUM_OS_LINUX_RISCV_H
#define THRUM_OS_LINUX_RISCV_H

#include "os/linux/generic.h"

/* A system call loses all vector registers, and their length and type (Documentation/arch/riscv/vector.rst). A call
 * of a function loses them anyway, so this is for code in which the call is inlined beside vector code. */
#ifdef __riscv_v_intrinsic
#define THRUM_LINUX_CALL_LOSES                                                                     \
    , "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13",      \
        "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", \
        "v27", "v28", "v29", "v30", "v31", "vl", "vtype"
#else
#define THRUM_LINUX_CALL_LOSES
#endif

static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long a7 __asm__("a7") = number;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = e;
    register long a5 __asm__("a5") = f;
    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
                     : "memory" THRUM_LINUX_CALL_LOSES);
    return a0;
}

/* clone(flags, stack, parent_tid, thread_pointer, child_tid) */
#define THRUM_LINUX_CLONE_ASM              \
    ".text\n"                              \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, @function\n" \
    "thrum_linux_clone:\n"                 \
    "    .cfi_startproc\n"                 \
    "    mv a6, a3\n"                      \
    "    mv a3, a4\n"                      \
    "    mv a4, a6\n"                      \
    "    li a7, 220\n"                     \
    "    ecall\n"                          \
    "    beqz a0, 1f\n"                    \
    "    ret\n"                            \
    "1:  .cfi_undefined ra\n"              \
    "    li fp, 0\n"                       \
    "    li ra, 0\n"                       \
    "    mv a0, a5\n"                      \
    "    tail thrum_thread_main\n"         \
    "    .cfi_endproc\n"                   \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* Handlers return to the vDSO: the kernel's structure has no restorer. Where an emulator (qemu 7.2)
 * believes that there is one, it writes a word more. */
#define THRUM_LINUX_SIGACTION_MEMBERS \
    uintptr_t handler;                \
    unsigned long flags;              \
    struct thrum_linux_sigset mask;   \
    uintptr_t spare;

#if __riscv_xlen == 64 /* there is none for 32-bit programs */
#define THRUM_LINUX_VDSO_CLOCK "__vdso_clock_gettime"
#endif

/* riscv_hwprobe(2), by the name that a libc gives it: 0, or a positive error (Linux before 6.4: ENOSYS). */
static inline int thrum_linux_hwprobe(void *pairs, size_t count, size_t cpu_size,
                                      unsigned long *cpus, unsigned flags)
{
    return -(int)thrum_linux_call(258, (long)pairs, (long)count, (long)cpu_size, (long)cpus,
                                  (long)flags, 0);
}
#define THRUM_LINUX_HARDWARE_PROBE thrum_linux_hwprobe

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    __asm__ volatile("mv tp, %0" ::"r"(pointer) : "memory");
    return 0;
}

/* No kernel promises what a new program finds there. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
