/* The table of park_table.h. A bucket's lock is only held with signals held, so no handler ever runs on
 * top of a holder, and a wake may come from one. An unpark that comes too late ends another park of the
 * same thread for no reason; those are all made to bear it. */
#include "os/netbsd/park_table.h"

enum { BITS = 6, BUCKETS = 1 << BITS };
enum { YIELDS = 8, PAUSE_NS = 50000 }; /* of who finds a bucket held */

/* On the stack of the thread that waits, which has `let_go` before it is let go: it may then
 * return, so the rest is copied before. */
struct sleeper {
    struct sleeper *next, **link;
    const uint32_t *address;
    uint32_t let_go;
    int32_t id;
};

static struct bucket {
    uint32_t lock;
    struct sleeper *first, **last; /* last: the end's link, NULL while nobody has waited */
} table[BUCKETS];

static struct bucket *lock(const uint32_t *address, struct thrum_netbsd_mask *kept)
{
    uint32_t hash = (uint32_t)((uintptr_t)address >> 2) * 2654435769u; /* Knuth, vol. 3, 6.4 */
    struct bucket *bucket = &table[hash >> (32 - BITS)];
    thrum_netbsd_hold_signals(kept);
    /* acquire, and release below: the list is the holder's */
    for (int i = 0; __atomic_exchange_n(&bucket->lock, 1, __ATOMIC_ACQUIRE) != 0; i++) {
        if (i < YIELDS)
            thrum_os_yield();
        else /* under a real-time class a yield may keep the holder from the CPU for ever */
            thrum_os_sleep_until(thrum_os_now() + PAUSE_NS);
    }
    return bucket;
}

static void unlock(struct bucket *bucket, const struct thrum_netbsd_mask *kept)
{
    __atomic_store_n(&bucket->lock, 0, __ATOMIC_RELEASE);
    thrum_netbsd_let_signals(kept);
}

static void push(struct bucket *bucket, struct sleeper *sleeper)
{
    if (bucket->last == NULL)
        bucket->last = &bucket->first;
    sleeper->next = NULL;
    sleeper->link = bucket->last;
    *bucket->last = sleeper;
    bucket->last = &sleeper->next;
}

static void take_out(struct bucket *bucket, struct sleeper *sleeper)
{
    *sleeper->link = sleeper->next;
    if (sleeper->next != NULL)
        sleeper->next->link = sleeper->link;
    else
        bucket->last = sleeper->link;
}

thrum_status thrum_netbsd_wait_parked(const uint32_t *address, uint32_t expected,
                                      thrum_time deadline)
{
    struct sleeper sleeper = { .address = address, .id = thrum_netbsd_own_id() };
    struct thrum_netbsd_mask kept;
    struct bucket *bucket = lock(address, &kept);
    if (__atomic_load_n(address, __ATOMIC_SEQ_CST) != expected) {
        unlock(bucket, &kept);
        return THRUM_OK;
    }
    push(bucket, &sleeper);
    unlock(bucket, &kept);
    bool late = false;
    /* acquire: with what was done before */
    if (!__atomic_load_n(&sleeper.let_go, __ATOMIC_ACQUIRE))
        late = !thrum_netbsd_park(&sleeper, deadline);
    (void)lock(address, &kept);
    if (sleeper.let_go)
        late = false;
    else
        take_out(bucket, &sleeper);
    unlock(bucket, &kept);
    return late ? THRUM_TIMED_OUT : THRUM_OK;
}

void thrum_netbsd_wake_parked(const uint32_t *address, uint32_t count)
{
    struct thrum_netbsd_mask kept;
    struct bucket *bucket = lock(address, &kept);
    for (struct sleeper *at = bucket->first, *next; at != NULL && count > 0; at = next) {
        next = at->next;
        if (at->address != address)
            continue;
        take_out(bucket, at);
        int32_t id = at->id;
        /* It cannot return before the lock is free, so the hint is still its own. */
        __atomic_store_n(&at->let_go, 1, __ATOMIC_RELEASE); /* release: as where it is read */
        thrum_netbsd_unpark(id, at);
        count--;
    }
    unlock(bucket, &kept);
}

void thrum_netbsd_forget_parked(void)
{
    __builtin_memset(table, 0, sizeof table);
}
