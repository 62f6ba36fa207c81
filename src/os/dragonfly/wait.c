/* Waiting on an address: umtx_sleep(2), which ends after two seconds whatever it is told, and may
 * miss a wake where a fork has given the page another place in memory: it goes by that. */
#include "os/bsd/bsd.h"

long thrum_bsd_umtx_sleep(const uint32_t *address, int expected, int timeout_us);
long thrum_bsd_umtx_wakeup(const uint32_t *address, int count);

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    enum { MOST_US = 1000000 };
    int timeout_us = 0; /* as long as the kernel lets it */
    thrum_time now = deadline != THRUM_FOREVER ? thrum_os_now() : 0;
    if (now >= deadline)
        return __atomic_load_n(address, __ATOMIC_SEQ_CST) == expected ? THRUM_TIMED_OUT : THRUM_OK;
    if (deadline != THRUM_FOREVER) {
        thrum_time left = deadline - now;
        timeout_us = left >= (thrum_time)MOST_US * 1000 ? MOST_US : (int)((left + 999) / 1000);
    }
    long result = thrum_bsd_umtx_sleep(address, (int)expected, timeout_us);
    if (result == -THRUM_BSD_EAGAIN) /* its limit, or ours */
        return deadline != THRUM_FOREVER && thrum_os_now() >= deadline ? THRUM_TIMED_OUT : THRUM_OK;
    /* EINVAL, of such arguments: the page moved while the kernel looked for its place in memory */
    if (result < 0 && result != -THRUM_BSD_EBUSY && result != -THRUM_BSD_EINTR &&
        result != -THRUM_BSD_EINVAL)
        thrum_os_refused("umtx_sleep", -result);
    return THRUM_OK;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    /* The kernel wakes one or all. Errors are no news: the memory may be gone. */
    enum { ALL = 0, MOST_ONES = 1024 };
    if (count > MOST_ONES)
        thrum_bsd_umtx_wakeup(address, ALL);
    else
        for (; count > 0; count--)
            thrum_bsd_umtx_wakeup(address, 1);
}
