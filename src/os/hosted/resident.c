/* Which pages are in memory, where there is mincore(2). */
#include <errno.h>

#include "os/hosted/map.h"
#include "os/used.h"

enum thrum_os_residence thrum_os_resident(void *address, size_t size, unsigned char *answers)
{
    enum thrum_os_residence known = THRUM_OS_TOLD;
    int kept = errno;
    if (mincore(address, size, (void *)answers) != 0)
        known = errno == ENOMEM ? THRUM_OS_UNMAPPED : THRUM_OS_UNTOLD;
    errno = kept;
    return known;
}
