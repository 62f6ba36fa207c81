/* Linux on MIPS. The numbers of system calls are each ABI's own; much else differs from most CPUs,
 * but is one for the three. */
#ifndef THRUM_OS_LINUX_MIPS_H
#define THRUM_OS_LINUX_MIPS_H

#include "arch/mips.h"
#ifdef _ABI64
#include "os/linux/mips_n64.h"
#elif defined _ABIN32
#include "os/linux/mips_n32.h"
#else
#include "os/linux/mips_o32.h"
#endif

#define THRUM_LINUX_ENOSYS 89
#define THRUM_LINUX_ETIMEDOUT 145
#define THRUM_LINUX_MAP_ANONYMOUS 0x800
#define THRUM_LINUX_MAP_NORESERVE 0x400
#define THRUM_LINUX_MAP_STACK 0x40000
#define THRUM_LINUX_SIGBUS 10
#define THRUM_LINUX_SIG_BLOCK 1
#define THRUM_LINUX_SIG_UNBLOCK 2
#define THRUM_LINUX_SIG_SETMASK 3
#define THRUM_LINUX_SA_SIGINFO 8u
#define THRUM_LINUX_SA_ONSTACK 0x08000000u
#define THRUM_LINUX_SA_RESETHAND 0x80000000u
#define THRUM_LINUX_SA_RESTART 0x10000000u
#define THRUM_LINUX_SA_NODEFER 0x40000000u
#define THRUM_LINUX_SIGNALS 128
/* No kernel reads or writes the last one; qemu does, under o32. */
#define THRUM_LINUX_SIGACTION_MEMBERS \
    unsigned flags;                   \
    uintptr_t handler;                \
    struct thrum_linux_sigset mask;   \
    uintptr_t spare;
#define THRUM_LINUX_STACK_MEMBERS \
    void *base;                   \
    size_t size;                  \
    int flags;
#define THRUM_LINUX_SIGINFO_MEMBERS int code, error;

/* $7 tells whether $2 is an error, a positive one. o32 passes the last two arguments on the stack,
 * above room for the four in registers. */
static inline long thrum_linux_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long result __asm__("$2") = number;
    register long r4 __asm__("$4") = a;
    register long r5 __asm__("$5") = b;
    register long r6 __asm__("$6") = c;
    register long r7 __asm__("$7") = d;
    register long r8 __asm__("$8") = e;
    register long r9 __asm__("$9") = f;
    __asm__ volatile(
#ifdef _ABIO32
        "addiu $29, $29, -32\n\t"
        "sw $8, 16($29)\n\t"
        "sw $9, 20($29)\n\t"
        "syscall\n\t"
        "addiu $29, $29, 32"
#else
        "syscall"
#endif
        : "+r"(result), "+r"(r7), "+r"(r8), "+r"(r9)
        : "r"(r4), "r"(r5), "r"(r6)
        : "$1", "$3", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25", "memory"
#if !defined(__mips_isa_rev) || __mips_isa_rev < 6
          ,
          "hi", "lo"
#endif
    );
    return r7 != 0 ? -result : result;
}

/* clone(flags, stack, parent_tid, thread_pointer, child_tid): the last two in the other order than
 * ours. The block goes to the child on its stack, where o32 has room for four arguments. */
#ifdef _ABIO32
#define THRUM_LINUX_MIPS_CLONE_ARGUMENTS        \
    "lw $8, 16($29)\n"     /* thread_pointer */ \
    "    lw $9, 20($29)\n" /* block */          \
    "    sw $7, 16($29)\n" /* child_tid */      \
    "    move $7, $8\n"                         \
    "    addiu $5, $5, -16\n"                   \
    "    sw $9, 0($5)"
#define THRUM_LINUX_MIPS_CLONE_BLOCK "lw $4, 0($29)"
#else
#define THRUM_LINUX_MIPS_CLONE_ARGUMENTS        \
    "move $10, $7\n"                            \
    "    move $7, $8\n"                         \
    "    move $8, $10\n"                        \
    "    " THRUM_ARCH_MIPS_ADD " $5, $5, -16\n" \
    "    sd $9, 0($5)"
#define THRUM_LINUX_MIPS_CLONE_BLOCK "ld $4, 0($29)"
#endif

#define THRUM_LINUX_CLONE_ASM                    \
    THRUM_ARCH_MIPS_JUMP                         \
    ".text\n"                                    \
    ".hidden thrum_linux_clone\n"                \
    ".global thrum_linux_clone\n"                \
    ".type thrum_linux_clone, @function\n"       \
    ".ent thrum_linux_clone\n"                   \
    "thrum_linux_clone:\n"                       \
    "    .cfi_startproc\n"                       \
    "    .set push\n"                            \
    "    .set noreorder\n"                       \
    "    " THRUM_LINUX_MIPS_CLONE_ARGUMENTS "\n" \
    "    li $2, " THRUM_LINUX_MIPS_CLONE "\n"    \
    "    syscall\n"                              \
    "    bnez $7, 1f\n"                          \
    "    nop\n"                                  \
    "    beqz $2, 2f\n"                          \
    "    nop\n"                                  \
    "    jr $31\n"                               \
    "    nop\n"                                  \
    "1:  jr $31\n"                               \
    "    subu $2, $0, $2\n"                      \
    "2:  .cfi_undefined $31\n"                   \
    "    " THRUM_LINUX_MIPS_CLONE_BLOCK "\n"     \
    "    jump thrum_thread_main\n"               \
    "    move $31, $0\n"                         \
    "    .set pop\n"                             \
    "    .cfi_endproc\n"                         \
    ".end thrum_linux_clone\n"                   \
    ".size thrum_linux_clone, . - thrum_linux_clone\n"

#ifdef _ABI64
#define THRUM_LINUX_VDSO_CLOCK "__vdso_clock_gettime"
#else
#define THRUM_LINUX_VDSO_CLOCK "__vdso_clock_gettime64"
#endif

static inline long thrum_linux_set_thread_pointer(void *pointer, unsigned long hwcap2)
{
    (void)hwcap2;
    return thrum_linux_call(THRUM_LINUX_MIPS_SET_THREAD_AREA, (long)pointer, 0, 0, 0, 0, 0);
}

/* A new program finds that of the one before it. */
static inline void *thrum_linux_get_thread_pointer(void)
{
    return NULL;
}

#endif
