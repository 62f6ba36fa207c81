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
 * where compilers call functions for what the CPU cannot do, also:
 *
 *   THRUM_ARCH_HELPERS_ASM                    top-level asm of those, weak (src/arch/helpers.c);
 *                                             the thread pointer's, for one
 *   THRUM_ARCH_SYNC_HELPERS                   defined where the compiler's 4-byte atomics are calls
 *   THRUM_ARCH_ATOMIC_HELPERS                 of __sync_… or of __atomic_…: they are made
 *                                             (src/arch/atomics.c) of
 *     uint32_t thrum_arch_compare_and_swap(volatile uint32_t *address, uint32_t expected,
 *                                          uint32_t desired)
 *                                             tells what was there, fails only if that is not what
 *                                             was expected; a full barrier, failed or not
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

/* A guard, in bytes: at least what the compiler's stack probes honour. 64 KiB catch most frames that no
 * probe is in, and cost addresses only, which are scarce where they have 32 bits. */
#ifndef THRUM_ARCH_GUARD_DEFAULT
#if UINTPTR_MAX > UINT32_MAX
#define THRUM_ARCH_GUARD_DEFAULT 65536
#else
#define THRUM_ARCH_GUARD_DEFAULT 4096
#endif
#endif

/* What linkers take off the offset that they hand to __tls_get_addr (src/tls/get_addr.c). */
#ifndef THRUM_ARCH_DTV_BIAS
#define THRUM_ARCH_DTV_BIAS 0
#endif
/* 1: that offset is from what the thread pointer's register holds, not from the image. */
#ifndef THRUM_ARCH_DTV_FROM_REGISTER
#define THRUM_ARCH_DTV_FROM_REGISTER 0
#endif

/* 1: the stack pointer grows with each call. */
#ifndef THRUM_ARCH_STACK_GROWS_UP
#define THRUM_ARCH_STACK_GROWS_UP 0
#endif

/* Relocation types of a static-PIE: base + addend; the one whose value a resolver function gives,
 * and its kind for the linker's own table of calls, if that is another; the distance of a __thread
 * variable from the thread pointer. 0 where there are no static-PIEs. Tables are RELA, or REL,
 * whose addends are in place. */
#ifndef THRUM_ARCH_R_RELATIVE
#define THRUM_ARCH_R_RELATIVE 0
#define THRUM_ARCH_R_IRELATIVE 0
#define THRUM_ARCH_R_TPREL 0
#endif
#ifndef THRUM_ARCH_R_JUMP_IRELATIVE
#define THRUM_ARCH_R_JUMP_IRELATIVE THRUM_ARCH_R_IRELATIVE
#endif
#ifndef THRUM_ARCH_REL
#define THRUM_ARCH_REL 0
#endif

/* What a resolver of a function's address is called with, as the CPU's ABI has it: most are promised the
 * kernel's word on what the CPU can (AT_HWCAP of getauxval(3)); on x86 they ask the CPU itself. */
struct thrum_arch_hardware {
    unsigned long hwcap[4]; /* AT_HWCAP to AT_HWCAP4; 0 where the kernel tells none */
    uintptr_t probe;        /* RISC-V: the function that asks the kernel for more */
};
#ifndef THRUM_ARCH_RESOLVE
#define THRUM_ARCH_RESOLVE(resolver, hardware) \
    ((uintptr_t(*)(unsigned long))(resolver))((hardware)->hwcap[0])
#endif

/* What becomes of a resolver's answer: on most CPUs it stands where calls load it from. */
#ifndef THRUM_ARCH_OWN_RESOLVED
static inline void thrum_arch_resolved(uintptr_t *place, uint32_t type, uintptr_t value)
{
    (void)type;
    *place = value;
}
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
