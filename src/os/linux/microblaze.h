/* Linux on MicroBlaze. */
#ifndef THRUM_OS_LINUX_MICROBLAZE_H
#define THRUM_OS_LINUX_MICROBLAZE_H

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
    THRUM_LINUX_SIGALTSTACK = 186, /* for which most kernels have nothing */
    THRUM_LINUX_MMAP = 192,        /* mmap2 */
    THRUM_LINUX_MINCORE = 218,
    THRUM_LINUX_MADVISE = 219,
    THRUM_LINUX_GETTID = 224,
    THRUM_LINUX_SCHED_SETAFFINITY = 241,
    THRUM_LINUX_SCHED_GETAFFINITY = 242,
    THRUM_LINUX_EXIT_GROUP = 252,
    THRUM_LINUX_TGKILL = 270,
    THRUM_LINUX_OPENAT = 295,
    THRUM_LINUX_PRLIMIT64 = 370,
    THRUM_LINUX_GETRANDOM = 385,
    THRUM_LINUX_CLOCK_GETTIME = 403,
    THRUM_LINUX_CLOCK_NANOSLEEP = 407,
    THRUM_LINUX_FUTEX = 422
};
#define THRUM_LINUX_OLD_FUTEX 240
#define THRUM_LINUX_OLD_CLOCK_GETTIME 265
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 267

static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r12 __asm__("r12") = number;
    register long r3 __asm__("r3");
    register long r5 __asm__("r5") = a;
    register long r6 __asm__("r6") = b;
    register long r7 __asm__("r7") = c;
    register long r8 __asm__("r8") = d;
    register long r9 __asm__("r9") = e;
    register long r10 __asm__("r10") = f;
    __asm__ volatile("brki r14, 8"
                     : "=r"(r3)
                     : "r"(r12), "r"(r5), "r"(r6), "r"(r7), "r"(r8), "r"(r9), "r"(r10)
                     : "r4", "r14", "memory");
    return r3;
}

/* clone(flags, stack, stack_size, parent_tid, child_tid, thread_pointer) */
#define THRUM_LINUX_CLONE_ASM              \
    ".text\n"                              \
    ".hidden thrum_linux_clone\n"          \
    ".global thrum_linux_clone\n"          \
    ".type thrum_linux_clone, @function\n" \
    "thrum_linux_clone:\n"                 \
    "    addik r6, r6, -48\n"              \
    "    swi r10, r6, 32\n" /* block */    \
    "    addk r10, r9, r0\n"               \
    "    addk r9, r8, r0\n"                \
    "    addk r8, r7, r0\n"                \
    "    addk r7, r0, r0\n"                \
    "    addik r12, r0, 120\n"             \
    "    brki r14, 8\n"                    \
    "    beqi r3, 1f\n"                    \
    "    rtsd r15, 8\n"                    \
    "    nop\n"                            \
    "1:\n"                                 \
    "    lwi r5, r1, 32\n"                 \
    "    addk r15, r0, r0\n"               \
    "    bri thrum_thread_main\n"          \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

#define THRUM_LINUX_SIGACTION_MEMBERS \
    uintptr_t handler;                \
    unsigned long flags;              \
    struct thrum_linux_sigset mask;   \
    uintptr_t spare; /* where an emulator (qemu 7.2) believes in a restorer */

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    __asm__ volatile("addk r21, %0, r0" ::"d"(pointer) : "memory");
    return 0;
}

/* A new program has that of the one before. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
