/* Linux on SPARC v9, both word sizes. */
#ifndef THRUM_OS_LINUX_SPARC_H
#define THRUM_OS_LINUX_SPARC_H

enum {
    THRUM_LINUX_EXIT = 1,
    THRUM_LINUX_READ = 3,
    THRUM_LINUX_WRITE = 4,
    THRUM_LINUX_CLOSE = 6,
    THRUM_LINUX_GETPID = 20,
    THRUM_LINUX_SIGALTSTACK = 28,
    THRUM_LINUX_MMAP = sizeof(long) == 8 ? 71 : 56 /* mmap2 */,
    THRUM_LINUX_MUNMAP = 73,
    THRUM_LINUX_MPROTECT = 74,
    THRUM_LINUX_MADVISE = 75,
    THRUM_LINUX_MINCORE = 78,
    THRUM_LINUX_RT_SIGACTION = 102,
    THRUM_LINUX_RT_SIGPROCMASK = 103,
    THRUM_LINUX_GETTID = 143,
    THRUM_LINUX_PRCTL = 147,
    THRUM_LINUX_EXIT_GROUP = 188,
    THRUM_LINUX_TGKILL = 211,
    THRUM_LINUX_SCHED_YIELD = 245,
    THRUM_LINUX_SCHED_GETAFFINITY = 260,
    THRUM_LINUX_SCHED_SETAFFINITY = 261,
    THRUM_LINUX_OPENAT = 284,
    THRUM_LINUX_PRLIMIT64 = 331,
    THRUM_LINUX_GETRANDOM = 347
};

/* BIAS is what %sp lacks to the stack's address; FRAME a frame's least: a register window, room for
 * six arguments, and in 32 bits for the address of a structure. */
#ifdef __arch64__
enum {
    THRUM_LINUX_FUTEX = 142,
    THRUM_LINUX_CLOCK_GETTIME = 257,
    THRUM_LINUX_CLOCK_NANOSLEEP = 259
};
#define THRUM_LINUX_SPARC_TRAP "ta 0x6d\n"
#define THRUM_LINUX_SPARC_FLAGS "%xcc"
#define THRUM_LINUX_SPARC_FRAME "176"
#define THRUM_LINUX_SPARC_BIAS "2047"
#define THRUM_LINUX_VDSO_CLOCK "__vdso_clock_gettime"
#else
enum {
    THRUM_LINUX_CLOCK_GETTIME = 403,
    THRUM_LINUX_CLOCK_NANOSLEEP = 407,
    THRUM_LINUX_FUTEX = 422
};
#define THRUM_LINUX_OLD_FUTEX 142
#define THRUM_LINUX_OLD_CLOCK_GETTIME 257
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 259
#define THRUM_LINUX_SPARC_TRAP "ta 0x10\n"
#define THRUM_LINUX_SPARC_FLAGS "%icc"
#define THRUM_LINUX_SPARC_FRAME "96"
#define THRUM_LINUX_SPARC_BIAS "0" /* and no vDSO for 64-bit times */
#endif

#define THRUM_LINUX_ENOSYS 90
#define THRUM_LINUX_ETIMEDOUT 60
#define THRUM_LINUX_MAP_NORESERVE 0x40
#define THRUM_LINUX_O_CLOEXEC 0x400000
#define THRUM_LINUX_SIGBUS 10
#define THRUM_LINUX_SIG_BLOCK 1
#define THRUM_LINUX_SIG_UNBLOCK 2
#define THRUM_LINUX_SIG_SETMASK 4
#define THRUM_LINUX_SA_ONSTACK 1u
#define THRUM_LINUX_SA_RESETHAND 4u
#define THRUM_LINUX_SA_RESTART 2u
#define THRUM_LINUX_SA_NODEFER 0x20u
#define THRUM_LINUX_SA_SIGINFO 0x200u

/* An error is a positive number and the carry flag. Some calls have a second result, in %o1. */
static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long g1 __asm__("g1") = number;
    register long o0 __asm__("o0") = a;
    register long o1 __asm__("o1") = b;
    register long o2 __asm__("o2") = c;
    register long o3 __asm__("o3") = d;
    register long o4 __asm__("o4") = e;
    register long o5 __asm__("o5") = f;
    __asm__ volatile(THRUM_LINUX_SPARC_TRAP "bcs,a,pn %" THRUM_LINUX_SPARC_FLAGS ", 1f\n\t"
                                            "sub %%g0, %%o0, %%o0\n"
                                            "1:"
                     : "+r"(o0), "+r"(o1)
                     : "r"(g1), "r"(o2), "r"(o3), "r"(o4), "r"(o5)
                     : "cc", "memory");
    return o0;
}

