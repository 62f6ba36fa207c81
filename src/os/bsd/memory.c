/* Mappings for threads, guards, and pages that are given back. */
#include "os/bsd/bsd.h"
#include "os/used.h"

enum { PROT_NONE = 0 };

size_t thrum_os_page_size(void)
{
    return thrum_bsd_process.page_size;
}

size_t thrum_os_smallest_stack(void)
{
    /* a signal's frame with wide registers, twice, and room for functions like thrum_cpu_count */
    return 20480;
}

long thrum_bsd_map(void *address, size_t size, int protection, int flags)
{
    return thrum_bsd_raw_map(address, size, protection,
                             flags | THRUM_BSD_MAP_PRIVATE | THRUM_BSD_MAP_ANON);
}

void *thrum_os_map(size_t size)
{
    long result = thrum_bsd_map(NULL, size, THRUM_BSD_PROT_READ_WRITE, THRUM_BSD_MAP_STACK);
    return result < 0 && result >= -4095 ? NULL : (void *)result;
}

void thrum_os_stack_mapped(void *address, size_t size)
{
    (void)address, (void)size; /* superpages are made of pages that are all in use */
}

void thrum_os_unmap(void *address, size_t size)
{
    long result = thrum_bsd_munmap(address, size);
    if (result < 0)
        thrum_os_refused("munmap", -result);
}

bool thrum_os_guard(void *address, size_t size)
{
    return thrum_bsd_mprotect(address, size, PROT_NONE) == 0;
}

/* No advice promises zeros here: new pages are put in the place of the old ones. */
bool thrum_os_refresh(void *address, size_t size)
{
    return thrum_bsd_map(address, size, THRUM_BSD_PROT_READ_WRITE,
                         THRUM_BSD_MAP_FIXED | THRUM_BSD_MAP_STACK) == (long)address;
}
