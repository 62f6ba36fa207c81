/* What the thread libraries of FreeBSD and DragonFly, which are of one descent, have alike. */
#include <sys/types.h>

#include <sys/sysctl.h>

#include <errno.h>
#include <pthread.h>
#include <pthread_np.h>

#include "os/hosted/bsd.h"

bool thrum_hosted_is_first(uint32_t tid)
{
    (void)tid;
    return pthread_main_np() == 1;
}

char *thrum_hosted_stack_top(void)
{
    int name[] = { CTL_KERN, KERN_USRSTACK };
    char *top = NULL;
    size_t size = sizeof top;
    return sysctl(name, 2, &top, &size, NULL, 0) == 0 ? top : NULL;
}

bool thrum_os_own_stack(char **low, char **high, size_t *guard)
{
    pthread_attr_t attributes;
    void *base = NULL;
    size_t size = 0;
    int kept = errno;
    bool known = pthread_attr_init(&attributes) == 0;
    if (known) {
        known = pthread_attr_get_np(pthread_self(), &attributes) == 0 &&
                pthread_attr_getstack(&attributes, &base, &size) == 0 &&
                pthread_attr_getguardsize(&attributes, guard) == 0;
        (void)pthread_attr_destroy(&attributes);
    }
    *low = base;
    *high = (char *)base + size;
    errno = kept;
    return known;
}
