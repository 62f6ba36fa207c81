/* Linux on the 68020 and later. */
#ifndef THRUM_OS_LINUX_M68K_H
#define THRUM_OS_LINUX_M68K_H

enum {
    THRUM_LINUX_EXIT = 1,
    THRUM_LINUX_READ = 3,
    THRUM_LINUX_WRITE = 4,
    THRUM_LINUX_CLOSE = 6,
    THRUM_LINUX_GETPID = 20,
    THRUM_LINUX_MUNMAP = 91,
    THRUM_LINUX_MPROTECT = 125,
    THRUM_LINUX_SCHED_YIELD = 158,
    THRUM_LINUX_PRCTL = 172,
    THRUM_LINUX_RT_SIGACTION = 174,
    THRUM_LINUX_RT_SIGPROCMASK = 175,
    THRUM_LINUX_SIGALTSTACK = 186,
    THRUM_LINUX_MMAP = 192, /* mmap2 */
    THRUM_LINUX_GETTID = 221,
    THRUM_LINUX_MINCORE = 237,
    THRUM_LINUX_MADVISE = 238,
    THRUM_LINUX_EXIT_GROUP = 247,
    THRUM_LINUX_TGKILL = 265,
    THRUM_LINUX_OPENAT = 288,
    THRUM_LINUX_SCHED_SETAFFINITY = 311,
    THRUM_LINUX_SCHED_GETAFFINITY = 312,
    THRUM_LINUX_PRLIMIT64 = 339,
    THRUM_LINUX_GETRANDOM = 352,
    THRUM_LINUX_CLOCK_GETTIME = 403,
    THRUM_LINUX_CLOCK_NANOSLEEP = 407,
    THRUM_LINUX_FUTEX = 422
};
#define THRUM_LINUX_OLD_FUTEX 235
#define THRUM_LINUX_OLD_CLOCK_GETTIME 260
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 262

static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long d0 __asm__("d0") = number;
    register long d1 __asm__("d1") = a;
    register long d2 __asm__("d2") = b;
    register long d3 __asm__("d3") = c;
    register long d4 __asm__("d4") = d;
    register long d5 __asm__("d5") = e;
    register long a0 __asm__("a0") = f;
    __asm__ volatile("trap #0"
                     : "+r"(d0)
                     : "r"(d1), "r"(d2), "r"(d3), "r"(d4), "r"(d5), "r"(a0)
                     : "memory", "cc");
    return d0;
}

/* clone(flags, stack, parent_tid, child_tid, thread_pointer): as the function's own order. The
 * child finds its block on its stack, where an argument is. */
#define THRUM_LINUX_CLONE_ASM                  \
    ".text\n"                                  \
    ".align 2\n"                               \
    ".hidden thrum_linux_clone\n"              \
    ".global thrum_linux_clone\n"              \
    ".type thrum_linux_clone, @function\n"     \
    "thrum_linux_clone:\n"                     \
    "    .cfi_startproc\n"                     \
    "    movem.l %d2-%d5, -(%sp)\n"            \
    "    .cfi_adjust_cfa_offset 16\n"          \
    "    movem.l 20(%sp), %d1-%d5\n"           \
    "    move.l %d2, %a0\n"                    \
    "    move.l 40(%sp), -(%a0)\n" /* block */ \
    "    move.l %a0, %d2\n"                    \
    "    moveq #120, %d0\n"                    \
    "    trap #0\n"                            \
    "    tst.l %d0\n"                          \
    "    jeq 1f\n"                             \
    "    movem.l (%sp)+, %d2-%d5\n"            \
    "    .cfi_adjust_cfa_offset -16\n"         \
    "    rts\n"                                \
    "1:  .cfi_undefined pc\n"                  \
    "    sub.l %fp, %fp\n"                     \
    "    jsr thrum_thread_main\n"              \
    "    illegal\n"                            \
    "    .cfi_endproc\n"                       \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    return thrum_linux_call(334 /* set_thread_area */, (long)pointer, 0, 0, 0, 0, 0);
}

/* A new program's is the one its process had before. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
