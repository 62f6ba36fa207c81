/* Linux on Alpha: numbers partly OSF/1's (arch/alpha/include/uapi). */
#ifndef THRUM_OS_LINUX_ALPHA_H
#define THRUM_OS_LINUX_ALPHA_H

#define THRUM_LINUX_MSEAL 572

enum {
    THRUM_LINUX_EXIT = 1,
    THRUM_LINUX_READ = 3,
    THRUM_LINUX_WRITE = 4,
    THRUM_LINUX_CLOSE = 6,
    THRUM_LINUX_GETPID = 20, /* getxpid */
    THRUM_LINUX_MMAP = 71,
    THRUM_LINUX_MUNMAP = 73,
    THRUM_LINUX_MPROTECT = 74,
    THRUM_LINUX_MADVISE = 75,
    THRUM_LINUX_SIGALTSTACK = 235,
    THRUM_LINUX_SCHED_YIELD = 334,
    THRUM_LINUX_PRCTL = 348,
    THRUM_LINUX_RT_SIGACTION = 352,
    THRUM_LINUX_RT_SIGPROCMASK = 353,
    THRUM_LINUX_MINCORE = 375,
    THRUM_LINUX_GETTID = 378,
    THRUM_LINUX_FUTEX = 394,
    THRUM_LINUX_SCHED_SETAFFINITY = 395,
    THRUM_LINUX_SCHED_GETAFFINITY = 396,
    THRUM_LINUX_EXIT_GROUP = 405,
    THRUM_LINUX_CLOCK_GETTIME = 420,
    THRUM_LINUX_CLOCK_NANOSLEEP = 422,
    THRUM_LINUX_TGKILL = 424,
    THRUM_LINUX_OPENAT = 450,
    THRUM_LINUX_PRLIMIT64 = 496,
    THRUM_LINUX_GETRANDOM = 511
};

#define THRUM_LINUX_EAGAIN 35
#define THRUM_LINUX_ENOSYS 78
#define THRUM_LINUX_ETIMEDOUT 60
#define THRUM_LINUX_MAP_ANONYMOUS 0x10
#define THRUM_LINUX_MAP_NORESERVE 0x10000
#define THRUM_LINUX_MAP_STACK 0x80000
#define THRUM_LINUX_MADV_DONTNEED 6
#define THRUM_LINUX_O_CLOEXEC 010000000
#define THRUM_LINUX_SIGBUS 10
#define THRUM_LINUX_SIG_BLOCK 1
#define THRUM_LINUX_SIG_UNBLOCK 2
#define THRUM_LINUX_SIG_SETMASK 3
#define THRUM_LINUX_SA_SIGINFO 0x40u
#define THRUM_LINUX_SA_ONSTACK 1u
#define THRUM_LINUX_SA_RESETHAND 0x10u
#define THRUM_LINUX_SA_RESTART 2u
#define THRUM_LINUX_SA_NODEFER 8u

/* An error is told by $19, and its number in $0 is positive. */
static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r0 __asm__("$0") = number;
    register long r16 __asm__("$16") = a;
    register long r17 __asm__("$17") = b;
    register long r18 __asm__("$18") = c;
    register long r19 __asm__("$19") = d;
    register long r20 __asm__("$20") = e;
    register long r21 __asm__("$21") = f;
    __asm__ volatile("callsys"
                     : "+r"(r0), "+r"(r16), "+r"(r17), "+r"(r18), "+r"(r19), "+r"(r20), "+r"(r21)
                     :
                     : "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$22", "$23", "$24", "$25",
                       "$27", "$28", "memory");
    return r19 != 0 ? -r0 : r0;
}

/* clone(flags, stack, parent_tid, child_tid, thread_pointer): as the function's own order. The
 * child finds its block on its stack. */
#define THRUM_LINUX_CLONE_ASM              \
    ".text\n"                              \
    ".align 4\n"                           \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, @function\n" \
    ".usepv thrum_linux_clone, std\n"      \
    "thrum_linux_clone:\n"                 \
    "    .cfi_startproc\n"                 \
    "    ldgp $29, 0($27)\n"               \
    "$thrum_linux_clone..ng:\n"            \
    "    lda $17, -16($17)\n"              \
    "    stq $21, 0($17)\n"                \
    "    lda $0, 312\n"                    \
    "    callsys\n"                        \
    "    bne $19, 2f\n"                    \
    "    beq $0, 1f\n"                     \
    "    ret\n"                            \
    "2:  subq $31, $0, $0\n"               \
    "    ret\n"                            \
    "1:  .cfi_undefined $26\n"             \
    "    mov $31, $15\n"                   \
    "    mov $31, $26\n"                   \
    "    ldq $16, 0($30)\n"                \
    "    jsr $26, thrum_thread_main\n"     \
    "    halt\n"                           \
    "    .cfi_endproc\n"                   \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* rt_sigreturn, of the frame at the stack pointer */
#define THRUM_LINUX_RESTORER_ASM              \
    ".text\n"                                 \
    ".align 4\n"                              \
    ".hidden thrum_linux_restorer\n"          \
    ".global thrum_linux_restorer\n"          \
    ".type thrum_linux_restorer, @function\n" \
    "thrum_linux_restorer:\n"                 \
    "    mov $30, $16\n"                      \
    "    lda $0, 351\n"                       \
    "    callsys\n"                           \
    ".size thrum_linux_restorer, . - thrum_linux_restorer\n"

/* The kernel's structure ends with the mask: the restorer is an argument of the call. Without one
 * the kernel would write a trampoline on the stack, where no code may run. */
#define THRUM_LINUX_SIGACTION_MEMBERS \
    uintptr_t handler;                \
    unsigned long flags;              \
    struct thrum_linux_sigset mask;   \
    uintptr_t restorer;
#define THRUM_LINUX_SA_RESTORER 0u

void thrum_linux_restorer(void);
struct thrum_linux_sigaction;

#define THRUM_LINUX_OWN_SIGACTION
static inline long thrum_linux_sigaction(int signal, const struct thrum_linux_sigaction *action,
                                         struct thrum_linux_sigaction *old)
{
    return thrum_linux_call(THRUM_LINUX_RT_SIGACTION, signal, (long)action, (long)old,
                            8 /* bytes of a mask */, (long)thrum_linux_restorer, 0);
}

/* PALcode's wruniq. */
static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    register void *r16 __asm__("$16") = pointer;
    __asm__ volatile("call_pal 0x9f" ::"r"(r16) : "memory");
    return 0;
}

/* The kernel clears it for a new program (flush_thread). */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return __builtin_thread_pointer();
}

#endif
