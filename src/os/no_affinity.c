/* Where the system lets no program choose CPUs. */
#include "os/os.h"

thrum_status thrum_os_set_affinity(const struct thrum_os_thread *thread, const unsigned *cpus,
                                   size_t count)
{
    (void)thread, (void)cpus, (void)count;
    return THRUM_UNSUPPORTED;
}

thrum_status thrum_os_get_affinity(const struct thrum_os_thread *thread, unsigned *cpus,
                                   size_t capacity, size_t *count)
{
    (void)thread, (void)cpus, (void)capacity, (void)count;
    return THRUM_UNSUPPORTED;
}
