/* Which pages are in memory. */
#include "os/bsd/bsd.h"
#include "os/used.h"

bool thrum_os_resident(void *address, size_t size, unsigned char *answers)
{
    return thrum_bsd_mincore(address, size, answers) == 0;
}
