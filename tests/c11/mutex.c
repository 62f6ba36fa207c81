/* Mutexes of ISO C11 (7.26.4): every type, every result. */
#include "c11.h"

static const int types[] = { mtx_plain, mtx_timed, mtx_plain | mtx_recursive,
                             mtx_timed | mtx_recursive };
enum { TYPES = sizeof types / sizeof *types };

TEST(c11_mtx_init_knows_its_types, 5)
{
    for (int i = 0; i < TYPES; ++i) {
        mtx_t mutex;
        CHECK_EQ(mtx_init(&mutex, types[i]), thrd_success);
        mtx_destroy(&mutex);
    }
}

/* What another thread finds: the results of calls in `mtx_t *`, which unlock again. */
static int try_it(void *mutex)
{
    int result = mtx_trylock(mutex);
    if (result == thrd_success)
        CHECK_EQ(mtx_unlock(mutex), thrd_success);
    return result;
}

TEST(c11_mtx_trylock_is_busy, 10)
{
    for (int i = 0; i < TYPES; ++i) {
        mtx_t mutex;
        CHECK_EQ(mtx_init(&mutex, types[i]), thrd_success);
        CHECK_EQ(in_thread(try_it, &mutex), thrd_success);
        CHECK_EQ(mtx_lock(&mutex), thrd_success);
        CHECK_EQ(in_thread(try_it, &mutex), thrd_busy);
        CHECK_EQ(mtx_unlock(&mutex), thrd_success);
        CHECK_EQ(mtx_trylock(&mutex), thrd_success);
        CHECK_EQ(in_thread(try_it, &mutex), thrd_busy);
        CHECK_EQ(mtx_unlock(&mutex), thrd_success);
        CHECK_EQ(in_thread(try_it, &mutex), thrd_success);
        mtx_destroy(&mutex);
    }
}

/* The standard asks for either: a mutex that is not recursive is not had twice. */
TEST(c11_mtx_trylock_by_the_holder_of_a_plain_one, 5)
{
    mtx_t mutex;
    CHECK_EQ(mtx_init(&mutex, mtx_plain), thrd_success);
    CHECK_EQ(mtx_lock(&mutex), thrd_success);
    CHECK_EQ(mtx_trylock(&mutex), thrd_busy);
    CHECK_EQ(mtx_unlock(&mutex), thrd_success);
    mtx_destroy(&mutex);
}

TEST(c11_mtx_recursive_counts, 20)
{
    struct timespec past = after_ms(-1000);
    mtx_t mutex;
    CHECK_EQ(mtx_init(&mutex, mtx_timed | mtx_recursive), thrd_success);
    CHECK_EQ(mtx_lock(&mutex), thrd_success);
    CHECK_EQ(mtx_lock(&mutex), thrd_success);
    CHECK_EQ(mtx_trylock(&mutex), thrd_success);
    CHECK_EQ(mtx_timedlock(&mutex, &past), thrd_success);
    for (int depth = 4; depth > 0; --depth) {
        CHECK_EQ(in_thread(try_it, &mutex), thrd_busy);
        CHECK_EQ(mtx_unlock(&mutex), thrd_success);
    }
    CHECK_EQ(in_thread(try_it, &mutex), thrd_success);
    mtx_destroy(&mutex);
}

/* --- deadlines -------------------------------------------------------------------------------- */

struct timed {
    mtx_t *mutex;
    struct timespec time;
};

static int lock_timed(void *argument)
{
    const struct timed *timed = argument;
    int result = mtx_timedlock(timed->mutex, &timed->time);
    if (result == thrd_timedout)
        CHECK(has_come(&timed->time));
    if (result == thrd_success)
        CHECK_EQ(mtx_unlock(timed->mutex), thrd_success);
    return result;
}

static int lock_timed_in_thread(mtx_t *mutex, struct timespec time)
{
    struct timed timed = { mutex, time };
    return in_thread(lock_timed, &timed);
}

static void time_out(mtx_t *mutex)
{
    static const struct timespec epoch = { 0, 0 };
    struct timespec bad = after_ms(60000);
    CHECK_EQ(mtx_lock(mutex), thrd_success);
    CHECK_EQ(lock_timed_in_thread(mutex, after_ms(-5000)), thrd_timedout);
    CHECK_EQ(lock_timed_in_thread(mutex, epoch), thrd_timedout);
    CHECK_EQ(lock_timed_in_thread(mutex, (struct timespec){ -1, 999999999 }), thrd_timedout);
    for (int i = 0; i < 3; ++i)
        CHECK_EQ(lock_timed_in_thread(mutex, after_ms(i * 20)), thrd_timedout);
    bad.tv_nsec = 1000000000;
    CHECK_EQ(lock_timed_in_thread(mutex, bad), thrd_error);
    bad.tv_nsec = -1;
    CHECK_EQ(lock_timed_in_thread(mutex, bad), thrd_error);
    CHECK_EQ(mtx_unlock(mutex), thrd_success);
    CHECK_EQ(in_thread(try_it, mutex), thrd_success);
}

