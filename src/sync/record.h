/* Around every sleep: says what the thread waits for, for the deadlock finder and the dump. */
#ifndef THRUM_SYNC_RECORD_H
#define THRUM_SYNC_RECORD_H

#include "thread/block.h"

static inline void thrum_wait_begin(enum thrum_wait_kind kind, const volatile void *object,
                                    thrum_time deadline)
{
    struct thrum_wait_record *record = &thrum_block_self()->wait;
    THRUM_FORK_STORE(&record->kind, kind);
    THRUM_FORK_STORE(&record->object, object);
    THRUM_FORK_STORE(&record->timed, deadline != THRUM_FOREVER);
    THRUM_FORK_STORE(&record->reported, 0);
    THRUM_FORK_STORE(&record->looks, 0);
    /* release: whoever pins it, and a handler that finds it, finds the rest */
    __atomic_store_n(&record->state, THRUM_WAIT_WAITING, __ATOMIC_RELEASE);
}

/* Waits while the thread is pinned. */
void thrum_wait_unpinned(struct thrum_wait_record *record);

static inline void thrum_wait_end(void)
{
    struct thrum_wait_record *record = &thrum_block_self()->wait;
    uint32_t waiting = THRUM_WAIT_WAITING;
    /* acquire: a finder's last look at what the thread waits for comes before it goes on */
    if (!__atomic_compare_exchange_n(&record->state, &waiting, THRUM_WAIT_NONE, false,
                                     __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        thrum_wait_unpinned(record);
}

/* For the finder and the dump, under the registry's lock. Pin is false if the thread waits for
 * nothing just now. */
static inline bool thrum_wait_pin(struct thrum_block *thread)
{
    uint32_t waiting = THRUM_WAIT_WAITING;
    /* acquire: with the record's other fields */
    return __atomic_compare_exchange_n(&thread->wait.state, &waiting, THRUM_WAIT_PINNED, false,
                                       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void thrum_wait_unpin(struct thrum_block *thread)
{
    /* release: our last look comes before the thread goes on */
    __atomic_store_n(&thread->wait.state, THRUM_WAIT_WAITING, __ATOMIC_RELEASE);
    thrum_os_wake(&thread->wait.state, 1);
}

#endif
