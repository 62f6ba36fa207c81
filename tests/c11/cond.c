/* Conditions of ISO C11 (7.26.3). A wait may end for no reason, so every one is in a loop. */
#include "c11.h"

/* Threads that wait for tickets. */
struct tickets {
    mtx_t mutex;
    cnd_t cond;
    unsigned tickets, waiting, served;
    struct timespec time; /* tv_nsec -1: no deadline */
};

static void tickets_init(struct tickets *tickets, int type, struct timespec time)
{
    CHECK_EQ(mtx_init(&tickets->mutex, type), thrd_success);
    CHECK_EQ(cnd_init(&tickets->cond), thrd_success);
    tickets->tickets = tickets->waiting = tickets->served = 0;
    tickets->time = time;
}

static void tickets_destroy(struct tickets *tickets)
{
    cnd_destroy(&tickets->cond);
    mtx_destroy(&tickets->mutex);
}

static int take_ticket(void *argument)
{
    struct tickets *tickets = argument;
    int result = thrd_success;
    CHECK_EQ(mtx_lock(&tickets->mutex), thrd_success);
    ++tickets->waiting;
    while (tickets->tickets == 0 && result == thrd_success)
        result = tickets->time.tv_nsec < 0
                     ? cnd_wait(&tickets->cond, &tickets->mutex)
                     : cnd_timedwait(&tickets->cond, &tickets->mutex, &tickets->time);
    --tickets->waiting;
    if (result == thrd_success) {
        --tickets->tickets;
        ++tickets->served;
    }
    CHECK_EQ(mtx_unlock(&tickets->mutex), thrd_success);
    return result;
}

/* Returns with the mutex held, when so many wait: whoever had counted itself has freed the mutex by
 * waiting. */
static void lock_when_waiting(struct tickets *tickets, unsigned count)
{
    CHECK_EQ(mtx_lock(&tickets->mutex), thrd_success);
    while (tickets->waiting < count) {
        CHECK_EQ(mtx_unlock(&tickets->mutex), thrd_success);
        thrd_yield();
        CHECK_EQ(mtx_lock(&tickets->mutex), thrd_success);
    }
}

static unsigned look(struct tickets *tickets)
{
    CHECK_EQ(mtx_lock(&tickets->mutex), thrd_success);
    unsigned served = tickets->served;
    CHECK_EQ(mtx_unlock(&tickets->mutex), thrd_success);
    return served;
}

/* One signal a ticket; each wakes one that can take it. */
static void signal_each(int type, struct timespec time)
{
    enum { COUNT = 6 };
    struct tickets tickets;
    thrd_t threads[COUNT];
    tickets_init(&tickets, type, time);
    for (int i = 0; i < COUNT; ++i)
        if (!start(&threads[i], take_ticket, &tickets))
            return;
    for (unsigned i = 0; i < COUNT; ++i) {
        lock_when_waiting(&tickets, COUNT - i);
        CHECK_EQ(tickets.served, i);
        ++tickets.tickets;
        if (i % 2 == 0)
            CHECK_EQ(cnd_signal(&tickets.cond), thrd_success);
        CHECK_EQ(mtx_unlock(&tickets.mutex), thrd_success);
        if (i % 2 != 0) /* without the mutex, too */
            CHECK_EQ(cnd_signal(&tickets.cond), thrd_success);
        while (look(&tickets) != i + 1)
            thrd_yield();
    }
    for (int i = 0; i < COUNT; ++i)
        CHECK_EQ(join(threads[i]), thrd_success);
    tickets_destroy(&tickets);
}

static const struct timespec never = { 0, -1 };

TEST(c11_cnd_signal_wakes_one, 20)
{
    signal_each(mtx_plain, never);
    signal_each(mtx_plain | mtx_recursive, never);
}

TEST(c11_cnd_timedwait_is_signalled, 20)
{
    signal_each(mtx_plain, after_ms(60000));
    signal_each(mtx_timed | mtx_recursive, after_ms(60000));
    signal_each(mtx_timed, last_time());
}

