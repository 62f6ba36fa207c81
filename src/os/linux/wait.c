/* Waiting on an address: futex(2), with absolute monotonic deadlines. */
#include "os/linux/linux.h"

enum { FUTEX_WAKE = 1, FUTEX_WAIT_BITSET = 9, FUTEX_PRIVATE = 128 };

/* The call with times of two longs, which every kernel has that lacks the other; its wakes are the
 * same, and its sleeps are seen by them. */
static long old_futex(const uint32_t *address, int operation, uint32_t value,
                      const struct thrum_linux_timespec *deadline)
{
    struct thrum_linux_old_timespec old = { 0, 0 };
    if (deadline != NULL)
        old = thrum_linux_old_timespec(deadline);
    long result = thrum_linux_call(THRUM_LINUX_OLD_FUTEX, (long)address, operation, (long)value,
                                   deadline != NULL ? (long)&old : 0, 0, -1);
    bool clipped = deadline != NULL && old.seconds != deadline->seconds &&
                   thrum_os_now() < thrum_nanoseconds((uint64_t)deadline->seconds) +
                                        (uint64_t)deadline->nanoseconds;
    return clipped && result == -THRUM_LINUX_ETIMEDOUT ? 0 : result; /* not yet */
}

static long futex(const uint32_t *address, int operation, uint32_t value,
                  const struct thrum_linux_timespec *deadline)
{
    static bool old; /* the kernel is older than 5.1; each caller finds the same */
    if (THRUM_LINUX_OLD_FUTEX != 0 && __atomic_load_n(&old, __ATOMIC_RELAXED))
        return old_futex(address, operation, value, deadline);
    long result = thrum_linux_call(THRUM_LINUX_FUTEX, (long)address, operation, (long)value,
                                   (long)deadline, 0, -1 /* every bit of a BITSET */);
    if (THRUM_LINUX_OLD_FUTEX != 0 && result == -THRUM_LINUX_ENOSYS) {
        __atomic_store_n(&old, true, __ATOMIC_RELAXED);
        result = old_futex(address, operation, value, deadline);
    }
    return result;
}

static thrum_status wait(const uint32_t *address, uint32_t expected, thrum_time deadline, int scope)
{
    struct thrum_linux_timespec spec = { 0, 0 };
    if (deadline != THRUM_FOREVER)
        spec = thrum_linux_timespec(deadline);
    /* BITSET because its deadline is absolute on CLOCK_MONOTONIC */
    long result = futex(address, FUTEX_WAIT_BITSET | scope, expected,
                        deadline == THRUM_FOREVER ? NULL : &spec);
    if (result == -THRUM_LINUX_ETIMEDOUT)
        return THRUM_TIMED_OUT;
    if (result < 0 && result != -THRUM_LINUX_EAGAIN && result != -THRUM_LINUX_EINTR)
        thrum_os_refused("futex wait", -result);
    return THRUM_OK;
}

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    return wait(address, expected, deadline, FUTEX_PRIVATE);
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    if (count == 0) /* which the kernel takes for 1 */
        return;
    /* Errors are no news: the memory may be gone, and then nobody waits there. */
    futex(address, FUTEX_WAKE | FUTEX_PRIVATE, count < 0x7fffffffu ? count : 0x7fffffffu, NULL);
}

thrum_status thrum_os_thread_wait_gone(struct thrum_os_thread *thread, thrum_time deadline)
{
    /* acquire: all the thread did comes before what is done with its memory */
    while (__atomic_load_n(&thread->live, __ATOMIC_ACQUIRE) != 0) {
        /* The kernel's wake of a cleared id is for shared futexes: not private. */
        if (wait(&thread->live, 1, deadline, 0) == THRUM_TIMED_OUT && !thrum_os_thread_gone(thread))
            return THRUM_TIMED_OUT;
    }
    return THRUM_OK;
}

void thrum_os_thread_mark_gone(struct thrum_os_thread *thread)
{
    /* release: what main did comes before what its joiner does */
    __atomic_store_n(&thread->live, 0, __ATOMIC_RELEASE);
    futex(&thread->live, FUTEX_WAKE, 0x7fffffffu, NULL);
}
