/* Which pages are in memory. */
#include "os/bsd/bsd.h"
#include "os/used.h"

enum thrum_os_residence thrum_os_resident(void *address, size_t size, unsigned char *answers)
{
    long result = thrum_bsd_mincore(address, size, answers);
    if (result == -THRUM_BSD_ENOMEM)
        return THRUM_OS_UNMAPPED;
    return result == 0 ? THRUM_OS_TOLD : THRUM_OS_UNTOLD;
}
