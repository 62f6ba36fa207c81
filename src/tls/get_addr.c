/* What compilers call for the address of a __thread variable whose place they do not know (Drepper,
 * "ELF Handling For Thread-Local Storage", 2013, section 4), where linkers leave such calls in static
 * programs. These have one module, so its number says nothing. */
#include "tls/image.h"

struct variable {
    uintptr_t module, offset;
};

ptrdiff_t thrum_tls_offset(const struct variable *variable);
void *__tls_get_addr(const struct variable *variable);

/* From the ABI's thread pointer; what s390x asks for. */
ptrdiff_t thrum_tls_offset(const struct variable *variable)
{
    ptrdiff_t from = THRUM_ARCH_DTV_FROM_REGISTER
                         ? THRUM_ARCH_TP_BIAS
                         : thrum_tls_image.layout.image + THRUM_ARCH_DTV_BIAS;
    return from + (ptrdiff_t)variable->offset;
}

__attribute__((weak)) void *__tls_get_addr(const struct variable *variable)
{
    return thrum_arch_thread_pointer() - THRUM_ARCH_TP_BIAS + thrum_tls_offset(variable);
}
