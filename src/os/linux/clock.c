/* The clocks, through the vDSO where there is one. */
#include "os/linux/linux.h"

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

/* Read-only once the program has started: nothing that overwrites memory makes a call of it. NULL where
 * thrum_init made the program's thread, because the memory may be read-only before. */
static thrum_linux_clock_function *settled __attribute__((section(".data.rel.ro")));
static thrum_linux_clock_function *THRUM_FORK_VISIBLE
    clock_function; /* the same where that is NULL; NULL until the first look */

static thrum_linux_clock_function *find_clock(void)
{
    thrum_linux_clock_function *found = NULL;
    if (thrum_linux_process.vdso != NULL)
        found = thrum_linux_vdso_clock(thrum_linux_process.vdso);
    return found != NULL ? found : clock_by_call;
}

void thrum_os_settle(void)
{
    settled = find_clock();
}

__attribute__((noinline)) static thrum_linux_clock_function *unsettled_clock(void)
{
    thrum_linux_clock_function *clock = __atomic_load_n(&clock_function, __ATOMIC_RELAXED);
    if (clock == NULL) {
        clock = find_clock();
        __atomic_store_n(&clock_function, clock, __ATOMIC_RELAXED); /* each caller finds the same */
    }
    return clock;
}

static inline struct thrum_linux_timespec read_clock(int number)
{
    thrum_linux_clock_function *clock = settled;
    if (clock == NULL)
        clock = unsettled_clock();
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
    struct thrum_linux_timespec spec = read_clock(THRUM_LINUX_CLOCK_MONOTONIC);
    return thrum_nanoseconds((uint64_t)spec.seconds) + (thrum_time)spec.nanoseconds;
}

int64_t thrum_os_wall_clock(uint32_t *nanoseconds)
{
    struct thrum_linux_timespec spec = read_clock(THRUM_LINUX_CLOCK_REALTIME);
    *nanoseconds = (uint32_t)spec.nanoseconds;
    return spec.seconds;
}
