/* WebAssembly, 32 bits (the core specification 2.0, and its proposal for threads). The stack pointer and
 * the thread pointer are globals of each instance, so of each thread; nothing can be read of the stack
 * that the engine itself has. */
#ifndef THRUM_ARCH_WASM32_H
#define THRUM_ARCH_WASM32_H

#define THRUM_ARCH_TLS_VARIANT 1
#define THRUM_ARCH_STACK_ALIGN 16

static inline char *thrum_arch_thread_pointer(void)
{
    return __builtin_wasm_tls_base();
}

static inline void thrum_arch_relax(void)
{
    __asm__ volatile("" ::: "memory");
}

#endif
