/* Functions that compilers call for what this CPU has no instruction for, if there are such. */
#include "arch/arch.h"

#ifdef THRUM_ARCH_HELPERS_ASM
__asm__(THRUM_ARCH_HELPERS_ASM);
#endif
