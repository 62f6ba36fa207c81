/* Linux on AArch64 under the runner, and what the guests' kernels do on that CPU.
 * SPDX-License-Identifier: MIT */
#ifndef FOREIGN_AARCH64_H
#define FOREIGN_AARCH64_H

#include <asm/unistd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline long host(long number, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}

/* Numbers of its registers in a context: x0 to x30, and then: */
enum { X28 = 28, X29, X30, SP, PC, PSTATE, REGISTERS };
enum { ANSWER = 0, ANSWER_2 = 1 };

struct host_context { /* struct ucontext, struct sigcontext */
    unsigned long flags, link;
    struct {
        void *base;
        int flags;
        size_t size;
    } stack;
    uint64_t mask;
    char room_for_mask[120];
    _Alignas(16) uint64_t fault_address;
    uint64_t registers[REGISTERS];
    _Alignas(16) unsigned char records[4096]; /* the vector registers are in one of them */
};

/* Calls arrive as SIGTRAP: each of their instructions is another one in the loaded program. */
enum { HOST_SIGCALL = 5, GUEST_SIGCALL = 5 };
enum { HOST_STAT_MODE = 2 }; /* the word of struct stat whose lower half is the mode */
enum { MACHINE = 183, RED_ZONE = 0, FREEBSD_HAS_SYSARCH = 0 };

#endif
