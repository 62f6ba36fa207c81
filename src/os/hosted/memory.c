/* Mappings for threads (POSIX, and MAP_ANONYMOUS and madvise, which most systems have). */
#include <errno.h>

#include "os/hosted/annotate.h"
#include "os/hosted/hosted.h"
#include "os/hosted/map.h"

size_t thrum_os_smallest_stack(void)
{
    /* a signal's frame, and room for functions like thrum_cpu_count; no less than what every libc
     * takes as a stack of its users' */
    size_t size = thrum_hosted_signal_frame() + 12288;
    return (size < 16384 ? 16384 : size) + THRUM_HOSTED_MORE_STACK;
}

void *thrum_os_map(size_t size)
{
    int kept = errno;
    void *address = mmap(NULL, size, PROT_READ | PROT_WRITE, THRUM_HOSTED_ZEROED, -1, 0);
    errno = kept;
    return address != MAP_FAILED ? address : NULL;
}

void thrum_os_unmap(void *address, size_t size)
{
    int kept = errno;
    if (munmap(address, size) != 0) {
        /* ENOMEM: too many mappings to split one; the pages at least go back */
        if (errno != ENOMEM)
            thrum_os_refused("munmap", errno);
        (void)madvise(address, size, MADV_DONTNEED);
    }
    errno = kept;
}
