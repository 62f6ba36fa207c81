/* Mappings for threads, and which of their pages are in memory. */
#include "arch/arch.h"
#include "os/linux/linux.h"
#include "os/used.h"

enum { PROT_READ_WRITE = 3 };

size_t thrum_os_page_size(void)
{
    return thrum_linux_process.page_size;
}

size_t thrum_os_smallest_stack(void)
{
    /* a signal's frame on a CPU with wide registers, and room for functions like thrum_cpu_count */
    return thrum_linux_process.signal_stack + 12288;
}

void *thrum_os_map(size_t size)
{
    long result = thrum_linux_mmap(size, PROT_READ_WRITE,
                                   THRUM_LINUX_MAP_PRIVATE | THRUM_LINUX_MAP_ANONYMOUS |
                                       THRUM_LINUX_MAP_NORESERVE | THRUM_LINUX_MAP_STACK);
    return result < 0 && result >= -4095 ? NULL : (void *)result;
}

void thrum_os_unmap(void *address, size_t size)
{
    long result = thrum_linux_call2(THRUM_LINUX_MUNMAP, address, size);
    /* ENOMEM: the map count would grow over its limit; the pages at least go back, and the hole
     * stays reserved. */
    if (result == -THRUM_LINUX_ENOMEM)
        thrum_linux_call3(THRUM_LINUX_MADVISE, address, size, THRUM_LINUX_MADV_DONTNEED);
    else if (result != 0)
        thrum_os_refused("munmap", -result);
}

enum thrum_os_residence thrum_os_resident(void *address, size_t size, unsigned char *answers)
{
    long result = thrum_linux_call3(THRUM_LINUX_MINCORE, address, size, answers);
    if (result == -THRUM_LINUX_ENOMEM)
        return THRUM_OS_UNMAPPED;
    return result == 0 ? THRUM_OS_TOLD : THRUM_OS_UNTOLD;
}
