/* The contract of a CPU: what portable code asks of it, and nothing a system decides. One file a
 * CPU, chosen by the build, defines what is listed here. It may include nothing of the project. */
#ifndef THRUM_ARCH_H
#define THRUM_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A CPU's file defines:
 *
 *   THRUM_ARCH_TLS_VARIANT      1 or 2 (Drepper, "ELF Handling For Thread-Local Storage", 2013)
 *   THRUM_ARCH_STACK_ALIGN      of the stack pointer at a function's call
 *
 *   char *thrum_arch_thread_pointer(void)     what the register holds
 *   void thrum_arch_relax(void)               tells the CPU that this is a spin loop; at least a
 *                                             compiler barrier
 *   THRUM_ARCH_ENTRY                          top-level asm: `_start` hands the entry's stack
 *                                             pointer to thrum_start_main, which never returns
 *
 * and, where it is not as it is on most CPUs: */
#include THRUM_ARCH_FILE

/* Variant I: bytes between the ABI's thread pointer and the image. */
#ifndef THRUM_ARCH_TLS_GAP
#define THRUM_ARCH_TLS_GAP 0
#endif

/* What the register holds beyond the ABI's thread pointer. */
#ifndef THRUM_ARCH_TP_BIAS
#define THRUM_ARCH_TP_BIAS 0
#endif

/* The least guard that the compiler's stack probes honour, in bytes. */
#ifndef THRUM_ARCH_GUARD_DEFAULT
#define THRUM_ARCH_GUARD_DEFAULT 4096
#endif

/* 1: the stack pointer grows with each call. */
#ifndef THRUM_ARCH_STACK_GROWS_UP
#define THRUM_ARCH_STACK_GROWS_UP 0
#endif

/* Relocation types of a static-PIE: base + addend, and the one whose value a resolver function
 * gives; 0 where there are no static-PIEs. Tables are RELA, or REL, whose addends are in place. */
#ifndef THRUM_ARCH_R_RELATIVE
#define THRUM_ARCH_R_RELATIVE 0
#define THRUM_ARCH_R_IRELATIVE 0
#endif
#ifndef THRUM_ARCH_REL
#define THRUM_ARCH_REL 0
#endif

/* Where compilers look for the stack protector's canary: THRUM_ARCH_CANARY_AT bytes from the ABI's
 * thread pointer where that is defined, else in this variable. */
extern uintptr_t __stack_chk_guard;

/* For the whole program, at its start; and for a thread, before it runs. */
static inline void thrum_arch_set_canary(uintptr_t canary)
{
#ifndef THRUM_ARCH_CANARY_AT
    __stack_chk_guard = canary;
#else
    (void)canary;
#endif
}

static inline void thrum_arch_set_thread_canary(char *tp, uintptr_t canary)
{
#ifdef THRUM_ARCH_CANARY_AT
    *(uintptr_t *)(void *)(tp + THRUM_ARCH_CANARY_AT) = canary;
#else
    (void)tp, (void)canary;
#endif
}

#endif
