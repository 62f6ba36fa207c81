/* NetBSD on AArch64 (sys/arch/aarch64/aarch64/{syscall,cpu_machdep}.c, include/mcontext.h). */
#ifndef THRUM_OS_NETBSD_AARCH64_H
#define THRUM_OS_NETBSD_AARCH64_H

#include <stddef.h>
#include <stdint.h>

/* The number is in the instruction. */
#define THRUM_BSD_ENTER_ASM(name, number) \
    ".Lcall_" #name ":\n"                 \
    "    svc #" #number "\n"

/* x0 to x30, and then: */
enum {
    THRUM_NETBSD_X0 = 0,
    THRUM_NETBSD_X29 = 29,
    THRUM_NETBSD_X30 = 30,
    THRUM_NETBSD_SP = 31,
    THRUM_NETBSD_PC = 32,
    THRUM_NETBSD_TPIDR = 34,
    THRUM_NETBSD_REGISTERS = 35
};

/* ucontext_t. The kernel wants the stack pointer to be a multiple of 16. */
struct thrum_netbsd_context {
    uint32_t flags, spare;
    void *link;
    uint32_t mask[4];
    void *stack;
    size_t stack_size;
    int stack_flags, more_spare;
    _Alignas(16) uint64_t registers[THRUM_NETBSD_REGISTERS];
    _Alignas(16) unsigned char fp[528];
    uint64_t rest[8];
};
_Static_assert(sizeof(struct thrum_netbsd_context) == 944, "the kernel's own is as large");

/* Of a context that the kernel has filled: run(argument) on that stack, which nothing calls. */
static inline void thrum_netbsd_set_birth(struct thrum_netbsd_context *context, uintptr_t run,
                                          void *argument, void *stack, void *thread_pointer)
{
    context->registers[THRUM_NETBSD_X0] = (uint64_t)argument;
    context->registers[THRUM_NETBSD_X29] = 0;
    context->registers[THRUM_NETBSD_X30] = 0;
    context->registers[THRUM_NETBSD_PC] = run;
    context->registers[THRUM_NETBSD_SP] = (uint64_t)stack;
    context->registers[THRUM_NETBSD_TPIDR] = (uint64_t)thread_pointer;
}

#endif