TEST(c11_cnd_broadcast_wakes_all, 20)
{
    enum { COUNT = 10 };
    for (int round = 0; round < 3; ++round) {
        struct tickets tickets;
        thrd_t threads[COUNT];
        tickets_init(&tickets, mtx_plain, round == 0 ? never : after_ms(60000));
        for (int i = 0; i < COUNT; ++i)
            if (!start(&threads[i], take_ticket, &tickets))
                return;
        lock_when_waiting(&tickets, COUNT);
        tickets.tickets = COUNT;
        CHECK_EQ(cnd_broadcast(&tickets.cond), thrd_success);
        CHECK_EQ(mtx_unlock(&tickets.mutex), thrd_success);
        for (int i = 0; i < COUNT; ++i)
            CHECK_EQ(join(threads[i]), thrd_success);
        CHECK_EQ(tickets.served, COUNT);
        tickets_destroy(&tickets);
    }
}

TEST(c11_cnd_signal_for_nobody_is_nothing, 10)
{
    struct tickets tickets;
    tickets_init(&tickets, mtx_plain, after_ms(30));
    CHECK_EQ(cnd_signal(&tickets.cond), thrd_success);
    CHECK_EQ(cnd_broadcast(&tickets.cond), thrd_success);
    CHECK_EQ(take_ticket(&tickets), thrd_timedout);
    tickets_destroy(&tickets);
}

/* --- deadlines -------------------------------------------------------------------------------- */

static int try_it(void *mutex)
{
    int result = mtx_trylock(mutex);
    if (result == thrd_success)
        CHECK_EQ(mtx_unlock(mutex), thrd_success);
    return result;
}

/* The mutex is held again after each. */
static void wait_for(mtx_t *mutex, struct timespec time, int expected)
{
    cnd_t cond;
    int result;
    CHECK_EQ(cnd_init(&cond), thrd_success);
    do
        result = cnd_timedwait(&cond, mutex, &time);
    while (result == thrd_success);
    CHECK_EQ(result, expected);
    if (result == thrd_timedout)
        CHECK(has_come(&time));
    CHECK_EQ(in_thread(try_it, mutex), thrd_busy);
    cnd_destroy(&cond);
}

TEST(c11_cnd_timedwait_times_out, 20)
{
    static const struct timespec epoch = { 0, 0 };
    static const int types[] = { mtx_plain, mtx_timed | mtx_recursive };
    for (int i = 0; i < 2; ++i) {
        struct timespec bad = after_ms(60000);
        mtx_t mutex;
        CHECK_EQ(mtx_init(&mutex, types[i]), thrd_success);
        CHECK_EQ(mtx_lock(&mutex), thrd_success);
        wait_for(&mutex, after_ms(-60000), thrd_timedout);
        wait_for(&mutex, epoch, thrd_timedout);
        wait_for(&mutex, after_ms(0), thrd_timedout);
        wait_for(&mutex, after_ms(50), thrd_timedout);
        bad.tv_nsec = 1000000000;
        wait_for(&mutex, bad, thrd_error);
        bad.tv_nsec = -1;
        wait_for(&mutex, bad, thrd_error);
        CHECK_EQ(mtx_unlock(&mutex), thrd_success);
        CHECK_EQ(in_thread(try_it, &mutex), thrd_success);
        mtx_destroy(&mutex);
    }
}

/* The mutex is free while one waits, and a recursive one still counts afterwards. */
struct depth {
    mtx_t mutex;
    cnd_t cond;
    bool met;
};

static int meet(void *argument)
{
    struct depth *depth = argument;
    CHECK_EQ(mtx_lock(&depth->mutex), thrd_success);
    CHECK_EQ(mtx_lock(&depth->mutex), thrd_success);
    depth->met = true;
    CHECK_EQ(cnd_signal(&depth->cond), thrd_success);
    CHECK_EQ(mtx_unlock(&depth->mutex), thrd_success);
    CHECK_EQ(mtx_unlock(&depth->mutex), thrd_success);
    return 0;
}

