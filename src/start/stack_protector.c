/* Called by -fstack-protector when a function finds its canary overwritten. */
#include "diagnose/fatal.h"

_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail_local(void);

_Noreturn void __stack_chk_fail(void)
{
    thrum_fatal_misuse("has written", "beyond a buffer on its stack (the canary is gone)");
}

/* What position-independent code of some CPUs calls, so as not to need a table of addresses. */
_Noreturn void __stack_chk_fail_local(void)
{
    __stack_chk_fail();
}
