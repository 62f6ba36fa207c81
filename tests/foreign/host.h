/* The Linux kernel under the runner, x86-64: calls, and the structures that it writes for a signal.
 * No libc, because the thread pointer is the guest's. SPDX-License-Identifier: MIT */
#ifndef FOREIGN_HOST_H
#define FOREIGN_HOST_H

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

#define host1(n, a) host(n, (long)(a), 0, 0, 0, 0, 0)
#define host2(n, a, b) host(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define host3(n, a, b, c) host(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define host4(n, a, b, c, d) host(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

enum { HOST_EINTR = 4, HOST_ENOMEM = 12, HOST_EINVAL = 22, HOST_ENOSYS = 38, HOST_ETIMEDOUT = 110 };
enum { HOST_SIGBUS = 7, HOST_SIGKILL = 9, HOST_SIGSEGV = 11, HOST_SIGSYS = 31, HOST_SIGNALS = 64 };
enum {
    HOST_MAP_SHARED = 1,
    HOST_MAP_PRIVATE = 2,
    HOST_MAP_FIXED = 0x10,
    HOST_MAP_ANONYMOUS = 0x20,
    HOST_MAP_NORESERVE = 0x4000,
    HOST_MAP_FIXED_NOREPLACE = 0x100000
};

struct host_timespec {
    int64_t seconds, nanoseconds;
};

struct host_siginfo {
    int signal, error, code, pad;
    uintptr_t address; /* of a fault */
    uint64_t rest[13];
};

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
    CS
};

struct host_context { /* struct ucontext, struct sigcontext_64 */
    unsigned long flags, link;
    struct {
        void *base;
        int flags;
        size_t size;
    } stack;
    uint64_t registers[23];
    unsigned char *fp;
    uint64_t reserved[8];
    uint64_t mask;
};

struct host_action {
    uintptr_t handler;
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

#endif
