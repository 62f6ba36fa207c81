/* FreeBSD on AArch64 (sys/arm64/arm64/{trap,vm_machdep}.c). */
#ifndef THRUM_OS_FREEBSD_AARCH64_H
#define THRUM_OS_FREEBSD_AARCH64_H

#include <stdint.h>

#define THRUM_BSD_ENTER_ASM(name, number) \
    "    mov x8, #" #number "\n"          \
    ".Lcall_" #name ":\n"                 \
    "    svc #0\n"

#define THRUM_FREEBSD_CPU_CALLS(CALL)

/* The program's own register, which the kernel clears for a new program and keeps from then on. */
static inline long thrum_freebsd_set_thread_pointer(void *pointer)
{
    __asm__ volatile("msr tpidr_el0, %0" ::"r"(pointer) : "memory");
    return 0;
}

static inline void *thrum_freebsd_get_thread_pointer(void)
{
    void *pointer;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(pointer));
    return pointer;
}

#endif
