/* Linux on PA-RISC: numbers partly HP-UX's (arch/parisc/include/uapi). */
#ifndef THRUM_OS_LINUX_HPPA_H
#define THRUM_OS_LINUX_HPPA_H

enum {
    THRUM_LINUX_EXIT = 1,
    THRUM_LINUX_READ = 3,
    THRUM_LINUX_WRITE = 4,
    THRUM_LINUX_CLOSE = 6,
    THRUM_LINUX_GETPID = 20,
    THRUM_LINUX_MINCORE = 72,
    THRUM_LINUX_MMAP = 89, /* mmap2 */
    THRUM_LINUX_MUNMAP = 91,
    THRUM_LINUX_MADVISE = 119,
    THRUM_LINUX_MPROTECT = 125,
    THRUM_LINUX_SCHED_YIELD = 158,
    THRUM_LINUX_SIGALTSTACK = 166,
    THRUM_LINUX_PRCTL = 172,
    THRUM_LINUX_RT_SIGACTION = 174,
    THRUM_LINUX_RT_SIGPROCMASK = 175,
    THRUM_LINUX_GETTID = 206,
    THRUM_LINUX_SCHED_SETAFFINITY = 211,
    THRUM_LINUX_SCHED_GETAFFINITY = 212,
    THRUM_LINUX_EXIT_GROUP = 222,
    THRUM_LINUX_TGKILL = 259,
    THRUM_LINUX_OPENAT = 275,
    THRUM_LINUX_PRLIMIT64 = 321,
    THRUM_LINUX_GETRANDOM = 339,
    THRUM_LINUX_CLOCK_GETTIME = 403,
    THRUM_LINUX_CLOCK_NANOSLEEP = 407,
    THRUM_LINUX_FUTEX = 422
};
#define THRUM_LINUX_OLD_FUTEX 210
#define THRUM_LINUX_OLD_CLOCK_GETTIME 256
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 258

#define THRUM_LINUX_ENOSYS 251
#define THRUM_LINUX_ETIMEDOUT 238
#define THRUM_LINUX_MAP_ANONYMOUS 0x10
#define THRUM_LINUX_MAP_STACK 0x40000
#define THRUM_LINUX_MADV_NOHUGEPAGE 68 /* heeded by newer kernels too, which have 15 */
#define THRUM_LINUX_O_CLOEXEC 010000000
#define THRUM_LINUX_SIGBUS 10
#define THRUM_LINUX_SA_SIGINFO 0x10u
#define THRUM_LINUX_SA_ONSTACK 1u
#define THRUM_LINUX_SA_RESETHAND 4u
#define THRUM_LINUX_SA_RESTART 0x40u
#define THRUM_LINUX_SA_NODEFER 0x20u
#define THRUM_LINUX_SIGACTION_MEMBERS \
    uintptr_t handler;                \
    unsigned long flags;              \
    struct thrum_linux_sigset mask;

/* By the gateway page (arch/parisc/kernel/syscall.S). */
static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r20 __asm__("r20") = number;
    register long r26 __asm__("r26") = a;
    register long r25 __asm__("r25") = b;
    register long r24 __asm__("r24") = c;
    register long r23 __asm__("r23") = d;
    register long r22 __asm__("r22") = e;
    register long r21 __asm__("r21") = f;
    register long r28 __asm__("r28");
    __asm__ volatile("ble 0x100(%%sr2, %%r0)\n\t"
                     "nop"
                     : "=r"(r28), "+r"(r20), "+r"(r26), "+r"(r25), "+r"(r24), "+r"(r23), "+r"(r22),
                       "+r"(r21)
                     :
                     : "r1", "r2", "r29", "r31", "memory");
    return r28;
}

/* clone(flags, stack, parent_tid, thread_pointer, child_tid). The fifth and sixth argument are on
 * the stack; the child finds its block at the start of its own, in a caller's frame. */
#define THRUM_LINUX_CLONE_ASM              \
    ".text\n"                              \
    ".align 4\n"                           \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, @function\n" \
    "thrum_linux_clone:\n"                 \
    "    stw %r2, -20(%r30)\n"             \
    "    ldw -56(%r30), %r1\n"             \
    "    stwm %r1, 64(%r25)\n"             \
    "    copy %r23, %r22\n"                \
    "    ldw -52(%r30), %r23\n"            \
    "    ble 0x100(%sr2, %r0)\n"           \
    "    ldi 120, %r20\n"                  \
    "    comib,=,n 0, %r28, 1f\n"          \
    "    ldw -20(%r30), %r2\n"             \
    "    bv %r0(%r2)\n"                    \
    "    nop\n"                            \
    "1:  copy %r0, %r2\n"                  \
    "    copy %r0, %r3\n"                  \
    "    b thrum_thread_main\n"            \
    "    ldw -64(%r30), %r26\n"            \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* By the gateway page. */
static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    register void *r26 __asm__("r26") = pointer;
    __asm__ volatile("ble 0xe0(%%sr2, %%r0)\n\t"
                     "nop"
                     : "+r"(r26)
                     :
                     : "r1", "r2", "r31", "memory");
    return 0;
}

/* A new program's may be the one its process had before. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
