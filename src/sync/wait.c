/* Wait on address, as raw as the system's. */
#include "thrum/wait.h"

#include "os/os.h"

void thrum_wait(const uint32_t *address, uint32_t expected)
{
    (void)thrum_os_wait(address, expected, THRUM_FOREVER);
}

thrum_status thrum_wait_until(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    return thrum_os_wait(address, expected, deadline);
}

void thrum_wake(const uint32_t *address, uint32_t count)
{
    thrum_os_wake(address, count);
}
