/* Guards, and pages that are given back, by the calls that every system has. */
#include <errno.h>

#include "os/hosted/hosted.h"
#include "os/hosted/map.h"

bool thrum_os_guard(void *address, size_t size)
{
    int kept = errno;
    bool done = mprotect(address, size, PROT_NONE) == 0;
    errno = kept;
    return done;
}

void thrum_os_stack_mapped(void *address, size_t size)
{
#ifdef MADV_NOHUGEPAGE
    int kept = errno;
    (void)madvise(address, size, MADV_NOHUGEPAGE); /* else no harm */
    errno = kept;
#else
    (void)address, (void)size;
#endif
}

/* A new mapping in place of the old: what madvise does to the pages differs from system to system. */
bool thrum_os_refresh(void *address, size_t size)
{
    int kept = errno;
    bool done = mmap(address, size, PROT_READ | PROT_WRITE, THRUM_HOSTED_ZEROED | MAP_FIXED, -1,
                     0) != MAP_FAILED;
    errno = kept;
    return done;
}
