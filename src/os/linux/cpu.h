/* The contract of a CPU under Linux. One file a CPU, chosen by the build, defines what is asm and
 * what is number, nothing else; what it leaves out is as most CPUs have it, below.
 *
 *   THRUM_LINUX_READ …                 system call numbers, all those of generic.h
 *   THRUM_LINUX_OLD_FUTEX, _OLD_CLOCK_GETTIME, _OLD_CLOCK_NANOSLEEP
 *                                      where the calls with 64-bit times are newer (Linux 5.1) than
 *                                      these with times of two longs; macros
 *   long thrum_linux_call(number, a, b, c, d, e, f)   a system call; -4095 to -1 is an error
 *   THRUM_LINUX_CLONE_ASM              top-level asm of
 *     long thrum_linux_clone(long flags, void *stack, uint32_t *parent_tid, uint32_t *child_tid,
 *                            void *thread_pointer, struct thrum_block *block)
 *                                      The parent gets the id or a negative error; the child, on
 *                                      `stack`, calls thrum_thread_main(block). `stack` is aligned;
 *                                      what a callee may write above its stack pointer is taken off
 *                                      here.
 *   THRUM_LINUX_RESTORER_ASM           top-level asm of thrum_linux_restorer, where a signal
 *                                      handler returns to; only where the kernel wants to be given
 *                                      one
 *   long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
 *   void *thrum_linux_get_thread_pointer(void)        NULL where a new program's is, or may be,
 *                                      something else
 *   THRUM_LINUX_VDSO_CLOCK             name of clock_gettime with 64-bit times in the vDSO, which
 *                                      can be called as a function of this name; or nothing
 *   THRUM_LINUX_HARDWARE_PROBE         the function that resolvers are given, where the ABI has one
 *   THRUM_LINUX_MSEAL                  its number; 0 where the kernel does not do it; a macro
 *   THRUM_LINUX_HASH_WORD              of DT_HASH, where it is no uint32_t */
#ifndef THRUM_OS_LINUX_CPU_H
#define THRUM_OS_LINUX_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* AT_SYSINFO, for a CPU whose calls go through it; 0 until thrum_os_start, or where there is
 * none. */
extern uintptr_t thrum_linux_vsyscall;

#include THRUM_LINUX_CPU_FILE

/* Where a long has 64 bits, as many calls have the same number everywhere. */
#ifndef THRUM_LINUX_MSEAL
#define THRUM_LINUX_MSEAL (sizeof(long) == 8 ? 462 : 0)
#endif

/* --- calls ------------------------------------------------------------------------------------ */

#ifndef THRUM_LINUX_OLD_FUTEX
#define THRUM_LINUX_OLD_FUTEX 0
#define THRUM_LINUX_OLD_CLOCK_GETTIME 0
#define THRUM_LINUX_OLD_CLOCK_NANOSLEEP 0
#endif

#ifndef THRUM_LINUX_VDSO_CLOCK
#define THRUM_LINUX_VDSO_CLOCK NULL
#endif
#ifndef THRUM_LINUX_HARDWARE_PROBE
#define THRUM_LINUX_HARDWARE_PROBE 0
#endif
#ifndef THRUM_LINUX_HASH_WORD
#define THRUM_LINUX_HASH_WORD uint32_t
#endif
typedef THRUM_LINUX_HASH_WORD thrum_linux_hash_word;

/* The offset is 0, so mmap and mmap2 are one. */
#ifndef THRUM_LINUX_OWN_MMAP
static inline long thrum_linux_mmap(size_t size, long protection, long flags)
{
    return thrum_linux_call(THRUM_LINUX_MMAP, 0, (long)size, protection, flags, -1, 0);
}
#endif

/* --- errors: the others have one number on all CPUs ------------------------------------------- */

#ifndef THRUM_LINUX_EAGAIN
#define THRUM_LINUX_EAGAIN 11
#endif
#ifndef THRUM_LINUX_ENOSYS
#define THRUM_LINUX_ENOSYS 38
#endif
#ifndef THRUM_LINUX_ETIMEDOUT
#define THRUM_LINUX_ETIMEDOUT 110
#endif

/* --- memory and files ------------------------------------------------------------------------- */

