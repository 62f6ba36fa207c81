/* Waiting on an address: futex(2), whose numbers are its own and whose times are relative. */
#include "os/bsd/bsd.h"

enum { FUTEX_WAIT = 1, FUTEX_WAKE = 2, FUTEX_PRIVATE = 128 };

long thrum_bsd_futex(const uint32_t *address, int operation, int value,
                     const struct thrum_bsd_timespec *length, const uint32_t *other);

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    const uint64_t most_ns = (uint64_t)3600 * 1000000000;
    struct thrum_bsd_timespec length;
    if (deadline != THRUM_FOREVER && !thrum_bsd_remaining(deadline, most_ns, &length))
        return __atomic_load_n(address, __ATOMIC_SEQ_CST) == expected ? THRUM_TIMED_OUT : THRUM_OK;
    long result = thrum_bsd_futex(address, FUTEX_WAIT | FUTEX_PRIVATE, (int)expected,
                                  deadline != THRUM_FOREVER ? &length : NULL, NULL);
    if (result == -THRUM_BSD_ETIMEDOUT) /* of a relative time, which may be short of the deadline */
        return thrum_os_now() >= deadline ? THRUM_TIMED_OUT : THRUM_OK;
    if (result < 0 && result != -THRUM_BSD_EAGAIN && result != -THRUM_BSD_EINTR &&
        result != -THRUM_BSD_ECANCELED)
        thrum_os_refused("futex wait", -result);
    return THRUM_OK;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    /* Errors are no news: the memory may be gone, and then nobody waits there. */
    if (count != 0)
        thrum_bsd_futex(address, FUTEX_WAKE | FUTEX_PRIVATE,
                        count < 0x7fffffffu ? (int)count : 0x7fffffff, NULL, NULL);
}
