/* Read-write locks: one word while nobody queues, a queue with hand-over when somebody does.
 *
 * While QUEUED is set the lock is held, the queue is not empty, and the word changes only under the
 * queue's lock. A release then gives the lock to whoever is first, a writer or all readers next to
 * each other, before they know of it; so nobody gets in between, and whoever could free the memory
 * learns of its turn only after the releaser has let go of the queue's lock. */
#include "thrum/rwlock.h"

#include "diagnose/deadlock.h"
#include "diagnose/fatal.h"
#include "os/races.h"
#include "sync/queue.h"
#include "sync/record.h"
#include "sync/rwlock_word.h"
#include "thread/registry.h"

enum { WAITING, GRANTED };

static struct thrum_queue queue_of(thrum_rwlock *rwlock)
{
    return (struct thrum_queue){ &rwlock->private_first, &rwlock->private_last };
}

static struct thrum_lock *lock_of(thrum_rwlock *rwlock)
{
    return (struct thrum_lock *)(void *)&rwlock->private_lock;
}

/* Takes the queue's lock; returns the word. QUEUED without a queue is what a fork can leave.
 * acquire: a release that came before, by a plain store under this lock or not, is passed on by the
 * stores that follow. */
static uint32_t lock_queue(thrum_rwlock *rwlock)
{
    thrum_queue_lock(lock_of(rwlock), queue_of(rwlock), &rwlock->private_fork);
    uint32_t word = __atomic_load_n(&rwlock->private_word, __ATOMIC_ACQUIRE);
    if ((word & THRUM_RW_QUEUED) && rwlock->private_first == NULL)
        word = __atomic_and_fetch(&rwlock->private_word, ~THRUM_RW_QUEUED, __ATOMIC_ACQUIRE);
    return word;
}

static uint32_t load(const thrum_rwlock *rwlock)
{
    return __atomic_load_n(&rwlock->private_word, __ATOMIC_RELAXED);
}

/* One attempt after another until it succeeds or the lock is held or queued for. `*word` is what
 * was seen last: a guess at first, which saves a look where it is right, and where it is wrong
 * makes the exchange fetch the word ready to be written. */
