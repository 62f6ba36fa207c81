/* Waiting on an address: futex(2), whose times are relative, and whose header wants others before it. */
#include <sys/types.h>

#include <sys/time.h>

#include <errno.h>
#include <limits.h>
#include <sys/futex.h>
#include <time.h>

#include "arch/divide.h"
#include "os/os.h"

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    const thrum_time most_ns = thrum_nanoseconds(3600);
    struct timespec length = { 0, 0 };
    bool timed = deadline != THRUM_FOREVER;
    int kept = errno, error = 0;
    if (timed) {
        thrum_time now = thrum_os_now();
        uint32_t nanoseconds;
        if (now >= deadline)
            return __atomic_load_n(address, __ATOMIC_SEQ_CST) == expected ? THRUM_TIMED_OUT
                                                                          : THRUM_OK;
        thrum_time left = deadline - now < most_ns ? deadline - now : most_ns;
        length.tv_sec = (time_t)thrum_seconds(left, &nanoseconds);
        length.tv_nsec = (long)nanoseconds;
    }
    if (futex((volatile uint32_t *)(uintptr_t)address, FUTEX_WAIT_PRIVATE, (int)expected,
              timed ? &length : NULL, NULL) == -1)
        error = errno;
    errno = kept;
    if (error == ETIMEDOUT) /* of a relative time, which may be short of the deadline */
        return thrum_os_now() >= deadline ? THRUM_TIMED_OUT : THRUM_OK;
    if (error != 0 && error != EAGAIN && error != EINTR && error != ECANCELED)
        thrum_os_refused("futex wait", error);
    return THRUM_OK;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    int kept = errno;
    /* Errors are no news: the memory may be gone, and then nobody waits there. */
    if (count != 0)
        (void)futex((volatile uint32_t *)(uintptr_t)address, FUTEX_WAKE_PRIVATE,
                    count < INT_MAX ? (int)count : INT_MAX, NULL, NULL);
    errno = kept;
}
