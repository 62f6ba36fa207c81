/* The clocks, through the vDSO where there is one. */
#include "os/linux/linux.h"

enum { CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, TIMER_ABSTIME = 1 };

static int old_clock(int clock, struct thrum_linux_timespec *spec)
{
    struct thrum_linux_old_timespec old = { 0, 0 };
    int result = (int)thrum_linux_call2(THRUM_LINUX_OLD_CLOCK_GETTIME, clock, &old);
    spec->seconds = (uint32_t)old.seconds; /* it wraps later than a signed one */
    spec->nanoseconds = old.nanoseconds;
    return result;
}

static int clock_by_call(int clock, struct thrum_linux_timespec *spec)
{
    int result = (int)thrum_linux_call2(THRUM_LINUX_CLOCK_GETTIME, clock, spec);
    if (THRUM_LINUX_OLD_CLOCK_GETTIME != 0 && thrum_linux_unknown(result))
        result = old_clock(clock, spec);
    return result;
}

static thrum_linux_clock_function *THRUM_FORK_VISIBLE
    clock_function; /* NULL until the first look */

static thrum_linux_clock_function *find_clock(void)
{
    thrum_linux_clock_function *found = NULL;
    if (thrum_linux_process.vdso != NULL)
        found = thrum_linux_vdso_clock(thrum_linux_process.vdso);
    if (found == NULL)
        found = clock_by_call;
    __atomic_store_n(&clock_function, found, __ATOMIC_RELAXED); /* each caller finds the same */
    return found;
}

static inline struct thrum_linux_timespec read_clock(int number)
{
    thrum_linux_clock_function *clock = __atomic_load_n(&clock_function, __ATOMIC_RELAXED);
    if (clock == NULL)
        clock = find_clock();
    struct thrum_linux_timespec spec;
    if (clock(number, &spec) != 0) {
        long result = clock_by_call(number, &spec);
        if (result != 0)
            thrum_os_refused("clock_gettime", -result);
    }
    return spec;
}

thrum_time thrum_os_now(void)
{
    struct thrum_linux_timespec spec = read_clock(CLOCK_MONOTONIC);
    return thrum_nanoseconds((uint64_t)spec.seconds) + (thrum_time)spec.nanoseconds;
}

int64_t thrum_os_wall_clock(uint32_t *nanoseconds)
{
    struct thrum_linux_timespec spec = read_clock(CLOCK_REALTIME);
    *nanoseconds = (uint32_t)spec.nanoseconds;
    return spec.seconds;
}

void thrum_os_sleep_until(thrum_time deadline)
{
    struct thrum_linux_timespec spec = thrum_linux_timespec(deadline);
    long result =
        thrum_linux_call4(THRUM_LINUX_CLOCK_NANOSLEEP, CLOCK_MONOTONIC, TIMER_ABSTIME, &spec, NULL);
    if (THRUM_LINUX_OLD_CLOCK_NANOSLEEP != 0 && thrum_linux_unknown(result)) {
        struct thrum_linux_old_timespec old = thrum_linux_old_timespec(&spec);
        result = thrum_linux_call4(THRUM_LINUX_OLD_CLOCK_NANOSLEEP, CLOCK_MONOTONIC, TIMER_ABSTIME,
                                   &old, NULL);
    }
    if (result != 0 && result != -THRUM_LINUX_EINTR)
        thrum_os_refused("clock_nanosleep", -result);
}
