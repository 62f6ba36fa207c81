/* Linux on Xtensa. */
#ifndef THRUM_OS_LINUX_XTENSA_H
#define THRUM_OS_LINUX_XTENSA_H

enum {
    THRUM_LINUX_CLOSE = 9,
    THRUM_LINUX_READ = 12,
    THRUM_LINUX_WRITE = 13,
    THRUM_LINUX_MMAP = 80, /* mmap2 */
    THRUM_LINUX_MUNMAP = 81,
    THRUM_LINUX_MPROTECT = 82,
    THRUM_LINUX_MINCORE = 90,
    THRUM_LINUX_MADVISE = 91,
    THRUM_LINUX_EXIT = 118,
    THRUM_LINUX_EXIT_GROUP = 119,
    THRUM_LINUX_GETPID = 120,
    THRUM_LINUX_TGKILL = 125,
    THRUM_LINUX_GETTID = 127,
    THRUM_LINUX_PRCTL = 130,
    THRUM_LINUX_SCHED_SETAFFINITY = 156,
    THRUM_LINUX_SCHED_GETAFFINITY = 157,
    THRUM_LINUX_SCHED_YIELD = 219,
    THRUM_LINUX_SIGALTSTACK = 224,
    THRUM_LINUX_RT_SIGACTION = 226,
    THRUM_LINUX_RT_SIGPROCMASK = 227,
    THRUM_LINUX_OPENAT = 288,
    THRUM_LINUX_PRLIMIT64 = 330,
    THRUM_LINUX_GETRANDOM = 338,
    THRUM_LINUX_CLOCK_GETTIME = 403,
    THRUM_LINUX_CLOCK_NANOSLEEP = 407,
    THRUM_LINUX_FUTEX = 422
};
#define THRUM_LINUX_OLD_FUTEX 191
#define THRUM_LINUX_OLD_CLOCK_GETTIME 245
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 247

#define THRUM_LINUX_MAP_ANONYMOUS 0x800
#define THRUM_LINUX_MAP_NORESERVE 0x400
#define THRUM_LINUX_MAP_STACK 0x40000

static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long a2 __asm__("a2") = number;
    register long a6 __asm__("a6") = a;
    register long a3 __asm__("a3") = b;
    register long a4 __asm__("a4") = c;
    register long a5 __asm__("a5") = d;
    register long a8 __asm__("a8") = e;
    register long a9 __asm__("a9") = f;
    __asm__ volatile("syscall"
                     : "+r"(a2)
                     : "r"(a6), "r"(a3), "r"(a4), "r"(a5), "r"(a8), "r"(a9)
                     : "memory");
    return a2;
}

/* clone(flags, stack, parent_tid, thread_pointer, child_tid), in a6, a3, a4, a5, a8. The child has
 * this frame's registers and no others (arch/xtensa/kernel/process.c), and is the first of its
 * chain: see the entry. */
#define THRUM_LINUX_CLONE_ASM              \
    ".text\n"                              \
    ".begin longcalls\n"                   \
    ".align 4\n"                           \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, @function\n" \
    "thrum_linux_clone:\n"                 \
    "    entry a1, 32\n"                   \
    "    mov a8, a5\n"                     \
    "    mov a5, a6\n"                     \
    "    mov a6, a2\n"                     \
    "    movi a2, 116\n"                   \
    "    syscall\n"                        \
    "    beqz a2, 1f\n"                    \
    "    retw\n"                           \
    "1:  movi a0, 0\n"                     \
    "    mov a6, a7\n" /* block */         \
    "    call4 thrum_thread_main\n"        \
    ".end longcalls\n"                     \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* rt_sigreturn */
#define THRUM_LINUX_RESTORER_ASM              \
    ".text\n"                                 \
    ".align 4\n"                              \
    ".hidden thrum_linux_restorer\n"          \
    ".global thrum_linux_restorer\n"          \
    ".type thrum_linux_restorer, @function\n" \
    "thrum_linux_restorer:\n"                 \
    "    movi a2, 225\n"                      \
    "    syscall\n"                           \
    ".size thrum_linux_restorer, . - thrum_linux_restorer\n"

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    __asm__ volatile("wur.threadptr %0" ::"r"(pointer) : "memory");
    return 0;
}

/* A new program may have that of the one before. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
