/* What a system without other processes answers, or one that does not stop them. */
#include "../thread_system.h"

uint64_t system_parent_id(void)
{
    return 0;
}

bool system_stop(uint64_t process)
{
    (void)process;
    return false;
}

bool system_continue(uint64_t process)
{
    (void)process;
    return false;
}
