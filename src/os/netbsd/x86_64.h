/* NetBSD on x86-64 (sys/arch/amd64/include/mcontext.h). */
#ifndef THRUM_OS_NETBSD_X86_64_H
#define THRUM_OS_NETBSD_X86_64_H

#include <stddef.h>
#include <stdint.h>

enum {
    THRUM_NETBSD_RDI = 0,
    THRUM_NETBSD_RBP = 12,
    THRUM_NETBSD_RIP = 21,
    THRUM_NETBSD_RSP = 24,
    THRUM_NETBSD_REGISTERS = 26
};

/* ucontext_t */
struct thrum_netbsd_context {
    uint32_t flags, spare;
    void *link;
    uint32_t mask[4];
    void *stack;
    size_t stack_size;
    int stack_flags, more_spare;
    uint64_t registers[THRUM_NETBSD_REGISTERS];
    void *tls_base;
    _Alignas(8) unsigned char fp[512];
};
_Static_assert(sizeof(struct thrum_netbsd_context) == 784, "the kernel's own is as large");

/* Of a context that the kernel has filled: run(argument) on that stack, as if called from nowhere.
 */
static inline void thrum_netbsd_set_birth(struct thrum_netbsd_context *context, uintptr_t run,
                                          void *argument, void *stack, void *thread_pointer)
{
    uint64_t *top = (uint64_t *)stack - 1;
    *top = 0;
    context->registers[THRUM_NETBSD_RDI] = (uint64_t)argument;
    context->registers[THRUM_NETBSD_RBP] = 0;
    context->registers[THRUM_NETBSD_RIP] = run;
    context->registers[THRUM_NETBSD_RSP] = (uint64_t)top;
    context->tls_base = thread_pointer;
}

#endif
