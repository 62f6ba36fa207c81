/* What compilers call before a frame of more than a page, so that the system's guard is met and not
 * jumped over, on a CPU of which no compiler's own library is at hand. */
#include "os/windows/cpu.h"

#ifdef THRUM_WINDOWS_PROBE_ASM
__asm__(THRUM_WINDOWS_PROBE_ASM);
#endif
