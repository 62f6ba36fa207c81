/* Linux on i386. */
#ifndef THRUM_OS_LINUX_I386_H
#define THRUM_OS_LINUX_I386_H

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
    THRUM_LINUX_PRLIMIT64 = 340,
    THRUM_LINUX_GETRANDOM = 355,
    THRUM_LINUX_CLOCK_GETTIME = 403,
    THRUM_LINUX_CLOCK_NANOSLEEP = 407,
    THRUM_LINUX_FUTEX = 422
};
#define THRUM_LINUX_OLD_FUTEX 240
#define THRUM_LINUX_OLD_CLOCK_GETTIME 265
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 267

/* Through the vDSO, which knows this CPU's quick way into the kernel (AT_SYSINFO; vdso(7)), once
 * that is known: an interrupt may cost ten times as much, in a virtual machine a thousand times.
 * All registers but %esp hold arguments, so those are loaded here, from an array. */
static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    const long from[] = { a, b, c, d, e, f, (long)thrum_linux_vsyscall };
    long result, changed;
    __asm__ volatile("push %%ebx\n\t"
                     "push %%ebp\n\t"
                     "push 24(%%ecx)\n\t"
                     "mov (%%ecx), %%ebx\n\t"
                     "mov 8(%%ecx), %%edx\n\t"
                     "mov 12(%%ecx), %%esi\n\t"
                     "mov 16(%%ecx), %%edi\n\t"
                     "mov 20(%%ecx), %%ebp\n\t"
                     "mov 4(%%ecx), %%ecx\n\t"
                     "cmpl $0, (%%esp)\n\t"
                     "je 1f\n\t"
                     "call *(%%esp)\n\t"
                     "jmp 2f\n"
                     "1: int $0x80\n"
                     "2: add $4, %%esp\n\t"
                     "pop %%ebp\n\t"
                     "pop %%ebx"
                     : "=a"(result), "=c"(changed)
                     : "a"(number), "c"(from)
                     : "edx", "esi", "edi", "memory", "cc");
    return result;
}

/* clone(flags, stack, parent_tid, descriptor, child_tid): the thread pointer is the base of a
 * segment descriptor (struct user_desc), a new thread's own but with the number that all threads
 * have, which stands in %gs. */
#define THRUM_LINUX_CLONE_ASM                                        \
    ".text\n"                                                        \
    ".hidden thrum_linux_clone\n"                                    \
    ".global thrum_linux_clone\n"                                    \
    ".type thrum_linux_clone, @function\n"                           \
    "thrum_linux_clone:\n"                                           \
    "    .cfi_startproc\n"                                           \
    "    push %ebx\n"                                                \
    "    push %esi\n"                                                \
    "    push %edi\n"                                                \
    "    push %ebp\n"                                                \
    "    .cfi_adjust_cfa_offset 16\n"                                \
    "    mov 40(%esp), %ebp\n" /* block */                           \
    "    push $0x51\n"         /* 32 bits, limit in pages, usable */ \
    "    push $0xfffff\n"                                            \
    "    pushl 36+8(%esp)\n" /* base: the thread pointer */          \
    "    mov %gs, %eax\n"                                            \
    "    shr $3, %eax\n"                                             \
    "    push %eax\n"                                                \
    "    .cfi_adjust_cfa_offset 16\n"                                \
    "    mov %esp, %esi\n"                                           \
    "    mov 36(%esp), %ebx\n" /* flags */                           \
    "    mov 40(%esp), %ecx\n" /* stack */                           \
    "    mov 44(%esp), %edx\n" /* parent_tid */                      \
    "    mov 48(%esp), %edi\n" /* child_tid */                       \
    "    mov $120, %eax\n"                                           \
    "    int $0x80\n"                                                \
    "    test %eax, %eax\n"                                          \
    "    jz 1f\n"                                                    \
    "    add $16, %esp\n"                                            \
    "    pop %ebp\n"                                                 \
    "    pop %edi\n"                                                 \
    "    pop %esi\n"                                                 \
    "    pop %ebx\n"                                                 \
    "    .cfi_adjust_cfa_offset -32\n"                               \
    "    ret\n"                                                      \
    "1:  .cfi_undefined eip\n"                                       \
    "    mov %ebp, %eax\n"                                           \
    "    xor %ebp, %ebp\n"                                           \
    "    sub $12, %esp\n"                                            \
    "    push %eax\n"                                                \
    "    call thrum_thread_main\n"                                   \
    "    hlt\n"                                                      \
    "    .cfi_endproc\n"                                             \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

/* rt_sigreturn */
#define THRUM_LINUX_RESTORER_ASM              \
    ".text\n"                                 \
    ".hidden thrum_linux_restorer\n"          \
    ".global thrum_linux_restorer\n"          \
    ".type thrum_linux_restorer, @function\n" \
    "thrum_linux_restorer:\n"                 \
    "    mov $173, %eax\n"                    \
    "    int $0x80\n"                         \
    ".size thrum_linux_restorer, . - thrum_linux_restorer\n"

#define THRUM_LINUX_VDSO_CLOCK "__vdso_clock_gettime64"

/* A descriptor of the kernel's choice (set_thread_area(2) with entry -1), and %gs to name it. */
static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    struct {
        uint32_t entry, base, limit, flags;
    } descriptor = { 0xffffffffu, (uint32_t)(uintptr_t)pointer, 0xfffff, 0x51 };
    (void)hwcap2;
    long result = thrum_linux_call(243 /* set_thread_area */, (long)&descriptor, 0, 0, 0, 0, 0);
    if (result == 0)
        __asm__ volatile("movw %w0, %%gs" ::"q"(descriptor.entry * 8 + 3) : "memory");
    return result;
}

/* A new program has no segment there. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    uint32_t selector;
    void *pointer = NULL;
    __asm__ volatile("mov %%gs, %0" : "=r"(selector));
    if ((selector & 0xffff) != 0)
        __asm__ volatile("mov %%gs:0, %0" : "=r"(pointer));
    return pointer;
}

#endif
