/* Linux on s390x. */
#ifndef THRUM_OS_LINUX_S390X_H
#define THRUM_OS_LINUX_S390X_H

enum {
    THRUM_LINUX_EXIT = 1,
    THRUM_LINUX_READ = 3,
    THRUM_LINUX_WRITE = 4,
    THRUM_LINUX_CLOSE = 6,
    THRUM_LINUX_GETPID = 20,
    THRUM_LINUX_MMAP = 90,
    THRUM_LINUX_MUNMAP = 91,
    THRUM_LINUX_MPROTECT = 125,
    THRUM_LINUX_SCHED_YIELD = 158,
    THRUM_LINUX_PRCTL = 172,
    THRUM_LINUX_RT_SIGACTION = 174,
    THRUM_LINUX_RT_SIGPROCMASK = 175,
    THRUM_LINUX_SIGALTSTACK = 186,
    THRUM_LINUX_MINCORE = 218,
    THRUM_LINUX_MADVISE = 219,
    THRUM_LINUX_GETTID = 236,
    THRUM_LINUX_FUTEX = 238,
    THRUM_LINUX_SCHED_SETAFFINITY = 239,
    THRUM_LINUX_SCHED_GETAFFINITY = 240,
    THRUM_LINUX_TGKILL = 241,
    THRUM_LINUX_EXIT_GROUP = 248,
    THRUM_LINUX_CLOCK_GETTIME = 260,
    THRUM_LINUX_CLOCK_NANOSLEEP = 262,
    THRUM_LINUX_OPENAT = 288,
    THRUM_LINUX_PRLIMIT64 = 334,
    THRUM_LINUX_GETRANDOM = 349
};

static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r1 __asm__("r1") = number;
    register long r2 __asm__("r2") = a;
    register long r3 __asm__("r3") = b;
    register long r4 __asm__("r4") = c;
    register long r5 __asm__("r5") = d;
    register long r6 __asm__("r6") = e;
    register long r7 __asm__("r7") = f;
    __asm__ volatile("svc 0"
                     : "+r"(r2)
                     : "r"(r1), "r"(r3), "r"(r4), "r"(r5), "r"(r6), "r"(r7)
                     : "memory");
    return r2;
}

/* mmap has six arguments, and system calls had five when it was made: it takes them in memory. */
#define THRUM_LINUX_OWN_MMAP
static inline long thrum_linux_mmap(size_t size, long protection, long flags)
{
    const long arguments[6] = { 0, (long)size, protection, flags, -1, 0 };
    return thrum_linux_call(THRUM_LINUX_MMAP, (long)arguments, 0, 0, 0, 0, 0);
}

/* clone(stack, flags, parent_tid, child_tid, thread_pointer). The block is the first argument on
 * the caller's stack, behind the area where a callee may save registers; a child's needs one
 * too. */
#define THRUM_LINUX_CLONE_ASM              \
    ".text\n"                              \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, @function\n" \
    "thrum_linux_clone:\n"                 \
    "    .cfi_startproc\n"                 \
    "    lg %r0, 160(%r15)\n"              \
    "    lgr %r1, %r2\n"                   \
    "    lgr %r2, %r3\n"                   \
    "    aghi %r2, -160\n"                 \
    "    lgr %r3, %r1\n"                   \
    "    svc 120\n"                        \
    "    ltgr %r2, %r2\n"                  \
    "    je 1f\n"                          \
    "    br %r14\n"                        \
    "1:  .cfi_undefined %r14\n"            \
    "    xc 0(8, %r15), 0(%r15)\n"         \
    "    lghi %r14, 0\n"                   \
    "    lgr %r2, %r0\n"                   \
    "    jg thrum_thread_main\n"           \
    "    .cfi_endproc\n"                   \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* rt_sigreturn */
#define THRUM_LINUX_RESTORER_ASM              \
    ".text\n"                                 \
    ".hidden thrum_linux_restorer\n"          \
    ".global thrum_linux_restorer\n"          \
    ".type thrum_linux_restorer, @function\n" \
    "thrum_linux_restorer:\n"                 \
    "    svc 173\n"                           \
    ".size thrum_linux_restorer, . - thrum_linux_restorer\n"

#define THRUM_LINUX_VDSO_CLOCK "__kernel_clock_gettime"
/* Its own ABI's, and alpha's. */
#define THRUM_LINUX_HASH_WORD uint64_t

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    unsigned long value = (unsigned long)pointer;
    __asm__ volatile("sar %%a0, %0\n\t"
                     "sar %%a1, %1" ::"r"(value >> 32),
                     "r"(value)
                     : "memory");
    return 0;
}

/* No kernel promises what a new program finds there. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
