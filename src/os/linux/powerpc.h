/* Linux on PowerPC, 32 and 64 bits. */
#ifndef THRUM_OS_LINUX_POWERPC_H
#define THRUM_OS_LINUX_POWERPC_H

#include "arch/powerpc.h"

enum {
    THRUM_LINUX_EXIT = 1,
    THRUM_LINUX_READ = 3,
    THRUM_LINUX_WRITE = 4,
    THRUM_LINUX_CLOSE = 6,
    THRUM_LINUX_GETPID = 20,
    THRUM_LINUX_MUNMAP = 91,
    THRUM_LINUX_MPROTECT = 125,
    THRUM_LINUX_SCHED_YIELD = 158,
    THRUM_LINUX_PRCTL = 171,
    THRUM_LINUX_RT_SIGACTION = 173,
    THRUM_LINUX_RT_SIGPROCMASK = 174,
    THRUM_LINUX_SIGALTSTACK = 185,
    THRUM_LINUX_MADVISE = 205,
    THRUM_LINUX_MINCORE = 206,
    THRUM_LINUX_GETTID = 207,
    THRUM_LINUX_SCHED_SETAFFINITY = 222,
    THRUM_LINUX_SCHED_GETAFFINITY = 223,
    THRUM_LINUX_EXIT_GROUP = 234,
    THRUM_LINUX_TGKILL = 250,
    THRUM_LINUX_OPENAT = 286,
    THRUM_LINUX_PRLIMIT64 = 325,
    THRUM_LINUX_GETRANDOM = 359
};

#ifdef __powerpc64__
enum {
    THRUM_LINUX_MMAP = 90,
    THRUM_LINUX_FUTEX = 221,
    THRUM_LINUX_CLOCK_GETTIME = 246,
    THRUM_LINUX_CLOCK_NANOSLEEP = 248
};
#else
enum {
    THRUM_LINUX_MMAP = 192, /* mmap2 */
    THRUM_LINUX_CLOCK_GETTIME = 403,
    THRUM_LINUX_CLOCK_NANOSLEEP = 407,
    THRUM_LINUX_FUTEX = 422
};
#define THRUM_LINUX_OLD_FUTEX 221
#define THRUM_LINUX_OLD_CLOCK_GETTIME 246
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 248
#endif

#define THRUM_LINUX_MAP_NORESERVE 0x40

/* The summary overflow bit of cr0 tells whether 3 is an error, a positive one (Linux,
 * Documentation/powerpc/syscall64-abi.rst). */
static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r0 __asm__("r0") = number;
    register long r3 __asm__("r3") = a;
    register long r4 __asm__("r4") = b;
    register long r5 __asm__("r5") = c;
    register long r6 __asm__("r6") = d;
    register long r7 __asm__("r7") = e;
    register long r8 __asm__("r8") = f;
    __asm__ volatile("sc\n\t"
                     "bns+ 0f\n\t"
                     "neg 3, 3\n"
                     "0:"
                     : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
                     :
                     : "r9", "r10", "r11", "r12", "cr0", "ctr", "xer", "memory");
    return r3;
}

/* clone(flags, stack, parent_tid, thread_pointer, child_tid): the last two in the other order than
 * ours. The block goes to the child in its first frame. */
#define THRUM_LINUX_CLONE_ASM                                              \
    THRUM_ARCH_POWERPC_MACROS                                              \
    ".hidden thrum_linux_clone\n"                                          \
    "    begin_function thrum_linux_clone\n"                               \
    "    .cfi_startproc\n"                                                 \
    "    addi 4, 4, -" THRUM_ARCH_POWERPC_FRAME "\n"                       \
    "    li 0, 0\n"                                                        \
    "    " THRUM_ARCH_POWERPC_STORE " 0, 0(4)\n"                           \
    "    " THRUM_ARCH_POWERPC_STORE " 8, " THRUM_ARCH_POWERPC_FREE "(4)\n" \
    "    mr 8, 6\n"                                                        \
    "    mr 6, 7\n"                                                        \
    "    mr 7, 8\n"                                                        \
    "    li 0, 120\n"                                                      \
    "    sc\n"                                                             \
    "    bns+ 1f\n"                                                        \
    "    neg 3, 3\n"                                                       \
    "    blr\n"                                                            \
    "1:  cmpwi 3, 0\n"                                                     \
    "    bnelr\n"                                                          \
    "    .cfi_undefined lr\n"                                              \
    "    mtlr 3\n"                                                         \
    "    " THRUM_ARCH_POWERPC_LOAD " 3, " THRUM_ARCH_POWERPC_FREE "(1)\n"  \
    "    bl thrum_thread_main\n"                                           \
    "    nop\n"                                                            \
    "    trap\n"                                                           \
    "    .cfi_endproc\n"                                                   \
    "    end_function thrum_linux_clone\n"

/* Under ELF V1 a function's address is a descriptor's, which the vDSO does not have. */
#ifndef __powerpc64__
#define THRUM_LINUX_VDSO_CLOCK "__kernel_clock_gettime64"
#elif _CALL_ELF == 2
#define THRUM_LINUX_VDSO_CLOCK "__kernel_clock_gettime"
#endif

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    __asm__ volatile("mr " THRUM_ARCH_POWERPC_TP ", %0" ::"r"(pointer) : "memory");
    return 0;
}

/* The kernel clears it for a new program (start_thread). */
static inline void *thrum_linux_get_thread_pointer(void)
{
    void *pointer;
    __asm__ volatile("mr %0, " THRUM_ARCH_POWERPC_TP : "=r"(pointer));
    return pointer;
}

#endif
