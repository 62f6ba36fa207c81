/* The process's first instructions. */
#include "arch/arch.h"

__asm__(THRUM_ARCH_ENTRY);
