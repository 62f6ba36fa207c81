/* Linux on 32-bit ARM (EABI). */
#ifndef THRUM_OS_LINUX_ARM_H
#define THRUM_OS_LINUX_ARM_H

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
    THRUM_LINUX_MINCORE = 219,
    THRUM_LINUX_MADVISE = 220,
    THRUM_LINUX_GETTID = 224,
    THRUM_LINUX_SCHED_SETAFFINITY = 241,
    THRUM_LINUX_SCHED_GETAFFINITY = 242,
    THRUM_LINUX_EXIT_GROUP = 248,
    THRUM_LINUX_TGKILL = 268,
    THRUM_LINUX_OPENAT = 322,
    THRUM_LINUX_PRLIMIT64 = 369,
    THRUM_LINUX_GETRANDOM = 384,
    THRUM_LINUX_CLOCK_GETTIME = 403,
    THRUM_LINUX_CLOCK_NANOSLEEP = 407,
    THRUM_LINUX_FUTEX = 422
};
#define THRUM_LINUX_OLD_FUTEX 240
#define THRUM_LINUX_OLD_CLOCK_GETTIME 263
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 265

/* The number goes in r7, which in Thumb is the frame pointer: it is changed while nothing is
 * addressed through it. */
static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r0 __asm__("r0") = a;
    register long r1 __asm__("r1") = b;
    register long r2 __asm__("r2") = c;
    register long r3 __asm__("r3") = d;
    register long r4 __asm__("r4") = e;
    register long r5 __asm__("r5") = f;
    __asm__ volatile("mov ip, r7\n\t"
                     "mov r7, %[number]\n\t"
                     "svc #0\n\t"
                     "mov r7, ip"
                     : "+r"(r0)
                     : [number] "r"(number), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                     : "ip", "memory");
    return r0;
}

/* clone(flags, stack, parent_tid, thread_pointer, child_tid) */
#define THRUM_LINUX_CLONE_ASM              \
    ".syntax unified\n"                    \
    ".cfi_sections .debug_frame\n"         \
    ".text\n"                              \
    ".arm\n"                               \
    ".align 2\n"                           \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, %function\n" \
    "thrum_linux_clone:\n"                 \
    "    .cfi_startproc\n"                 \
    "    push {r4, r5, r7, lr}\n"          \
    "    .cfi_adjust_cfa_offset 16\n"      \
    "    .cfi_rel_offset r4, 0\n"          \
    "    .cfi_rel_offset r5, 4\n"          \
    "    .cfi_rel_offset r7, 8\n"          \
    "    .cfi_rel_offset lr, 12\n"         \
    "    mov r4, r3\n"                     \
    "    ldr r3, [sp, #16]\n"              \
    "    ldr r5, [sp, #20]\n" /* block */  \
    "    mov r7, #120\n"                   \
    "    svc #0\n"                         \
    "    cmp r0, #0\n"                     \
    "    popne {r4, r5, r7, pc}\n"         \
    "    .cfi_undefined lr\n"              \
    "    mov fp, #0\n"                     \
    "    mov lr, #0\n"                     \
    "    mov r0, r5\n"                     \
    "    bl thrum_thread_main\n"           \
    "    udf #0\n"                         \
    "    .cfi_endproc\n"                   \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* rt_sigreturn. The kernel has its own, but qemu 7.2 a wrong one for the code of BE8. */
#define THRUM_LINUX_RESTORER_ASM              \
    ".syntax unified\n"                       \
    ".text\n"                                 \
    ".arm\n"                                  \
    ".align 2\n"                              \
    ".hidden thrum_linux_restorer\n"          \
    ".global thrum_linux_restorer\n"          \
    ".type thrum_linux_restorer, %function\n" \
    "thrum_linux_restorer:\n"                 \
    "    mov r7, #173\n"                      \
    "    svc #0\n"                            \
    ".size thrum_linux_restorer, . - thrum_linux_restorer\n"

#define THRUM_LINUX_VDSO_CLOCK "__vdso_clock_gettime64"

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    return thrum_linux_call(0xf0005 /* set_tls */, (long)pointer, 0, 0, 0, 0, 0);
}

/* The kernel clears it for a new program (flush_tls; since 3.18). */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return __builtin_thread_pointer();
}

#endif
