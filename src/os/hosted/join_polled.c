/* Joining where a pthread_join cannot be told not to wait, and may come back before the thread is off
 * its stack: DragonFly's, NetBSD's and OpenBSD's libcs tell the joiner first, and then make the last
 * call. So the kernel is asked before: once it knows the thread no more, there is nothing left that a
 * pthread_join would wait for. From thrum's last step to there the thread runs the libc's part of its
 * end, or has to wait for a CPU. */
#include <pthread.h>

#include "os/hosted/hosted.h"

/* Whether that id is another thread's: one that dies needs microseconds, and was given way so often in
 * so long a time, all of it ours (while the process is stopped nobody counts). */
static bool is_anothers(struct thrum_os_thread *thread)
{
    enum { OFTEN = 100 };
    const thrum_time long_ns = 1000000000;
    thrum_time now = thrum_os_now();
    if (thread->asked == 0)
        thread->asked_first = now;
    if (thread->asked < OFTEN)
        thread->asked++;
    thrum_os_yield();
    return thread->asked == OFTEN && now - thread->asked_first >= long_ns;
}

bool thrum_hosted_try_join(struct thrum_os_thread *thread)
{
    enum thrum_hosted_presence presence = thrum_hosted_presence(thread);
    if (presence == THRUM_HOSTED_THERE ||
        (presence == THRUM_HOSTED_ID_THERE && !is_anothers(thread)))
        return false;
    (void)pthread_join((pthread_t)thread->handle, NULL);
    return true;
}

void thrum_hosted_join(struct thrum_os_thread *thread)
{
    enum { YIELDS = 8 };
    const thrum_time most_ns = 1000000;
    thrum_time pause_ns = 10000;
    for (int i = 0; !thrum_hosted_try_join(thread); i++) {
        if (i < YIELDS) {
            thrum_os_yield();
            continue;
        }
        thrum_os_sleep_until(thrum_os_now() + pause_ns);
        pause_ns = pause_ns < most_ns ? 2 * pause_ns : most_ns;
    }
}