/* clone(flags, stack, parent_tid, thread_pointer, child_tid) gives 0 or, to the child, 1 in %o1.
 * Where the child wakes, its register window is read from its stack: the kernel copies the parent's
 * frame there, which therefore must be in memory and is kept small. Handlers aside, nothing else of
 * the parent's windows is the child's. */
#define THRUM_LINUX_CLONE_ASM                                                      \
    ".text\n"                                                                      \
    ".hidden thrum_linux_clone\n"                                                  \
    ".global thrum_linux_clone\n"                                                  \
    ".type thrum_linux_clone, @function\n"                                         \
    "thrum_linux_clone:\n"                                                         \
    "    .cfi_startproc\n"                                                         \
    "    save %sp, -" THRUM_LINUX_SPARC_FRAME ", %sp\n"                            \
    "    .cfi_def_cfa_register %fp\n"                                              \
    "    .cfi_window_save\n"                                                       \
    "    .cfi_register %o7, %i7\n"                                                 \
    "    flushw\n"                                                                 \
    "    mov %i0, %o0\n"                                                           \
    "    sub %i1, " THRUM_LINUX_SPARC_FRAME " + " THRUM_LINUX_SPARC_BIAS ", %o1\n" \
    "    mov %i2, %o2\n"                                                           \
    "    mov %i4, %o3\n"                                                           \
    "    mov %i3, %o4\n"                                                           \
    "    mov 217, %g1\n"                                                           \
    "    " THRUM_LINUX_SPARC_TRAP "    bcs,a,pn " THRUM_LINUX_SPARC_FLAGS ", 1f\n" \
    "    sub %g0, %o0, %o0\n"                                                      \
    "    brnz,pn %o1, 2f\n"                                                        \
    "    nop\n"                                                                    \
    "1:  ret\n"                                                                    \
    "    restore %o0, %g0, %o0\n"                                                  \
    "2:  .cfi_undefined %o7\n"                                                     \
    "    mov %i5, %o0\n"                                                           \
    "    clr %fp\n"                                                                \
    "    call thrum_thread_main\n"                                                 \
    "    clr %i7\n"                                                                \
    "    .cfi_endproc\n"                                                           \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* A handler returns to 8 bytes behind the address that rt_sigaction is given: to rt_sigreturn; in
 * 32-bit programs to sigreturn if it was not told of siginfo_t. */
#define THRUM_LINUX_RESTORER_ASM                                                           \
    ".text\n"                                                                              \
    ".hidden thrum_linux_restorer\n"                                                       \
    ".global thrum_linux_restorer\n"                                                       \
    ".type thrum_linux_restorer, @function\n"                                              \
    "    nop\n"                                                                            \
    "    nop\n"                                                                            \
    "thrum_linux_restorer:\n"                                                              \
    "    mov 101, %g1\n"                                                                   \
    "    " THRUM_LINUX_SPARC_TRAP ".size thrum_linux_restorer, . - thrum_linux_restorer\n" \
    ".hidden thrum_linux_sparc_restorer\n"                                                 \
    ".global thrum_linux_sparc_restorer\n"                                                 \
    ".type thrum_linux_sparc_restorer, @function\n"                                        \
    "    nop\n"                                                                            \
    "    nop\n"                                                                            \
    "thrum_linux_sparc_restorer:\n"                                                        \
    "    mov 216, %g1\n"                                                                   \
    "    " THRUM_LINUX_SPARC_TRAP                                                          \
    ".size thrum_linux_sparc_restorer, . - thrum_linux_sparc_restorer\n"

#define THRUM_LINUX_SA_RESTORER 0u
void thrum_linux_restorer(void);
void thrum_linux_sparc_restorer(void);

/* rt_sigaction(signal, action, old, restorer, size): the member of this name is not read, nor is an
 * old action's restorer told, so it is always ours. */
#define THRUM_LINUX_OWN_SIGACTION
struct thrum_linux_sigaction;
static inline long thrum_linux_sigaction(int signal, const struct thrum_linux_sigaction *action,
                                         struct thrum_linux_sigaction *old)
{
    uintptr_t restorer = (uintptr_t)thrum_linux_restorer;
    const unsigned long *flags = (const unsigned long *)(const void *)action + 1;
    if (sizeof(long) == 4 && action != NULL && !(*flags & THRUM_LINUX_SA_SIGINFO))
        restorer = (uintptr_t)thrum_linux_sparc_restorer;
    return thrum_linux_call(THRUM_LINUX_RT_SIGACTION, signal, (long)action, (long)old,
                            (long)restorer - 8, 8 /* bytes of a mask */, 0);
}

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    __asm__ volatile("mov %0, %%g7" ::"r"(pointer) : "memory");
    return 0;
}

/* No kernel promises what a new program finds there. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
