/* Waiting on an address where the system has no such call (POSIX): a table of those that wait, by
 * address, each asleep on a semaphore of its own.
 *
 * A bucket's lock is only held with signals held, so no handler ever runs on top of a holder, and
 * thrum_os_wake may be called in handlers. A semaphore, not a condition variable, because a handler
 * may run on top of the sleep itself, and post to the very thread it interrupts. Whoever wakes posts
 * under the lock; one that has been woken takes the lock once more before its semaphore goes. */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "arch/divide.h"
#include "os/hosted/hosted.h"

struct waiter {
    struct waiter *next, **link; /* link: what points to it; NULL once it has been woken */
    const uint32_t *address;
    sem_t wake;
};

struct bucket {
    pthread_mutex_t lock;
    struct waiter *first, **last; /* last: the end's link, NULL while nobody has waited */
};

enum { BITS = 6, BUCKETS = 1 << BITS };

/* clang-format off */
#define ONE { PTHREAD_MUTEX_INITIALIZER, NULL, NULL }
#define FOUR ONE, ONE, ONE, ONE
#define SIXTEEN FOUR, FOUR, FOUR, FOUR
static struct bucket table[BUCKETS] = { SIXTEEN, SIXTEEN, SIXTEEN, SIXTEEN };
/* clang-format on */

static struct bucket *bucket_of(const uint32_t *address)
{
    uint32_t hash = (uint32_t)((uintptr_t)address >> 2) * 2654435769u; /* Knuth, vol. 3, 6.4 */
    return &table[hash >> (32 - BITS)];
}

static void lock(struct bucket *bucket, sigset_t *kept)
{
    thrum_hosted_hold_signals(kept);
    int error = pthread_mutex_lock(&bucket->lock);
    if (error != 0)
        thrum_os_refused("pthread_mutex_lock", error);
}

static void unlock(struct bucket *bucket, const sigset_t *kept)
{
    (void)pthread_mutex_unlock(&bucket->lock);
    thrum_hosted_let_signals(kept);
}

static void push(struct bucket *bucket, struct waiter *waiter)
{
    if (bucket->last == NULL)
        bucket->last = &bucket->first;
    waiter->next = NULL;
    waiter->link = bucket->last;
    *bucket->last = waiter;
    bucket->last = &waiter->next;
}

static void take_out(struct bucket *bucket, struct waiter *waiter)
{
    *waiter->link = waiter->next;
    if (waiter->next != NULL)
        waiter->next->link = waiter->link;
    else
        bucket->last = waiter->link;
    waiter->link = NULL;
}

static struct timespec timespec_of(thrum_time time)
{
    uint32_t nanoseconds;
    const uint64_t most = sizeof(time_t) < 8 ? INT32_MAX : INT64_MAX;
    uint64_t seconds = thrum_seconds(time, &nanoseconds);
    struct timespec spec = { 0, 0 };
    spec.tv_sec = (time_t)(seconds < most ? seconds : most);
    spec.tv_nsec = (long)nanoseconds;
    return spec;
}

#if THRUM_HOSTED_SEM_CLOCKWAIT

static void sleep_until(struct waiter *waiter, thrum_time deadline)
{
    /* FreeBSD's kernel takes an absolute time of 0 for none */
    const struct timespec spec = timespec_of(deadline != 0 ? deadline : 1);
    (void)sem_clockwait(&waiter->wake, CLOCK_MONOTONIC, &spec);
}

#else

/* By the clock of the day, which may be set: in pieces, between which the monotonic one is asked. */
static void sleep_until(struct waiter *waiter, thrum_time deadline)
{
    const thrum_time longest = 100000000;
    thrum_time now = thrum_os_now();
    thrum_time length = deadline <= now ? 0 : deadline - now < longest ? deadline - now : longest;
    struct timespec day;
    if (clock_gettime(CLOCK_REALTIME, &day) != 0)
        thrum_os_refused("clock_gettime", errno);
    day = timespec_of(thrum_nanoseconds((uint64_t)day.tv_sec) + (thrum_time)day.tv_nsec + length);
    (void)sem_timedwait(&waiter->wake, &day);
}

#endif

thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline)
{
    struct bucket *bucket = bucket_of(address);
    struct waiter waiter = { .address = address };
    sigset_t kept;
    int error = errno;
    if (sem_init(&waiter.wake, 0, 0) != 0)
        thrum_os_refused("sem_init", errno);
    lock(bucket, &kept);
    /* relaxed: the lock orders it against those who wake */
    bool sleeps = __atomic_load_n(address, __ATOMIC_RELAXED) == expected;
    if (sleeps)
        push(bucket, &waiter);
    unlock(bucket, &kept);
    bool woken = true;
    if (sleeps) {
        if (deadline == THRUM_FOREVER)
            (void)sem_wait(&waiter.wake); /* a handler ends it, as it does a futex's */
        else
            sleep_until(&waiter, deadline);
        lock(bucket, &kept);
        woken = waiter.link == NULL;
        if (!woken)
            take_out(bucket, &waiter);
        unlock(bucket, &kept);
    }
    (void)sem_destroy(&waiter.wake);
    errno = error;
    return !woken && deadline != THRUM_FOREVER && thrum_os_now() >= deadline ? THRUM_TIMED_OUT
                                                                             : THRUM_OK;
}

void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    struct bucket *bucket = bucket_of(address);
    sigset_t kept;
    int error = errno;
    lock(bucket, &kept);
    struct waiter *waiter = bucket->first;
    while (waiter != NULL && count > 0) {
        struct waiter *next = waiter->next;
        if (waiter->address == address) {
            take_out(bucket, waiter);
            (void)sem_post(&waiter->wake);
            count--;
        }
        waiter = next;
    }
    unlock(bucket, &kept);
    errno = error;
}

/* Those that waited are gone, and one may have held a lock. */
void thrum_hosted_wait_after_fork(void)
{
    for (int i = 0; i < BUCKETS; i++) {
        (void)pthread_mutex_init(&table[i].lock, NULL);
        table[i].first = NULL;
        table[i].last = NULL;
    }
}
