/* What the thread libraries of FreeBSD and DragonFly, which are of one descent, have alike. */
#include <sys/types.h>

#include <sys/sysctl.h>

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

bool thrum_hosted_own_attributes(pthread_attr_t *attributes)
{
    if (pthread_attr_init(attributes) != 0)
        return false;
    if (pthread_attr_get_np(pthread_self(), attributes) == 0)
        return true;
    (void)pthread_attr_destroy(attributes);
    return false;
}
