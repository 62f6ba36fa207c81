/* thread_system.h on Linux: other processes, and the scheduler. */
#include <asm/signal.h>

#include "../thread_system.h"
#include "linux.h"

uint64_t system_parent_id(void)
{
    return (uint64_t)thrum_linux_call1(__NR_getppid, 0);
}

bool system_stop(uint64_t process)
{
    return thrum_linux_call2(__NR_kill, process, SIGSTOP) == 0;
}

bool system_continue(uint64_t process)
{
    return thrum_linux_call2(__NR_kill, process, SIGCONT) == 0;
}

/* sched_setscheduler(2): the numbers are NORMAL, FIFO and RR, as in the enum. */
bool system_set_class(enum system_class wanted, int priority)
{
    struct {
        int priority;
    } parameter = { wanted == SYSTEM_CLASS_NORMAL ? 0 : priority };
    return thrum_linux_call3(__NR_sched_setscheduler, 0, wanted, &parameter) == 0;
}
