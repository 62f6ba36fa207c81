/* Linux on x32: the calls of x86-64 by numbers of its own, whose times have 64 bits. */
#ifndef THRUM_OS_LINUX_X32_H
#define THRUM_OS_LINUX_X32_H

enum {
    THRUM_LINUX_READ = 0x40000000,
    THRUM_LINUX_WRITE = 0x40000001,
    THRUM_LINUX_CLOSE = 0x40000003,
    THRUM_LINUX_MMAP = 0x40000009,
    THRUM_LINUX_MPROTECT = 0x4000000a,
    THRUM_LINUX_MUNMAP = 0x4000000b,
    THRUM_LINUX_RT_SIGPROCMASK = 0x4000000e,
    THRUM_LINUX_SCHED_YIELD = 0x40000018,
    THRUM_LINUX_MINCORE = 0x4000001b,
    THRUM_LINUX_MADVISE = 0x4000001c,
    THRUM_LINUX_GETPID = 0x40000027,
    THRUM_LINUX_EXIT = 0x4000003c,
    THRUM_LINUX_PRCTL = 0x4000009d,
    THRUM_LINUX_GETTID = 0x400000ba,
    THRUM_LINUX_FUTEX = 0x400000ca,
    THRUM_LINUX_SCHED_SETAFFINITY = 0x400000cb,
    THRUM_LINUX_SCHED_GETAFFINITY = 0x400000cc,
    THRUM_LINUX_CLOCK_GETTIME = 0x400000e4,
    THRUM_LINUX_CLOCK_NANOSLEEP = 0x400000e6,
    THRUM_LINUX_EXIT_GROUP = 0x400000e7,
    THRUM_LINUX_TGKILL = 0x400000ea,
    THRUM_LINUX_OPENAT = 0x40000101,
    THRUM_LINUX_PRLIMIT64 = 0x4000012e,
    THRUM_LINUX_GETRANDOM = 0x4000013e,
    THRUM_LINUX_RT_SIGACTION = 0x40000200,
    THRUM_LINUX_SIGALTSTACK = 0x4000020d
};

/* The kernel reads whole registers: a pointer must not be sign-extended, and what is a number to it
 * has 32 bits, or fewer than are lost here. */
static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    uint64_t result;
    register uint64_t r10 __asm__("r10") = (unsigned long)d;
    register uint64_t r8 __asm__("r8") = (unsigned long)e;
    register uint64_t r9 __asm__("r9") = (unsigned long)f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"((uint64_t)number), "D"((uint64_t)(unsigned long)a),
                       "S"((uint64_t)(unsigned long)b), "d"((uint64_t)(unsigned long)c), "r"(r10),
                       "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return (long)result;
}

/* clone(flags, stack, parent_tid, child_tid, thread_pointer): as the function's own order. */
#define THRUM_LINUX_CLONE_ASM                          \
    ".text\n"                                          \
    ".hidden thrum_linux_clone\n"                      \
    ".global thrum_linux_clone\n"                      \
    ".type thrum_linux_clone, @function\n"             \
    "thrum_linux_clone:\n"                             \
    "    .cfi_startproc\n"                             \
    "    mov %edi, %edi\n" /* clears the upper half */ \
    "    mov %esi, %esi\n"                             \
    "    mov %edx, %edx\n"                             \
    "    mov %ecx, %r10d\n"                            \
    "    mov %r8d, %r8d\n"                             \
    "    mov $0x40000038, %eax\n"                      \
    "    syscall\n"                                    \
    "    test %eax, %eax\n"                            \
    "    jz 1f\n"                                      \
    "    ret\n"                                        \
    "1:  .cfi_undefined rip\n"                         \
    "    xor %ebp, %ebp\n"                             \
    "    mov %r9d, %edi\n"                             \
    "    call thrum_thread_main\n"                     \
    "    hlt\n"                                        \
    "    .cfi_endproc\n"                               \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* rt_sigreturn */
#define THRUM_LINUX_RESTORER_ASM              \
    ".text\n"                                 \
    ".hidden thrum_linux_restorer\n"          \
    ".global thrum_linux_restorer\n"          \
    ".type thrum_linux_restorer, @function\n" \
    "thrum_linux_restorer:\n"                 \
    "    mov $0x40000201, %eax\n"             \
    "    syscall\n"                           \
    ".size thrum_linux_restorer, . - thrum_linux_restorer\n"

#define THRUM_LINUX_VDSO_CLOCK "__vdso_clock_gettime"

enum { THRUM_LINUX_X32_ARCH_PRCTL = 0x4000009e };

/* AT_HWCAP2 bit 1: wrfsbase may be used (arch/x86/include/uapi/asm/hwcap2.h). */
static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    if (hwcap2 & 2) {
        __asm__ volatile("wrfsbase %q0" ::"r"((uintptr_t)pointer) : "memory");
        return 0;
    }
    return thrum_linux_call(THRUM_LINUX_X32_ARCH_PRCTL, 0x1002 /* ARCH_SET_FS */, (long)pointer, 0,
                            0, 0, 0);
}

static inline void *thrum_linux_get_thread_pointer(void)
{
    uint64_t pointer = 0; /* as wide as the register */
    thrum_linux_call(THRUM_LINUX_X32_ARCH_PRCTL, 0x1003 /* ARCH_GET_FS */, (long)&pointer, 0, 0, 0,
                     0);
    return (void *)(uintptr_t)pointer;
}

#endif
