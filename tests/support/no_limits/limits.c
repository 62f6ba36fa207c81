/* What only Linux lets a test do: limits, users, namespaces, classes of scheduling. Tests that want it
 * are skipped elsewhere. */
#include "../thread_system.h"

bool system_limit_locked_memory(uint64_t bytes)
{
    (void)bytes;
    return false;
}

bool system_lock_future_memory(bool lock)
{
    (void)lock;
    return false;
}

bool system_become_user(unsigned user)
{
    (void)user;
    return false;
}

bool system_join_cpu_quota(const char *group, uint32_t percent)
{
    (void)group, (void)percent;
    return false;
}

bool system_remove_cpu_quota(const char *group)
{
    (void)group;
    return false;
}

bool system_set_next_id(uint64_t id)
{
    (void)id;
    return false;
}

bool system_set_highest_id(uint64_t id)
{
    (void)id;
    return false;
}

bool system_run_alone(void (*child)(void *argument), void *argument, uint32_t timeout_ms,
                      struct system_child *result)
{
    (void)child, (void)argument, (void)timeout_ms, (void)result;
    return false;
}

bool system_run_later(uint64_t seconds, void (*child)(void *argument), void *argument,
                      uint32_t timeout_ms, struct system_child *result)
{
    (void)seconds, (void)child, (void)argument, (void)timeout_ms, (void)result;
    return false;
}

bool system_refuse_calls(const uint32_t *numbers, size_t count, uint32_t error)
{
    (void)numbers, (void)count, (void)error;
    return false;
}

bool system_set_class(enum system_class wanted, int priority)
{
    (void)wanted, (void)priority;
    return false;
}

struct system_share system_share(uint64_t process)
{
    (void)process;
    return (struct system_share){ 0, 0 };
}
