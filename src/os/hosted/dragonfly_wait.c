/* Waiting on an address: umtx_sleep(2), which ends after two seconds whatever it is told, and may
 * miss a wake where a fork has given the page another place in memory: it goes by that. */
#include <errno.h>
#include <unistd.h>

#include "os/os.h"

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    enum { MOST_US = 1000000 };
    int timeout_us = 0; /* as long as the kernel lets it */
    int kept = errno, error = 0;
    thrum_time now = deadline != THRUM_FOREVER ? thrum_os_now() : 0;
    if (now >= deadline)
        return __atomic_load_n(address, __ATOMIC_SEQ_CST) == expected ? THRUM_TIMED_OUT : THRUM_OK;
    if (deadline != THRUM_FOREVER) {
        thrum_time left = deadline - now;
        timeout_us = left >= (thrum_time)MOST_US * 1000 ? MOST_US : (int)((left + 999) / 1000);
    }
    if (umtx_sleep((volatile const int *)(const void *)address, (int)expected, timeout_us) < 0)
        error = errno;
    errno = kept;
    if (error == EWOULDBLOCK) /* its limit, or ours */
        return deadline != THRUM_FOREVER && thrum_os_now() >= deadline ? THRUM_TIMED_OUT : THRUM_OK;
    /* EINVAL, of such arguments: the page moved while the kernel looked for its place in memory */
    if (error != 0 && error != EBUSY && error != EINTR && error != EINVAL)
        thrum_os_refused("umtx_sleep", error);
    return THRUM_OK;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    /* The kernel wakes one or all. Errors are no news: the memory may be gone. */
    enum { ALL = 0, MOST_ONES = 1024 };
    volatile const int *word = (volatile const int *)(const void *)address;
    int kept = errno;
    if (count > MOST_ONES)
        (void)umtx_wakeup(word, ALL);
    else
        for (; count > 0; count--)
            (void)umtx_wakeup(word, 1);
    errno = kept;
}