__attribute__((always_inline)) static inline bool take(thrum_rwlock *rwlock,
                                                       enum thrum_wait_kind kind, uint32_t *word)
{
    for (;;) {
        uint32_t taken;
        if (kind == THRUM_WAIT_WRITE) {
            if (*word != 0)
                return false;
            taken = thrum_block_self()->head.lock_id;
        } else {
            if (*word != 0 && (*word & (THRUM_RW_QUEUED | THRUM_RW_READERS)) != THRUM_RW_READERS)
                return false;
            if ((*word & THRUM_RW_COUNT) == THRUM_RW_COUNT)
                thrum_fatal_object("locks for reading", "rwlock", rwlock, "too many times",
                                   THRUM_FATAL_NO_HOLDER);
            taken = (*word | THRUM_RW_READERS) + 1;
        }
        /* acquire: what the last holders did comes before what this one does */
        if (__atomic_compare_exchange_n(&rwlock->private_word, word, taken, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
            thrum_races_acquired(rwlock);
            return true;
        }
    }
}

static bool spin(thrum_rwlock *rwlock, enum thrum_wait_kind kind)
{
    for (int i = 0; i < THRUM_SPIN_LIMIT; i++) {
        uint32_t word = load(rwlock);
        if (take(rwlock, kind, &word))
            return true;
        if (word & THRUM_RW_QUEUED)
            return false;
        thrum_arch_relax();
    }
    return false;
}

/* Hands the lock to the first in the queue: a writer if `exclusive`, else as many readers as stand
 * there. Under the queue's lock; `word` says who holds besides. Returns those to be told, linked by
 * `next`. */
static struct thrum_private_waiter *grant(thrum_rwlock *rwlock, uint32_t word)
{
    struct thrum_private_waiter *first = rwlock->private_first, *end = first, *last = NULL;
    if (first != NULL && first->kind == THRUM_WAIT_WRITE) {
        if (word == 0) {
            word = first->lock_id;
            last = first;
            end = first->next;
        }
    } else {
        for (; end != NULL && end->kind == THRUM_WAIT_READ; end = end->next) {
            word = (word | THRUM_RW_READERS) + 1;
            last = end;
        }
    }
    thrum_queue_cut(queue_of(rwlock), end);
    if (end != NULL)
        word |= THRUM_RW_QUEUED;
    /* release: what the holder did comes before what those do that take the word without
     * queueing */
    __atomic_store_n(&rwlock->private_word, word, __ATOMIC_RELEASE);
    if (last == NULL)
        return NULL;
    last->next = NULL;
    return first;
}

/* Not under the lock any more. */
static void tell(struct thrum_private_waiter *waiter)
{
    while (waiter != NULL) {
        struct thrum_private_waiter *next = waiter->next;
        /* release: what the last holder did comes before what this one does. After it the node may
         * be gone: the wake touches nothing. */
        __atomic_store_n(&waiter->state, GRANTED, __ATOMIC_RELEASE);
        thrum_os_wake(&waiter->state, 1);
        waiter = next;
    }
}

/* True if the lock was had after all, else the node is in the queue. */
static bool take_or_queue(thrum_rwlock *rwlock, enum thrum_wait_kind kind,
                          struct thrum_private_waiter *waiter)
{
    bool taken;
    uint32_t word = lock_queue(rwlock);
    while (!(taken = take(rwlock, kind, &word)) && !(word & THRUM_RW_QUEUED))
        if (__atomic_compare_exchange_n(&rwlock->private_word, &word, word | THRUM_RW_QUEUED, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            break;
    if (!taken) {
        waiter->kind = kind;
        waiter->lock_id = thrum_block_self()->head.lock_id;
        __atomic_store_n(&waiter->state, WAITING, __ATOMIC_RELAXED);
        thrum_queue_push(queue_of(rwlock), waiter);
    }
    thrum_lock_release(lock_of(rwlock));
    return taken;
}

/* After a time-out: true if the lock was granted at the last moment. Else the node is out of the
 * queue, and readers that stood behind a writer that left go in with those who read. */
static bool granted_or_leave(thrum_rwlock *rwlock, struct thrum_private_waiter *waiter)
{
    struct thrum_private_waiter *told = NULL;
    uint32_t word = lock_queue(rwlock) & ~THRUM_RW_QUEUED;
    struct thrum_private_waiter *at = rwlock->private_first;
    while (at != NULL && at != waiter)
        at = at->next;
    bool granted = at == NULL; /* out of the queue, though it may not have been told yet */
    if (!granted) {
        thrum_queue_remove(queue_of(rwlock), waiter);
        if (rwlock->private_first == NULL || (word & THRUM_RW_READERS))
            told = grant(rwlock, word);
    }
    thrum_lock_release(lock_of(rwlock));
    tell(told);
    return granted;
}

static bool granted(const struct thrum_private_waiter *waiter)
{
    /* acquire: what the last holder did comes before what this one does */
    return __atomic_load_n(&waiter->state, __ATOMIC_ACQUIRE) == GRANTED;
}

static void sleep_for_ever(struct thrum_private_waiter *waiter)
{
    thrum_time look = thrum_deadlock_first();
    while (!granted(waiter))
        if (thrum_os_wait(&waiter->state, WAITING, look) == THRUM_TIMED_OUT && !granted(waiter))
            look = thrum_deadlock_next();
}

static thrum_status sleep(thrum_rwlock *rwlock, struct thrum_private_waiter *waiter,
                          thrum_time deadline)
{
    if (deadline == THRUM_FOREVER) {
        sleep_for_ever(waiter);
        return THRUM_OK;
    }
    while (!granted(waiter)) {
        if (thrum_os_wait(&waiter->state, WAITING, deadline) != THRUM_TIMED_OUT)
            continue;
        if (!granted_or_leave(rwlock, waiter))
            return THRUM_TIMED_OUT;
        deadline = THRUM_FOREVER; /* granted: it only remains to be told */
    }
    return THRUM_OK;
}

static thrum_status lock_slow(thrum_rwlock *rwlock, enum thrum_wait_kind kind, thrum_time deadline)
{
    struct thrum_block *self = thrum_block_self();
    uint32_t word = load(rwlock);
    if (thrum_rwlock_writer(word) == self->head.lock_id)
        thrum_fatal_object(kind == THRUM_WAIT_READ ? "locks for reading" : "locks for writing",
                           "rwlock", rwlock, "again", thrum_rwlock_writer(word));
    if (spin(rwlock, kind))
        return THRUM_OK;
    if (deadline != THRUM_FOREVER && (deadline == 0 || deadline <= thrum_os_now()))
        return THRUM_TIMED_OUT;
    if (take_or_queue(rwlock, kind, &self->waiter))
        return THRUM_OK;
    thrum_wait_begin(kind, rwlock, deadline);
    thrum_status status = sleep(rwlock, &self->waiter, deadline);
    thrum_wait_end();
    if (status == THRUM_OK)
        thrum_races_acquired(rwlock);
    return status;
}

/* The holder's part of a release while threads queue; false if by now none do. */
static bool unlock_queued(thrum_rwlock *rwlock)
{
    struct thrum_private_waiter *told = NULL;
    uint32_t word = lock_queue(rwlock);
    bool queued = word & THRUM_RW_QUEUED;
    if (queued) {
        word &= ~THRUM_RW_QUEUED;
        if ((word & THRUM_RW_READERS) && (word & THRUM_RW_COUNT) > 1)
            /* release: this reader's reads come before the next writer's writes */
            __atomic_store_n(&rwlock->private_word, (word - 1) | THRUM_RW_QUEUED, __ATOMIC_RELEASE);
        else
            told = grant(rwlock, 0);
    }
    thrum_lock_release(lock_of(rwlock));
    tell(told);
    return queued;
}

bool thrum_rwlock_try_read_lock(thrum_rwlock *rwlock)
{
    uint32_t word = 0;
    return take(rwlock, THRUM_WAIT_READ, &word);
}

thrum_status thrum_rwlock_read_lock_until(thrum_rwlock *rwlock, thrum_time deadline)
{
    if (thrum_rwlock_try_read_lock(rwlock))
        return THRUM_OK;
    return lock_slow(rwlock, THRUM_WAIT_READ, deadline);
}

void thrum_rwlock_read_lock(thrum_rwlock *rwlock)
{
    uint32_t word = 0;
    if (!take(rwlock, THRUM_WAIT_READ, &word))
        (void)lock_slow(rwlock, THRUM_WAIT_READ, THRUM_FOREVER);
}

void thrum_rwlock_read_unlock(thrum_rwlock *rwlock)
{
    uint32_t word = load(rwlock);
    thrum_races_releases(rwlock);
    for (;;) {
        if (!(word & THRUM_RW_READERS))
            thrum_fatal_object("unlocks for reading", "rwlock", rwlock,
                               word == 0 ? NULL : "which is not held for reading",
                               thrum_rwlock_writer(word));
        if (word & THRUM_RW_QUEUED) {
            if (unlock_queued(rwlock))
                return;
            word = load(rwlock);
            continue;
        }
        uint32_t left = (word & THRUM_RW_COUNT) == 1 ? 0 : word - 1;
        /* release: this reader's reads come before the next writer's writes */
        if (__atomic_compare_exchange_n(&rwlock->private_word, &word, left, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
            return;
    }
}

bool thrum_rwlock_try_write_lock(thrum_rwlock *rwlock)
{
    uint32_t word = 0;
    return take(rwlock, THRUM_WAIT_WRITE, &word);
}

thrum_status thrum_rwlock_write_lock_until(thrum_rwlock *rwlock, thrum_time deadline)
{
    if (thrum_rwlock_try_write_lock(rwlock))
        return THRUM_OK;
    return lock_slow(rwlock, THRUM_WAIT_WRITE, deadline);
}

void thrum_rwlock_write_lock(thrum_rwlock *rwlock)
{
    uint32_t word = 0;
    if (!take(rwlock, THRUM_WAIT_WRITE, &word))
        (void)lock_slow(rwlock, THRUM_WAIT_WRITE, THRUM_FOREVER);
}

void thrum_rwlock_write_unlock(thrum_rwlock *rwlock)
{
    uint32_t word = load(rwlock);
    thrum_races_releases(rwlock);
    for (;;) {
        if (thrum_rwlock_writer(word) != thrum_block_self()->head.lock_id)
            thrum_fatal_object("unlocks for writing", "rwlock", rwlock,
                               word & THRUM_RW_READERS ? "which is held for reading" : NULL,
                               word & THRUM_RW_READERS ? THRUM_FATAL_NO_HOLDER
                                                       : thrum_rwlock_writer(word));
        if (word & THRUM_RW_QUEUED) {
            if (unlock_queued(rwlock))
                return;
            word = load(rwlock);
            continue;
        }
        /* release: what this writer did comes before what the next holders do */
        if (__atomic_compare_exchange_n(&rwlock->private_word, &word, 0, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
            return;
    }
}

uint64_t thrum_rwlock_holder(const thrum_rwlock *rwlock)
{
    return thrum_registry_kernel_id(thrum_rwlock_writer(load(rwlock)));
}
