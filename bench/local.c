/* local: reading a key and a __thread variable. SPDX-License-Identifier: MIT
 *
 * steps.c counts the instructions of the two probes. */
#include "bench.h"

/* Ten reads a turn, so that the loop's own cost does not hide what is measured. */
enum { TURNS = 20000000 / BENCH_LESS, READS = 10 };

static side_key key;
static __thread void *variable;

__attribute__((noinline, used)) void *probe_key_get(void)
{
    return side_key_get(key);
}

__attribute__((noinline, used)) void *probe_thread_read(void)
{
    return variable;
}

static double key_get(void)
{
    uint64_t start = side_now();
    for (unsigned i = 0; i < TURNS; i++)
#pragma GCC unroll 10
        for (unsigned j = 0; j < READS; j++)
            bench_use(side_key_get(key));
    return bench_each(side_now() - start, (uint64_t)TURNS * READS);
}

static double thread_read(void)
{
    uint64_t start = side_now();
    for (unsigned i = 0; i < TURNS; i++)
#pragma GCC unroll 10
        for (unsigned j = 0; j < READS; j++)
            bench_use(variable);
    return bench_each(side_now() - start, (uint64_t)TURNS * READS);
}

static double key_set(void)
{
    uint64_t start = side_now();
    for (unsigned i = 0; i < TURNS; i++)
        side_key_set(key, &key);
    return bench_each(side_now() - start, TURNS);
}

/* In a thread of its own, because that is where keys are used. */
static void *measure(void *argument)
{
    variable = &key;
    side_key_set(key, &key);
    bench_use(probe_key_get());
    bench_use(probe_thread_read());
    key_get(); /* the CPU's clock rises */
    bench_report("key get (ns)", 0, key_get());
    bench_report("__thread read (ns)", 0, thread_read());
    bench_report("key set (ns)", 0, key_set());
    return argument;
}

int main(void)
{
    side_thread thread;
    bench_need(side_key_make(&key));
    bench_need(side_spawn(&thread, measure, NULL, 0));
    side_join(thread);
    return 0;
}
