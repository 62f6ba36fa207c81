/* Joining by the libc's own means, where it can be told not to wait (glibc, musl). */
#include <pthread.h>

#include "os/hosted/annotate.h"
#include "os/hosted/hosted.h"

void thrum_hosted_join(struct thrum_os_thread *thread)
{
    sigset_t kept;
    if (THRUM_HOSTED_JOIN_HOLDS_SIGNALS)
        thrum_hosted_hold_signals(&kept);
    (void)pthread_join((pthread_t)thread->handle, NULL);
    if (THRUM_HOSTED_JOIN_HOLDS_SIGNALS)
        thrum_hosted_let_signals(&kept);
}

bool thrum_hosted_try_join(struct thrum_os_thread *thread)
{
    return pthread_tryjoin_np((pthread_t)thread->handle, NULL) == 0;
}
