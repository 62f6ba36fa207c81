/* What the tests of this folder share. They are written to ISO C11 alone: the same files are tested
 * against thrum's <threads.h> and against a libc's. */
#ifndef THRUM_TEST_C11_H
#define THRUM_TEST_C11_H

#include <threads.h>

#include "c11_frame.h"

/* As in <limits.h>, which takes a compiler for another CPU to a libc that is not there. */
#define LARGEST_INT ((int)(~0u >> 1))
#define SMALLEST_INT (-LARGEST_INT - 1)

/* A number that threads wait for. */
struct gate {
    mtx_t mutex;
    cnd_t cond;
    unsigned count;
};

static inline void gate_init(struct gate *gate)
{
    CHECK_EQ(mtx_init(&gate->mutex, mtx_plain), thrd_success);
    CHECK_EQ(cnd_init(&gate->cond), thrd_success);
    gate->count = 0;
}

static inline void gate_destroy(struct gate *gate)
{
    cnd_destroy(&gate->cond);
    mtx_destroy(&gate->mutex);
}

static inline void gate_add(struct gate *gate, unsigned n)
{
    CHECK_EQ(mtx_lock(&gate->mutex), thrd_success);
    gate->count += n;
    CHECK_EQ(cnd_broadcast(&gate->cond), thrd_success);
    CHECK_EQ(mtx_unlock(&gate->mutex), thrd_success);
}

/* Waits until the number is at least `n`. */
static inline void gate_await(struct gate *gate, unsigned n)
{
    CHECK_EQ(mtx_lock(&gate->mutex), thrd_success);
    while (gate->count < n)
        CHECK_EQ(cnd_wait(&gate->cond, &gate->mutex), thrd_success);
    CHECK_EQ(mtx_unlock(&gate->mutex), thrd_success);
}

static inline unsigned gate_count(struct gate *gate)
{
    CHECK_EQ(mtx_lock(&gate->mutex), thrd_success);
    unsigned count = gate->count;
    CHECK_EQ(mtx_unlock(&gate->mutex), thrd_success);
    return count;
}

/* Creates or records a failure; joins, and returns the result. */
static inline bool start(thrd_t *thread, thrd_start_t function, void *argument)
{
    return CHECK_EQ(thrd_create(thread, function, argument), thrd_success);
}

static inline int join(thrd_t thread)
{
    int result = SMALLEST_INT;
    CHECK_EQ(thrd_join(thread, &result), thrd_success);
    return result;
}

/* Runs `function(argument)` in a thread of its own. */
static inline int in_thread(thrd_start_t function, void *argument)
{
    thrd_t thread;
    return start(&thread, function, argument) ? join(thread) : SMALLEST_INT;
}

/* The wall clock so many milliseconds from now. */
static inline struct timespec after_ms(int milliseconds)
{
    struct timespec time = { 0, 0 };
    CHECK_EQ(timespec_get(&time, TIME_UTC), TIME_UTC);
    time.tv_sec += milliseconds / 1000;
    time.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_nsec -= 1000000000;
        ++time.tv_sec;
    }
    return time;
}

static inline bool has_come(const struct timespec *time)
{
    struct timespec now = after_ms(0);
    return now.tv_sec > time->tv_sec ||
           (now.tv_sec == time->tv_sec && now.tv_nsec >= time->tv_nsec);
}

static inline void sleep_ms(int milliseconds)
{
    const struct timespec length = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };
    CHECK_EQ(thrd_sleep(&length, NULL), 0);
}

/* The last time there is. */
static inline struct timespec last_time(void)
{
    const time_t half = (time_t)1 << (sizeof(time_t) * 8 - 2);
    return (struct timespec){ half - 1 + half, 999999999 };
}

#endif
