/* Sleepers by address, as all four kernels have them under different names. */
#include "foreign.h"

enum { FUTEX_WAIT_BITSET = 9, FUTEX_WAKE = 1, PRIVATE = 128, BUCKETS = 256, MONOTONIC = 1 };

struct sleeper {
    struct sleeper *next, **link; /* link: NULL once it has been woken */
    const void *address;
    struct thread *thread;
};

static struct bucket {
    uint32_t lock;
    struct sleeper *first, **last;
} buckets[BUCKETS];

static struct bucket *lock_bucket(const void *address)
{
    struct bucket *bucket = &buckets[((uintptr_t)address >> 2) * 2654435769u >> 3 & (BUCKETS - 1)];
    while (__atomic_exchange_n(&bucket->lock, 1, __ATOMIC_ACQUIRE) != 0)
        host1(__NR_sched_yield, 0);
    if (bucket->last == NULL)
        bucket->last = &bucket->first;
    return bucket;
}

static void unlock_bucket(struct bucket *bucket)
{
    __atomic_store_n(&bucket->lock, 0, __ATOMIC_RELEASE);
}

static void take_out(struct bucket *bucket, struct sleeper *sleeper)
{
    *sleeper->link = sleeper->next;
    if (sleeper->next != NULL)
        sleeper->next->link = sleeper->link;
    else
        bucket->last = sleeper->link;
    sleeper->link = NULL;
}

struct host_timespec host_now(void)
{
    struct host_timespec now = { 0, 0 };
    host2(__NR_clock_gettime, MONOTONIC, &now);
    return now;
}

struct host_timespec host_after(const struct host_timespec *length)
{
    struct host_timespec at = host_now();
    at.seconds += length->seconds;
    at.nanoseconds += length->nanoseconds;
    if (at.nanoseconds >= 1000000000) {
        at.nanoseconds -= 1000000000;
        at.seconds++;
    }
    return at;
}

int64_t host_left(const struct host_timespec *until)
{
    const int64_t most_s = INT64_MAX / 1000000000 - 2;
    struct host_timespec now = host_now();
    int64_t seconds = until->seconds - now.seconds;
    seconds = seconds > most_s ? most_s : seconds < -most_s ? -most_s : seconds;
    return seconds * 1000000000 + (until->nanoseconds - now.nanoseconds);
}

/* By at most two ticks of 10 ms. */
void end_early(struct thread *self, struct host_timespec *until)
{
    if (!chance(self, 16))
        return;
    until->nanoseconds -= (int64_t)(self->random % 20000000);
    if (until->nanoseconds < 0) {
        until->nanoseconds += 1000000000;
        until->seconds--;
    }
    if (until->seconds < 0)
        *until = (struct host_timespec){ 0, 0 };
}

void keep_back(struct thread *self)
{
    const struct host_timespec pause = { 0, 200000 };
    if (chance(self, 32))
        host2(__NR_nanosleep, &pause, NULL);
}

void wake_thread(struct thread *thread)
{
    __atomic_store_n(&thread->woken, 1, __ATOMIC_RELEASE);
    host3(__NR_futex, &thread->woken, FUTEX_WAKE | PRIVATE, 1);
}

int sleep_until(struct thread *self, const struct host_timespec *until)
{
    while (__atomic_load_n(&self->woken, __ATOMIC_ACQUIRE) == 0) {
        long result = host_sleep(self, __NR_futex, (long)&self->woken, FUTEX_WAIT_BITSET | PRIVATE,
                                 0, (long)until, 0, -1);
        if (__atomic_load_n(&self->woken, __ATOMIC_ACQUIRE) != 0)
            break;
        if (result == -HOST_ETIMEDOUT)
            return ETIMEDOUT;
        if (result == -HOST_EINTR)
            return EINTR;
        if (result == -HOST_EINVAL) /* a time that cannot be */
            return EINVAL;
    }
    return 0;
}

int queue_wait(struct thread *self, const void *address, unsigned bits, uint64_t expected,
               const struct host_timespec *until)
{
    struct bucket *bucket = lock_bucket(address);
    uint64_t found = bits == 64 ? __atomic_load_n((const uint64_t *)address, __ATOMIC_SEQ_CST)
                                : __atomic_load_n((const uint32_t *)address, __ATOMIC_SEQ_CST);
    if (found != expected) {
        unlock_bucket(bucket);
        return EAGAIN;
    }
    if (chance(self, 64)) { /* as when another thread forks */
        unlock_bucket(bucket);
        return EINTR;
    }
    struct sleeper sleeper = { NULL, bucket->last, address, self };
    self->woken = 0;
    *bucket->last = &sleeper;
    bucket->last = &sleeper.next;
    unlock_bucket(bucket);
    int result = sleep_until(self, until);
    keep_back(self); /* a wake may still come, and is then what ends it */
    lock_bucket(address);
    if (sleeper.link != NULL)
        take_out(bucket, &sleeper);
    else
        result = 0; /* a wake that was meant for it is never lost */
    unlock_bucket(bucket);
    return result;
}

long queue_wake(struct thread *self, const void *address, uint32_t count)
{
    struct bucket *bucket = lock_bucket(address);
    long woken = 0;
    for (struct sleeper *at = bucket->first, *next; at != NULL && (uint32_t)woken < count;
         at = next) {
        next = at->next;
        if (at->address != address)
            continue;
        take_out(bucket, at);
        wake_thread(at->thread);
        woken++;
    }
    unlock_bucket(bucket);
    if (chance(self, 16)) { /* whoever woke may be the last to go on */
        const struct host_timespec pause = { 0, 100000 };
        host2(__NR_nanosleep, &pause, NULL);
    }
    return woken;
}

void queue_after_fork(void)
{
    memset(buckets, 0, sizeof buckets);
}
