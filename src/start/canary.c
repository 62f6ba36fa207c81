/* The stack protector's canary, on CPUs whose compilers look for it in a variable. */
#include "arch/arch.h"

uintptr_t __stack_chk_guard;
