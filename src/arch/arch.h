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
 *   THRUM_ARCH_TLS_GAP          variant I: bytes between the ABI's thread pointer and the image
 *   THRUM_ARCH_TP_BIAS          what the register holds beyond the ABI's thread pointer
 *   THRUM_ARCH_CANARY_AT        where compilers look for the stack protector's canary, from the
 *                               ABI's thread pointer
 *   THRUM_ARCH_STACK_ALIGN      of the stack pointer at a function's call
 *   THRUM_ARCH_GUARD_DEFAULT    the least guard that the compiler's stack probes honour, in bytes
 *   THRUM_ARCH_R_RELATIVE       relocation type of a static-PIE: base + addend
 *   THRUM_ARCH_R_IRELATIVE      and the one whose value a resolver function gives
 *
 *   char *thrum_arch_thread_pointer(void)     what the register holds
 *   void thrum_arch_relax(void)               tells the CPU that this is a spin loop
 *   THRUM_ARCH_ENTRY                          top-level asm: `_start` hands the entry's stack
 *                                             pointer to thrum_start_main, which never returns */
#include THRUM_ARCH_FILE

#endif