TEST(c11_cnd_wait_with_a_recursive_mutex, 10)
{
    struct depth depth = { .met = false };
    thrd_t thread;
    CHECK_EQ(mtx_init(&depth.mutex, mtx_plain | mtx_recursive), thrd_success);
    CHECK_EQ(cnd_init(&depth.cond), thrd_success);
    CHECK_EQ(mtx_lock(&depth.mutex), thrd_success);
    if (!start(&thread, meet, &depth))
        return;
    while (!depth.met)
        CHECK_EQ(cnd_wait(&depth.cond, &depth.mutex), thrd_success);
    CHECK_EQ(mtx_lock(&depth.mutex), thrd_success);
    CHECK_EQ(mtx_unlock(&depth.mutex), thrd_success);
    CHECK_EQ(in_thread(try_it, &depth.mutex), thrd_busy);
    CHECK_EQ(mtx_unlock(&depth.mutex), thrd_success);
    CHECK_EQ(join(thread), 0);
    CHECK_EQ(in_thread(try_it, &depth.mutex), thrd_success);
    cnd_destroy(&depth.cond);
    mtx_destroy(&depth.mutex);
}

/* --- stress ----------------------------------------------------------------------------------- */

/* A buffer of one, filled and emptied by threads some of whose waits time out. */
struct buffer {
    mtx_t mutex;
    cnd_t filled, emptied;
    unsigned value, produced, consumed, total; /* value 0: empty */
    uint64_t sum, seed;
};

static void wait_somehow(struct buffer *buffer, cnd_t *cond, uint64_t *random)
{
    struct timespec time;
    switch (test_pick(random, 4)) {
    case 0:
        time = after_ms((int)test_pick(random, 3));
        int result = cnd_timedwait(cond, &buffer->mutex, &time);
        CHECK(result == thrd_success || result == thrd_timedout);
        break;
    default: CHECK_EQ(cnd_wait(cond, &buffer->mutex), thrd_success); break;
    }
}

static int produce(void *argument)
{
    struct buffer *buffer = argument;
    CHECK_EQ(mtx_lock(&buffer->mutex), thrd_success);
    uint64_t random = buffer->seed++;
    while (buffer->produced < buffer->total) {
        if (buffer->value != 0) {
            wait_somehow(buffer, &buffer->emptied, &random);
            continue;
        }
        buffer->value = ++buffer->produced;
        CHECK_EQ(cnd_signal(&buffer->filled), thrd_success);
    }
    CHECK_EQ(cnd_broadcast(&buffer->emptied), thrd_success); /* the others are to end, too */
    CHECK_EQ(mtx_unlock(&buffer->mutex), thrd_success);
    return 0;
}

static int consume(void *argument)
{
    struct buffer *buffer = argument;
    CHECK_EQ(mtx_lock(&buffer->mutex), thrd_success);
    uint64_t random = buffer->seed++;
    while (buffer->consumed < buffer->total) {
        if (buffer->value == 0) {
            wait_somehow(buffer, &buffer->filled, &random);
            continue;
        }
        buffer->sum += buffer->value;
        buffer->value = 0;
        ++buffer->consumed;
        CHECK_EQ(cnd_signal(&buffer->emptied), thrd_success);
    }
    CHECK_EQ(cnd_broadcast(&buffer->filled), thrd_success);
    CHECK_EQ(mtx_unlock(&buffer->mutex), thrd_success);
    return 0;
}

TEST(c11_cnd_stress, 60)
{
    struct buffer buffer = { .total = test_scale(20000, 100), .seed = test_seed() };
    thrd_t threads[6];
    CHECK_EQ(mtx_init(&buffer.mutex, mtx_plain), thrd_success);
    CHECK_EQ(cnd_init(&buffer.filled), thrd_success);
    CHECK_EQ(cnd_init(&buffer.emptied), thrd_success);
    for (int i = 0; i < 6; ++i)
        if (!start(&threads[i], i % 2 == 0 ? produce : consume, &buffer))
            return;
    for (int i = 0; i < 6; ++i)
        CHECK_EQ(join(threads[i]), 0);
    CHECK_EQ(buffer.sum, ((uint64_t)buffer.total * (buffer.total + 1)) >> 1);
    cnd_destroy(&buffer.filled);
    cnd_destroy(&buffer.emptied);
    mtx_destroy(&buffer.mutex);
}
