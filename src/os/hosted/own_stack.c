/* Where the calling thread's stack is, by what the libc knows of the thread. */
#include <errno.h>
#include <pthread.h>

#include "os/hosted/hosted.h"

bool thrum_os_own_stack(char **low, char **high, size_t *guard)
{
    pthread_attr_t attributes;
    void *base = NULL;
    size_t size = 0;
    int kept = errno;
    bool known = thrum_hosted_own_attributes(&attributes);
    if (known) {
        known = pthread_attr_getstack(&attributes, &base, &size) == 0 &&
                pthread_attr_getguardsize(&attributes, guard) == 0;
        (void)pthread_attr_destroy(&attributes);
    }
    *low = base;
    *high = (char *)base + size;
    errno = kept;
    return known;
}
