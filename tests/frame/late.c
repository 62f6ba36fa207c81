/* Limits on a machine that others use too. A thread that is ready to run but has no CPU is no slower than
 * it should be: that time is none of the test's, and is taken off before a limit is said to have passed.
 * So a limit says how long the thing itself may take, whatever the load; where the system does not tell
 * who waited for a CPU, it is a limit on the time of the wall. */
#include "frame.h"

/* In 2^20 ns, about a millisecond: 32 bits, because the watchdog reads what another thread writes, and
 * not every CPU has atomics of 64. */
static uint32_t base_ran, base_waited, base_time, base_process;

static uint32_t unit(uint64_t nanoseconds)
{
    return (uint32_t)(nanoseconds >> 20);
}

static uint64_t since(uint64_t value, const uint32_t *base)
{
    uint32_t before = __atomic_load_n(base, __ATOMIC_RELAXED);
    /* threads that were counted before may have ended */
    return unit(value) > before ? (uint64_t)(unit(value) - before) << 20 : 0;
}

void frame_begin_share(void)
{
    struct system_share share = system_share(system_process_id());
    __atomic_store_n(&base_ran, unit(share.ran), __ATOMIC_RELAXED);
    __atomic_store_n(&base_time, unit(thrum_now()), __ATOMIC_RELAXED);
    __atomic_store_n(&base_waited, unit(share.waited), __ATOMIC_RELAXED);
    __atomic_store_n(&base_process, (uint32_t)system_process_id(), __ATOMIC_RELAXED);
}

/* What this process has had since the test began; a child of the test began later, with nothing. */
static struct system_share share_of_test(void)
{
    struct system_share share = system_share(system_process_id());
    if ((uint32_t)system_process_id() != __atomic_load_n(&base_process, __ATOMIC_RELAXED))
        return share;
    return (struct system_share){ since(share.ran, &base_ran), since(share.waited, &base_waited) };
}

/* What others took from this test since it began. Whatever comes to pass does so by sleeps, by threads
 * that run, and by threads that wait for a CPU: what all threads waited in all is at least what such waits
 * have added. But threads that spin on CPUs which they have to themselves wait for each other without
 * end: others have taken no more than what there was, less what the test had. */
thrum_time frame_starved(void)
{
    struct system_share share = share_of_test();
    uint64_t passed = since(thrum_now(), &base_time);
    uint64_t had = share.ran / thrum_cpu_count();
    uint64_t taken = had < passed ? passed - had : 0;
    return share.waited < taken ? share.waited : taken;
}

bool test_late(thrum_time limit)
{
    thrum_time now = thrum_now();
    return now >= limit && now - limit >= frame_starved();
}
