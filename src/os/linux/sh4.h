/* Linux on SuperH 4. */
#ifndef THRUM_OS_LINUX_SH4_H
#define THRUM_OS_LINUX_SH4_H

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
    THRUM_LINUX_MINCORE = 218,
    THRUM_LINUX_MADVISE = 219,
    THRUM_LINUX_GETTID = 224,
    THRUM_LINUX_SCHED_SETAFFINITY = 241,
    THRUM_LINUX_SCHED_GETAFFINITY = 242,
    THRUM_LINUX_EXIT_GROUP = 252,
    THRUM_LINUX_TGKILL = 270,
    THRUM_LINUX_OPENAT = 295,
    THRUM_LINUX_PRLIMIT64 = 339,
    THRUM_LINUX_GETRANDOM = 373,
    THRUM_LINUX_CLOCK_GETTIME = 403,
    THRUM_LINUX_CLOCK_NANOSLEEP = 407,
    THRUM_LINUX_FUTEX = 422
};
#define THRUM_LINUX_OLD_FUTEX 240
#define THRUM_LINUX_OLD_CLOCK_GETTIME 265
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 267

/* trapa #0x10 and the number of arguments, which the kernel does not look at. Some cores execute
 * what follows wrongly if it is not padding. */
#define THRUM_LINUX_SH_TRAP \
    "trapa #0x16\n\tor r0, r0\n\tor r0, r0\n\tor r0, r0\n\tor r0, r0\n\tor r0, r0\n"

static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r3 __asm__("r3") = number;
    register long r4 __asm__("r4") = a;
    register long r5 __asm__("r5") = b;
    register long r6 __asm__("r6") = c;
    register long r7 __asm__("r7") = d;
    register long r0 __asm__("r0") = e;
    register long r1 __asm__("r1") = f;
    __asm__ volatile(THRUM_LINUX_SH_TRAP
                     : "+r"(r0)
                     : "r"(r3), "r"(r4), "r"(r5), "r"(r6), "r"(r7), "r"(r1)
                     : "memory", "t");
    return r0;
}

/* clone(flags, stack, parent_tid, child_tid, thread_pointer): as the function's own order. The
 * child finds its block on its stack. */
#define THRUM_LINUX_CLONE_ASM                                   \
    ".text\n"                                                   \
    ".align 2\n"                                                \
    ".hidden thrum_linux_clone\n"                               \
    ".global thrum_linux_clone\n"                               \
    ".type thrum_linux_clone, @function\n"                      \
    "thrum_linux_clone:\n"                                      \
    "    .cfi_startproc\n"                                      \
    "    mov.l @(4, r15), r1\n" /* block */                     \
    "    mov.l @r15, r0\n"      /* thread_pointer */            \
    "    add #-8, r5\n"                                         \
    "    mov.l r1, @r5\n"                                       \
    "    mov #120, r3\n" THRUM_LINUX_SH_TRAP "    tst r0, r0\n" \
    "    bt 1f\n"                                               \
    "    rts\n"                                                 \
    "    nop\n"                                                 \
    "1:  .cfi_undefined pr\n"                                   \
    "    mov #0, r14\n"                                         \
    "    lds r14, pr\n"                                         \
    "    mov.l 2f, r0\n"                                        \
    "    mov.l @r15, r4\n"                                      \
    "    jsr @r0\n"                                             \
    "    nop\n"                                                 \
    "    .word 0xfffd\n"                                        \
    "    .align 2\n"                                            \
    "2:  .long thrum_thread_main\n"                             \
    "    .cfi_endproc\n"                                        \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* rt_sigreturn */
#define THRUM_LINUX_RESTORER_ASM                               \
    ".text\n"                                                  \
    ".align 2\n"                                               \
    ".hidden thrum_linux_restorer\n"                           \
    ".global thrum_linux_restorer\n"                           \
    ".type thrum_linux_restorer, @function\n"                  \
    "thrum_linux_restorer:\n"                                  \
    "    mov.w 1f, r3\n" THRUM_LINUX_SH_TRAP "1:  .word 173\n" \
    ".size thrum_linux_restorer, . - thrum_linux_restorer\n"

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    __asm__ volatile("ldc %0, gbr" ::"r"(pointer) : "memory");
    return 0;
}

/* A new program's is the one its process had before (ELF_PLAT_INIT leaves gbr alone). */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
