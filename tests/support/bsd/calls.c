/* Calls that the library has no use for, made as it makes its own. */
#include "bsd.h"

#include THRUM_BSD_CPU_FILE

#define CALL(name, number) \
    __asm__(THRUM_BSD_CALL_ASM(test_bsd_##name, number, THRUM_BSD_PIN(test_bsd_##name, number)));

TEST_BSD_CALLS(CALL)
