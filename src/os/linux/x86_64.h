/* Linux on x86-64: system call numbers and convention, clone, the signal trampoline. What is asm
 * and what is number, nothing else. */
#ifndef THRUM_OS_LINUX_X86_64_H
#define THRUM_OS_LINUX_X86_64_H

enum {
    THRUM_LINUX_READ = 0,
    THRUM_LINUX_WRITE = 1,
    THRUM_LINUX_CLOSE = 3,
    THRUM_LINUX_MMAP = 9,
    THRUM_LINUX_MPROTECT = 10,
    THRUM_LINUX_MUNMAP = 11,
    THRUM_LINUX_RT_SIGACTION = 13,
    THRUM_LINUX_RT_SIGPROCMASK = 14,
    THRUM_LINUX_SCHED_YIELD = 24,
    THRUM_LINUX_MINCORE = 27,
    THRUM_LINUX_MADVISE = 28,
    THRUM_LINUX_GETPID = 39,
    THRUM_LINUX_EXIT = 60,
    THRUM_LINUX_SIGALTSTACK = 131,
    THRUM_LINUX_PRCTL = 157,
    THRUM_LINUX_GETTID = 186,
    THRUM_LINUX_FUTEX = 202,
    THRUM_LINUX_SCHED_SETAFFINITY = 203,
    THRUM_LINUX_SCHED_GETAFFINITY = 204,
    THRUM_LINUX_CLOCK_GETTIME = 228,
    THRUM_LINUX_CLOCK_NANOSLEEP = 230,
    THRUM_LINUX_EXIT_GROUP = 231,
    THRUM_LINUX_TGKILL = 234,
    THRUM_LINUX_OPENAT = 257,
    THRUM_LINUX_PRLIMIT64 = 302,
    THRUM_LINUX_GETRANDOM = 318
};

static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* clone(flags, stack, parent_tid, child_tid, thread_pointer): as the function's own order. */
#define THRUM_LINUX_CLONE_ASM              \
    ".text\n"                              \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, @function\n" \
    "thrum_linux_clone:\n"                 \
    "    .cfi_startproc\n"                 \
    "    mov %rcx, %r10\n"                 \
    "    mov $56, %eax\n"                  \
    "    syscall\n"                        \
    "    test %eax, %eax\n"                \
    "    jz 1f\n"                          \
    "    ret\n"                            \
    "1:  .cfi_undefined rip\n"             \
    "    xor %ebp, %ebp\n"                 \
    "    mov %r9, %rdi\n"                  \
    "    call thrum_thread_main\n"         \
    "    hlt\n"                            \
    "    .cfi_endproc\n"                   \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* Where a signal handler returns to: rt_sigreturn. */
#define THRUM_LINUX_RESTORER_ASM              \
    ".text\n"                                 \
    ".hidden thrum_linux_restorer\n"          \
    ".global thrum_linux_restorer\n"          \
    ".type thrum_linux_restorer, @function\n" \
    "thrum_linux_restorer:\n"                 \
    "    mov $15, %eax\n"                     \
    "    syscall\n"                           \
    ".size thrum_linux_restorer, . - thrum_linux_restorer\n"

#define THRUM_LINUX_VDSO_CLOCK "__vdso_clock_gettime"

/* AT_HWCAP2 bit 1: wrfsbase may be used (arch/x86/include/uapi/asm/hwcap2.h). */
static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    if (hwcap2 & 2) {
        __asm__ volatile("wrfsbase %0" ::"r"(pointer) : "memory");
        return 0;
    }
    return thrum_linux_call(158 /* arch_prctl */, 0x1002 /* ARCH_SET_FS */, (long)pointer, 0, 0, 0,
                            0);
}

static inline void *thrum_linux_get_thread_pointer(void)
{
    void *pointer = NULL;
    thrum_linux_call(158, 0x1003 /* ARCH_GET_FS */, (long)&pointer, 0, 0, 0, 0);
    return pointer;
}

#endif
