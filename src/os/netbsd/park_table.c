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
    uint32_t waiting; /* how many are in the list, or about to look at their word; under the lock */
    struct sleeper *first, **last; /* last: the end's link, NULL while nobody has waited */
} table[BUCKETS];

static struct bucket *bucket_of(const uint32_t *address)
{
    uint32_t hash = (uint32_t)((uintptr_t)address >> 2) * 2654435769u; /* Knuth, vol. 3, 6.4 */
    return &table[hash >> (32 - BITS)];
}

static struct bucket *lock(const uint32_t *address, struct thrum_netbsd_mask *kept)
{
    struct bucket *bucket = bucket_of(address);
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

/* Under the lock. */
static void stop_waiting(struct bucket *bucket)
{
    /* relaxed: a wake that reads the count from before looks at the list for nothing */
    __atomic_fetch_sub(&bucket->waiting, 1, __ATOMIC_RELAXED);
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
    stop_waiting(bucket);
}

thrum_status thrum_netbsd_wait_parked(const uint32_t *address, uint32_t expected,
                                      thrum_time deadline)
{
    struct sleeper sleeper = { .address = address, .id = thrum_netbsd_own_id() };
    struct thrum_netbsd_mask kept;
    struct bucket *bucket = lock(address, &kept);
    /* seq_cst, this and the load, against the fence and the load in thrum_netbsd_wake_parked: either
     * this load reads what was stored before that wake, or the wake reads this count. */
    __atomic_fetch_add(&bucket->waiting, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(address, __ATOMIC_SEQ_CST) != expected) {
        stop_waiting(bucket);
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
    return late && thrum_os_now() >= deadline ? THRUM_TIMED_OUT : THRUM_OK;
}

void thrum_netbsd_wake_parked(const uint32_t *address, uint32_t count)
{
    struct thrum_netbsd_mask kept;
    /* seq_cst: as where a waiter counts itself; forbids that the count is read before the caller's
     * store to the word is visible */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (__atomic_load_n(&bucket_of(address)->waiting, __ATOMIC_SEQ_CST) == 0)
        return;
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
