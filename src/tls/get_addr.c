/* What compilers call for the address of a __thread variable whose place they do not know (Drepper,
 * "ELF Handling For Thread-Local Storage", 2013, section 4), where they do so in static programs.
 * These have one module, so its number says nothing. */
#include "tls/image.h"

#ifdef THRUM_ARCH_DTV_BIAS

struct variable {
    uintptr_t module, offset;
};

void *__tls_get_addr(const struct variable *variable);

__attribute__((weak)) void *__tls_get_addr(const struct variable *variable)
{
    char *tp = thrum_arch_thread_pointer() - THRUM_ARCH_TP_BIAS;
    return tp + thrum_tls_image.layout.image + THRUM_ARCH_DTV_BIAS + variable->offset;
}

#endif
