/* Linux on x86-64 under the runner, and what the guests' kernels do on that CPU.
 * SPDX-License-Identifier: MIT */
#ifndef FOREIGN_X86_64_H
#define FOREIGN_X86_64_H

#include <asm/unistd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline long host(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* Numbers of its registers in a context. */
enum {
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
    RDI,
    RSI,
    RBP,
    RBX,
    RDX,
    RAX,
    RCX,
    RSP,
    RIP,
    FLAGS,
    CS,
    REGISTERS = 23
};
/* And as the common files know them. */
enum { PC = RIP, SP = RSP, ANSWER = RAX, ANSWER_2 = RDX };

struct host_context { /* struct ucontext, struct sigcontext_64 */
    unsigned long flags, link;
    struct {
        void *base;
        int flags;
        size_t size;
    } stack;
    uint64_t registers[REGISTERS];
    unsigned char *fp;
    uint64_t reserved[8];
    uint64_t mask;
};

/* Calls arrive as SIGSYS (syscall user dispatch). */
enum { HOST_SIGCALL = 31, GUEST_SIGCALL = 12 };
enum { HOST_STAT_MODE = 3 }; /* the word of struct stat whose lower half is the mode */
enum { MACHINE = 62, RED_ZONE = 128, FREEBSD_HAS_SYSARCH = 1 };

#endif