TEST(c11_mtx_timedlock_times_out, 30)
{
    for (int i = 0; i < TYPES; ++i) {
        mtx_t mutex;
        if (!(types[i] & mtx_timed))
            continue;
        CHECK_EQ(mtx_init(&mutex, types[i]), thrd_success);
        time_out(&mutex);
        mtx_destroy(&mutex);
    }
}

TEST(c11_mtx_timedlock_takes_a_free_one, 10)
{
    for (int i = 0; i < TYPES; ++i) {
        mtx_t mutex;
        if (!(types[i] & mtx_timed))
            continue;
        CHECK_EQ(mtx_init(&mutex, types[i]), thrd_success);
        CHECK_EQ(lock_timed_in_thread(&mutex, after_ms(60000)), thrd_success);
        CHECK_EQ(lock_timed_in_thread(&mutex, after_ms(-60000)), thrd_success);
        CHECK_EQ(lock_timed_in_thread(&mutex, last_time()), thrd_success);
        CHECK_EQ(in_thread(try_it, &mutex), thrd_success);
        mtx_destroy(&mutex);
    }
}

struct waiting {
    struct timed timed;
    struct gate begun;
    bool released;
};

static int wait_for_lock(void *argument)
{
    struct waiting *waiting = argument;
    gate_add(&waiting->begun, 1);
    int result = mtx_timedlock(waiting->timed.mutex, &waiting->timed.time);
    if (result == thrd_success) {
        CHECK(waiting->released);
        CHECK_EQ(mtx_unlock(waiting->timed.mutex), thrd_success);
    }
    return result;
}

static void get_it_late(int type, struct timespec time)
{
    mtx_t mutex;
    thrd_t thread;
    struct waiting waiting = { .timed = { &mutex, time } };
    gate_init(&waiting.begun);
    CHECK_EQ(mtx_init(&mutex, type), thrd_success);
    CHECK_EQ(mtx_lock(&mutex), thrd_success);
    if (!start(&thread, wait_for_lock, &waiting))
        return;
    gate_await(&waiting.begun, 1);
    sleep_ms(30); /* it is likely to sleep in the call by now */
    waiting.released = true;
    CHECK_EQ(mtx_unlock(&mutex), thrd_success);
    CHECK_EQ(join(thread), thrd_success);
    mtx_destroy(&mutex);
    gate_destroy(&waiting.begun);
}

TEST(c11_mtx_timedlock_gets_one_that_is_released, 20)
{
    get_it_late(mtx_timed, after_ms(60000));
    get_it_late(mtx_timed | mtx_recursive, after_ms(60000));
    get_it_late(mtx_timed, last_time());
    get_it_late(mtx_timed | mtx_recursive, last_time());
}

/* --- exclusion -------------------------------------------------------------------------------- */

struct shared {
    mtx_t mutex;
    bool recursive;
    unsigned rounds, counter;
    uint64_t seed;
};

static void lock_somehow(mtx_t *mutex, uint32_t how)
{
    if (how == 0) {
        CHECK_EQ(mtx_lock(mutex), thrd_success);
    } else if (how == 1) {
        while (mtx_trylock(mutex) != thrd_success)
            thrd_yield();
    } else {
        struct timespec time = after_ms(how == 2 ? 60000 : 0);
        int result;
        while ((result = mtx_timedlock(mutex, &time)) == thrd_timedout)
            CHECK(how == 3);
        CHECK_EQ(result, thrd_success);
    }
}

static int count(void *argument)
{
    struct shared *shared = argument;
    CHECK_EQ(mtx_lock(&shared->mutex), thrd_success);
    uint64_t random = shared->seed++;
    CHECK_EQ(mtx_unlock(&shared->mutex), thrd_success);
    for (unsigned i = 0; i < shared->rounds; ++i) {
        unsigned levels = shared->recursive ? 1 + test_pick(&random, 3) : 1;
        for (unsigned level = 0; level < levels; ++level)
            lock_somehow(&shared->mutex, test_pick(&random, 4));
        unsigned read = *(volatile unsigned *)&shared->counter;
        if (test_pick(&random, 8) == 0)
            thrd_yield();
        shared->counter = read + 1;
        for (unsigned level = 0; level < levels; ++level)
            CHECK_EQ(mtx_unlock(&shared->mutex), thrd_success);
    }
    return 0;
}

TEST(c11_mtx_excludes, 60)
{
    for (int i = 0; i < TYPES; ++i) {
        struct shared shared = { .recursive = types[i] & mtx_recursive,
                                 .rounds = test_scale(4000, 50),
                                 .seed = test_seed() };
        thrd_t threads[4];
        if (!(types[i] & mtx_timed))
            continue;
        CHECK_EQ(mtx_init(&shared.mutex, types[i]), thrd_success);
        for (int k = 0; k < 4; ++k)
            if (!start(&threads[k], count, &shared))
                return;
        for (int k = 0; k < 4; ++k)
            CHECK_EQ(join(threads[k]), 0);
        CHECK_EQ(shared.counter, 4 * shared.rounds);
        mtx_destroy(&shared.mutex);
    }
}
