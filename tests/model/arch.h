/* The model's CPU: variant II, no canary, small guards, and a pause that is no step. */
#ifndef THRUM_MODEL_ARCH_H
#define THRUM_MODEL_ARCH_H

#define THRUM_ARCH_TLS_VARIANT 2
#define THRUM_ARCH_STACK_ALIGN 16
#define THRUM_ARCH_GUARD_DEFAULT 64

static inline char *thrum_arch_thread_pointer(void)
{
    return NULL; /* nobody asks: see self.h */
}

static inline void thrum_arch_relax(void)
{
}

#endif