#ifndef THRUM_LINUX_MAP_ANONYMOUS
#define THRUM_LINUX_MAP_ANONYMOUS 0x20
#endif
#ifndef THRUM_LINUX_MAP_NORESERVE
#define THRUM_LINUX_MAP_NORESERVE 0x4000
#endif
#ifndef THRUM_LINUX_MAP_STACK
#define THRUM_LINUX_MAP_STACK 0x20000
#endif
#ifndef THRUM_LINUX_MADV_DONTNEED
#define THRUM_LINUX_MADV_DONTNEED 4
#endif
#ifndef THRUM_LINUX_MADV_NOHUGEPAGE
#define THRUM_LINUX_MADV_NOHUGEPAGE 15
#endif
#ifndef THRUM_LINUX_O_CLOEXEC
#define THRUM_LINUX_O_CLOEXEC 02000000
#endif

/* --- signals ---------------------------------------------------------------------------------- */

#ifndef THRUM_LINUX_SIGBUS
#define THRUM_LINUX_SIGBUS 7
#endif

#ifndef THRUM_LINUX_SIG_BLOCK
#define THRUM_LINUX_SIG_BLOCK 0
#define THRUM_LINUX_SIG_UNBLOCK 1
#define THRUM_LINUX_SIG_SETMASK 2
#endif

#ifndef THRUM_LINUX_SA_SIGINFO
#define THRUM_LINUX_SA_SIGINFO 4u
#define THRUM_LINUX_SA_ONSTACK 0x08000000u
#define THRUM_LINUX_SA_RESETHAND 0x80000000u
#define THRUM_LINUX_SA_RESTART 0x10000000u
#define THRUM_LINUX_SA_NODEFER 0x40000000u
#endif

/* How many signals a set has room for. */
#ifndef THRUM_LINUX_SIGNALS
#define THRUM_LINUX_SIGNALS 64
#endif
struct thrum_linux_sigset {
    unsigned long words[THRUM_LINUX_SIGNALS / (8 * sizeof(unsigned long))];
};

/* struct sigaction as the kernel has it. */
#ifndef THRUM_LINUX_SIGACTION_MEMBERS
#define THRUM_LINUX_SIGACTION_MEMBERS \
    uintptr_t handler;                \
    unsigned long flags;              \
    uintptr_t restorer;               \
    struct thrum_linux_sigset mask;
#endif
struct thrum_linux_sigaction {
    THRUM_LINUX_SIGACTION_MEMBERS
};

/* stack_t. */
#ifndef THRUM_LINUX_STACK_MEMBERS
#define THRUM_LINUX_STACK_MEMBERS \
    void *base;                   \
    int flags;                    \
    size_t size;
#endif
struct thrum_linux_stack {
    THRUM_LINUX_STACK_MEMBERS
};

/* siginfo_t as far as it is read: the address stands where a pointer is aligned. */
#ifndef THRUM_LINUX_SIGINFO_MEMBERS
#define THRUM_LINUX_SIGINFO_MEMBERS int error, code;
#endif
struct thrum_linux_siginfo {
    int signal;
    THRUM_LINUX_SIGINFO_MEMBERS
    uintptr_t address;
};

#ifdef THRUM_LINUX_RESTORER_ASM
void thrum_linux_restorer(void);
#ifndef THRUM_LINUX_SA_RESTORER
#define THRUM_LINUX_SA_RESTORER 0x04000000u
#endif
#endif

/* An action with an empty mask. */
static inline struct thrum_linux_sigaction thrum_linux_action(uintptr_t handler, unsigned flags)
{
    struct thrum_linux_sigaction action = { 0 };
    action.handler = handler;
#ifdef THRUM_LINUX_RESTORER_ASM
    flags |= THRUM_LINUX_SA_RESTORER;
    action.restorer = (uintptr_t)thrum_linux_restorer;
#endif
    action.flags = flags;
    return action;
}

/* rt_sigaction(2): `action` and `old` may be NULL. */
#ifndef THRUM_LINUX_OWN_SIGACTION
static inline long thrum_linux_sigaction(int signal, const struct thrum_linux_sigaction *action,
                                         struct thrum_linux_sigaction *old)
{
    return thrum_linux_call(THRUM_LINUX_RT_SIGACTION, signal, (long)action, (long)old,
                            sizeof action->mask, 0, 0);
}
#endif

#endif
