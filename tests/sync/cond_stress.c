/* Conditions under load: the faults that other libraries had for years (field notes 22 to 24). */
#include "../support/crew.h"
#include "../test.h"

/* --- a signal is not stolen by a later waiter ------------------------------------------------- */

/* In each round one thread waits; the signaller signals it and itself begins to wait at once,
 * before the other can run. Were its own wait to take the signal, the first one would sleep on. */
struct stolen {
    thrum_mutex mutex;
    thrum_cond cond;
    struct rally rally;
    uint32_t rounds;
    bool waiting, first_back, second_back;
};

static void first_waiter(struct stolen *shared)
{
    thrum_mutex_lock(&shared->mutex);
    shared->waiting = true;
    thrum_cond_wait(&shared->cond, &shared->mutex);
    shared->first_back = true;
    CHECK(!shared->second_back);
    thrum_mutex_unlock(&shared->mutex);
    thrum_mutex_lock(&shared->mutex);
    thrum_cond_signal(&shared->cond);
    thrum_mutex_unlock(&shared->mutex);
}

static void later_waiter(struct stolen *shared)
{
    thrum_mutex_lock(&shared->mutex);
    while (!shared->waiting) {
        thrum_mutex_unlock(&shared->mutex);
        thrum_yield();
        thrum_mutex_lock(&shared->mutex);
    }
    thrum_cond_signal(&shared->cond);
    thrum_cond_wait(&shared->cond, &shared->mutex);
    CHECK(shared->first_back);
    shared->second_back = true;
    thrum_mutex_unlock(&shared->mutex);
}

static void steal(struct member *member)
{
    struct stolen *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        if (member->index == 0)
            shared->waiting = shared->first_back = shared->second_back = false;
        rally_meet(&shared->rally);
        if (member->index == 0)
            first_waiter(shared);
        else
            later_waiter(shared);
        rally_meet(&shared->rally);
    }
}

TEST(cond_signal_is_not_stolen, 60)
{
    struct stolen shared = { .rally = { 2, 0, 0 }, .rounds = test_scale(5000, 50) };
    crew_run(2, steal, &shared);
}

/* --- the OCaml master lock (glibc BZ 25847) --------------------------------------------------- */

/* A lock made of a mutex and a condition whose yield hands over only if somebody waits. A signal
 * that wakes nobody leaves every thread waiting while the lock is free. */
struct master {
    thrum_mutex mutex;
    thrum_cond is_free;
    bool busy;
    uint32_t waiters;
    uint32_t rounds;
    volatile uint64_t owned;
};

static void master_acquire(struct master *master)
{
    thrum_mutex_lock(&master->mutex);
    while (master->busy) {
        ++master->waiters;
        thrum_cond_wait(&master->is_free, &master->mutex);
        --master->waiters;
    }
    master->busy = true;
    thrum_mutex_unlock(&master->mutex);
}

static void master_release(struct master *master)
{
    thrum_mutex_lock(&master->mutex);
    master->busy = false;
    thrum_mutex_unlock(&master->mutex);
    thrum_cond_signal(&master->is_free);
}

static void master_yield(struct master *master)
{
    thrum_mutex_lock(&master->mutex);
    if (master->waiters > 0) {
        master->busy = false;
        thrum_cond_signal(&master->is_free);
        ++master->waiters;
        do
            thrum_cond_wait(&master->is_free, &master->mutex);
        while (master->busy);
        --master->waiters;
        master->busy = true;
    }
    thrum_mutex_unlock(&master->mutex);
}

static void master_member(struct member *member)
{
    struct master *master = member->shared;
    for (uint32_t i = 0; i < master->rounds; ++i) {
        master_acquire(master);
        master->owned = master->owned + 1;
        if (test_pick(&member->random, 2))
            master_yield(master);
        master_release(master);
    }
}

TEST(cond_master_lock, 60)
{
    struct master master = { .rounds = test_scale(8000, 60) };
    crew_run(6, master_member, &master);
    CHECK_EQ(master.owned, (uint64_t)6 * master.rounds);
}

/* --- a queue between producers and consumers -------------------------------------------------- */

enum { QUEUE_ROOM = 4, QUEUE_THREADS = 4 };

struct queue {
    thrum_mutex mutex;
    thrum_cond not_full, not_empty;
    uint64_t items[QUEUE_ROOM];
    uint32_t first, count;
    uint32_t each; /* items a producer makes */
    uint64_t produced_sum, consumed_sum;
    uint32_t consumed, time_outs;
};

/* Waits for a while or for good, as the dice say. */
static void queue_wait(struct queue *queue, thrum_cond *cond, struct member *member)
{
    uint64_t dice = test_random(&member->random);
    if (dice % 3 == 0)
        thrum_cond_wait(cond, &queue->mutex);
    else if (thrum_cond_wait_until(cond, &queue->mutex, thrum_after(dice % 40000)) != THRUM_OK)
        ++queue->time_outs;
}

