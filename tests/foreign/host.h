/* The Linux kernel under the runner: calls, and the structures that it writes for a signal; what its
 * CPU has of them is in FOREIGN_CPU_FILE. No libc, because the thread pointer is the guest's.
 * SPDX-License-Identifier: MIT */
#ifndef FOREIGN_HOST_H
#define FOREIGN_HOST_H

#include FOREIGN_CPU_FILE

#define host1(n, a) host(n, (long)(a), 0, 0, 0, 0, 0)
#define host2(n, a, b) host(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define host3(n, a, b, c) host(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define host4(n, a, b, c, d) host(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

enum { HOST_EINTR = 4, HOST_ENOMEM = 12, HOST_EINVAL = 22, HOST_ENOSYS = 38, HOST_ETIMEDOUT = 110 };
enum { HOST_SIGBUS = 7, HOST_SIGKILL = 9, HOST_SIGSEGV = 11, HOST_SIGNALS = 64 };
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

struct host_action {
    uintptr_t handler;
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

#endif
