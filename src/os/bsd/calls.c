/* The system calls, a function each. */
#include "os/bsd/bsd.h"

#include THRUM_BSD_CPU_FILE

#define CALL(name, number) \
    __asm__(THRUM_BSD_CALL_ASM(thrum_bsd_##name, number, THRUM_BSD_PIN(thrum_bsd_##name, number)));

THRUM_BSD_CALLS(CALL)