static void produce(struct queue *queue, struct member *member)
{
    for (uint32_t i = 0; i < queue->each; ++i) {
        uint64_t item = test_random(&member->random);
        thrum_mutex_lock(&queue->mutex);
        while (queue->count == QUEUE_ROOM)
            queue_wait(queue, &queue->not_full, member);
        queue->items[(queue->first + queue->count++) % QUEUE_ROOM] = item;
        queue->produced_sum += item;
        thrum_mutex_unlock(&queue->mutex);
        thrum_cond_signal(&queue->not_empty);
    }
}

static void consume(struct queue *queue, struct member *member)
{
    for (;;) {
        thrum_mutex_lock(&queue->mutex);
        while (queue->count == 0 && queue->consumed < QUEUE_THREADS * queue->each)
            queue_wait(queue, &queue->not_empty, member);
        if (queue->count == 0)
            break;
        queue->consumed_sum += queue->items[queue->first];
        queue->first = (queue->first + 1) % QUEUE_ROOM;
        --queue->count;
        if (++queue->consumed == QUEUE_THREADS * queue->each)
            thrum_cond_broadcast(&queue->not_empty);
        thrum_cond_signal(&queue->not_full);
        thrum_mutex_unlock(&queue->mutex);
    }
    thrum_mutex_unlock(&queue->mutex);
}

static void queue_member(struct member *member)
{
    if (member->index % 2)
        produce(member->shared, member);
    else
        consume(member->shared, member);
}

TEST(cond_queue, 60)
{
    struct queue queue = { .each = test_scale(10000, 100) };
    crew_run(2 * QUEUE_THREADS, queue_member, &queue);
    CHECK_EQ(queue.consumed, QUEUE_THREADS * queue.each);
    CHECK_EQ(queue.consumed_sum, queue.produced_sum);
    test_note("%u time-outs", queue.time_outs);
}

/* --- broadcast after broadcast (LTP pthread_cond_broadcast 1-2; musl cond smasher) ------------ */

/* A barrier of a condition, rounds without a pause: who leaves a round meets those of the next one
 * on the same condition. Some wait with deadlines that keep ending. */
struct smasher {
    thrum_mutex mutex;
    thrum_cond cond;
    uint32_t rounds;
    uint32_t arrived, round; /* under the mutex */
};

static void smash(struct member *member)
{
    struct smasher *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        thrum_mutex_lock(&shared->mutex);
        CHECK_EQ(shared->round, i);
        if (++shared->arrived == member->count) {
            shared->arrived = 0;
            ++shared->round;
            thrum_cond_broadcast(&shared->cond);
        } else {
            while (shared->round == i) {
                thrum_time length = test_pick(&member->random, 60000);
                if (member->index % 2)
                    thrum_cond_wait(&shared->cond, &shared->mutex);
                else
                    (void)!thrum_cond_wait_until(&shared->cond, &shared->mutex,
                                                 thrum_after(length));
            }
        }
        thrum_mutex_unlock(&shared->mutex);
    }
}

TEST(cond_smasher, 60)
{
    struct smasher shared = { .rounds = test_scale(3000, 40) };
    crew_run(8, smash, &shared);
}

TEST(cond_smasher_many_threads, 60)
{
    struct smasher shared = { .rounds = test_scale(200, 10) };
    crew_run(test_scale(64, 16), smash, &shared);
}

/* --- every wait ends once for every wake ------------------------------------------------------ */

/* Tokens are given with signal or broadcast, with or without the mutex; takers wait in a loop. In
 * the end all tokens are taken: no wake was lost. */
struct tokens {
    thrum_mutex mutex;
    thrum_cond cond;
    uint32_t tokens, taken, each;
    bool end;
};

static void give_tokens(struct tokens *shared, struct member *member)
{
    for (uint32_t i = 0; i < shared->each; ++i) {
        uint64_t dice = test_random(&member->random);
        thrum_mutex_lock(&shared->mutex);
        ++shared->tokens;
        if (dice % 4 == 0)
            thrum_cond_broadcast(&shared->cond);
        else if (dice % 4 == 1)
            thrum_cond_signal(&shared->cond);
        thrum_mutex_unlock(&shared->mutex);
        if (dice % 4 == 2)
            thrum_cond_broadcast(&shared->cond);
        else if (dice % 4 == 3)
            thrum_cond_signal(&shared->cond);
    }
}

static void take_tokens(struct tokens *shared)
{
    thrum_mutex_lock(&shared->mutex);
    for (;;) {
        while (shared->tokens == 0 && !shared->end)
            thrum_cond_wait(&shared->cond, &shared->mutex);
        if (shared->tokens == 0)
            break;
        --shared->tokens;
        if (++shared->taken == 3 * shared->each) {
            shared->end = true;
            thrum_cond_broadcast(&shared->cond);
        }
    }
    thrum_mutex_unlock(&shared->mutex);
}

static void token_member(struct member *member)
{
    if (member->index % 2)
        give_tokens(member->shared, member);
    else
        take_tokens(member->shared);
}

TEST(cond_tokens, 60)
{
    struct tokens shared = { .each = test_scale(15000, 100) };
    crew_run(6, token_member, &shared);
    CHECK_EQ(shared.taken, 3 * shared.each);
}
