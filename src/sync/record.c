/* The end of a wait that somebody looks at. */
#include "sync/record.h"

void thrum_wait_unpinned(struct thrum_wait_record *record)
{
    uint32_t waiting;
    do {
        (void)thrum_os_wait(&record->state, THRUM_WAIT_PINNED, THRUM_FOREVER);
        waiting = THRUM_WAIT_WAITING;
        /* acquire: a finder's last look comes before this thread goes on */
    } while (!__atomic_compare_exchange_n(&record->state, &waiting, THRUM_WAIT_NONE, false,
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
}
