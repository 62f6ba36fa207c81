/* Wait on address, as raw as the system's. */
#include "thrum/wait.h"

#include "sync/record.h"

thrum_status thrum_wait_until(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    thrum_wait_begin(THRUM_WAIT_ADDRESS, address, deadline);
    thrum_status status = thrum_os_wait(address, expected, deadline);
    thrum_wait_end();
    return status;
}

void thrum_wait(const uint32_t *address, uint32_t expected)
{
    (void)thrum_wait_until(address, expected, THRUM_FOREVER);
}

void thrum_wake(const uint32_t *address, uint32_t count)
{
    thrum_os_wake(address, count);
}
