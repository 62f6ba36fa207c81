/* FreeBSD on x86-64 (sys/x86/include/sysarch.h). */
#ifndef THRUM_OS_FREEBSD_X86_64_H
#define THRUM_OS_FREEBSD_X86_64_H

#include <stddef.h>

#define THRUM_FREEBSD_CPU_CALLS(CALL) CALL(sysarch, 165)

enum { THRUM_FREEBSD_GET_FSBASE = 128, THRUM_FREEBSD_SET_FSBASE = 129 };

long thrum_bsd_sysarch(int operation, void *argument);

static inline long thrum_freebsd_set_thread_pointer(void *pointer)
{
    return thrum_bsd_sysarch(THRUM_FREEBSD_SET_FSBASE, &pointer);
}

static inline void *thrum_freebsd_get_thread_pointer(void)
{
    void *pointer = NULL;
    return thrum_bsd_sysarch(THRUM_FREEBSD_GET_FSBASE, &pointer) == 0 ? pointer : NULL;
}

#endif
