/* What every benchmark here includes: one side, chosen by the build, and a way to report a figure.
 * SPDX-License-Identifier: MIT
 *
 * A side is side_thrum.h or side_pthread.h (for glibc and for musl), given as BENCH_SIDE. The
 * sources say the same on all sides; only these calls differ, each as an ordinary program would
 * write it:
 *
 *   side_mutex, SIDE_MUTEX_INIT, side_lock, side_unlock
 *   side_rwlock, SIDE_RWLOCK_INIT, side_read_lock, side_read_unlock
 *   side_cond, SIDE_COND_INIT, side_cond_wait, side_cond_signal
 *   side_sem, side_sem_make, side_sem_wait, side_sem_post
 *   side_thread, side_spawn (stack size 0: the default; false: refused), side_join
 *   side_key, side_key_make, side_key_set, side_key_get
 *   side_now, side_sleep (nanoseconds), side_cpu_time (of the process, user and system)
 *   side_write, side_read_file
 *
 * bench/run compiles each source once a side, with examples/support beside thrum; bench/CMakeLists.txt
 * compiles thrum's side of each with the warnings of the library. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include BENCH_SIDE

/* By what the turns of a benchmark are divided. With BENCH_BRIEF it does all that it does otherwise,
 * too briefly for its figures to mean anything. */
#ifdef BENCH_BRIEF
enum { BENCH_LESS = 50 };
#else
enum { BENCH_LESS = 1 };
#endif

/* The compiler may not carry anything from memory across this, on any side. */
static inline void bench_barrier(void)
{
    __asm__ volatile("" ::: "memory");
}

/* The compiler must have computed this, on any side. */
static inline void bench_use(const void *pointer)
{
    __asm__ volatile("" : : "r"(pointer) : "memory");
}

static inline size_t bench_put_number(char *line, size_t at, uint64_t number)
{
    char digits[24];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        line[at++] = digits[--count];
    return at;
}

/* The cost of one turn, where all together cost `cost`. */
static inline double bench_each(uint64_t cost, uint64_t turns)
{
    return (double)cost / (double)turns;
}

/* One line: the subject, with `number` in place of a '#', a tab, and the cost with two decimals.
 * Every figure is a cost: less is better. */
static inline void bench_report(const char *subject, unsigned number, double cost)
{
    char line[256];
    size_t at = 0;
    for (; *subject != '\0' && at < 200; subject++) {
        if (*subject == '#')
            at = bench_put_number(line, at, number);
        else
            line[at++] = *subject;
    }
    uint64_t hundredths = (uint64_t)(cost * 100 + 0.5);
    line[at++] = '\t';
    at = bench_put_number(line, at, hundredths / 100);
    line[at++] = '.';
    line[at++] = (char)('0' + hundredths / 10 % 10);
    line[at++] = (char)('0' + hundredths % 10);
    line[at++] = '\n';
    side_write(1, line, at);
}

/* For what a benchmark cannot go on without. */
static inline void bench_need(bool held)
{
    static const char text[] = "bench: the system refused\n";
    if (held)
        return;
    side_write(2, text, sizeof text - 1);
    __builtin_trap();
}

#endif
