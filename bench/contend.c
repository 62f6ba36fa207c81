/* contend: threads that all want one mutex, or that all read under one rwlock.
 * SPDX-License-Identifier: MIT
 *
 * Each figure is from a run of a fixed time, in which each thread has one turn at least. Throughput
 * is measured without looking at the clock in between; each thread's longest wait in a run of its
 * own, that does. */
#include "bench.h"

enum { MOST_THREADS = 30, RUN_NS = 250000000 / BENCH_LESS };

/* One thread's part, on cache lines of its own. */
struct member {
    _Alignas(128) side_thread thread;
    uint64_t turns;
    uint64_t longest_wait;
};

static _Alignas(128) side_mutex mutex = SIDE_MUTEX_INIT;
static uint64_t counter; /* under the mutex, beside it, as a program would have it */
static _Alignas(128) side_rwlock rwlock = SIDE_RWLOCK_INIT;
static _Alignas(128) bool stop;
static side_sem start;
static struct member members[MOST_THREADS];

static bool going(void)
{
    return !__atomic_load_n(&stop, __ATOMIC_RELAXED);
}

/* Some 100 ns that need no memory. */
static void work(void)
{
    for (unsigned i = 0; i < 100; i++)
        bench_barrier();
}

static void *hammer(void *argument)
{
    struct member *member = argument;
    uint64_t turns = 0;
    side_sem_wait(&start);
    do {
        side_lock(&mutex);
        counter++;
        side_unlock(&mutex);
        turns++;
    } while (going());
    member->turns = turns;
    return NULL;
}

static void *hammer_and_work(void *argument)
{
    struct member *member = argument;
    uint64_t turns = 0;
    side_sem_wait(&start);
    do {
        side_lock(&mutex);
        counter++;
        side_unlock(&mutex);
        work();
        turns++;
    } while (going());
    member->turns = turns;
    return NULL;
}

static void *hammer_by_the_clock(void *argument)
{
    struct member *member = argument;
    uint64_t turns = 0, longest = 0;
    side_sem_wait(&start);
    do {
        uint64_t before = side_now();
        side_lock(&mutex);
        uint64_t wait = side_now() - before;
        counter++;
        side_unlock(&mutex);
        if (wait > longest)
            longest = wait;
        turns++;
    } while (going());
    member->turns = turns;
    member->longest_wait = longest;
    return NULL;
}

static void *read_under_lock(void *argument)
{
    struct member *member = argument;
    uint64_t turns = 0;
    side_sem_wait(&start);
    do {
        side_read_lock(&rwlock);
        bench_barrier();
        side_read_unlock(&rwlock);
        turns++;
    } while (going());
    member->turns = turns;
    return NULL;
}

struct result {
    double turn_ns; /* wall time a turn, of all threads together */
    double cpu_ns;  /* CPU time a turn */
};

static struct result run(void *(*what)(void *), unsigned threads)
{
    __atomic_store_n(&stop, false, __ATOMIC_RELAXED);
    for (unsigned i = 0; i < threads; i++)
        bench_need(side_spawn(&members[i].thread, what, &members[i], 64 * 1024));
    uint64_t cpu = side_cpu_time(), began = side_now();
    for (unsigned i = 0; i < threads; i++)
        side_sem_post(&start);
    side_sleep(RUN_NS);
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    for (unsigned i = 0; i < threads; i++)
        side_join(members[i].thread);
    uint64_t wall = side_now() - began, used = side_cpu_time() - cpu;
    uint64_t turns = 0;
    for (unsigned i = 0; i < threads; i++)
        turns += members[i].turns;
    return (struct result){ bench_each(wall, turns), bench_each(used, turns) };
}

/* The longest wait of the unluckiest thread and of the middle one, in microseconds. */
static void report_waits(unsigned threads)
{
    for (unsigned i = 1; i < threads; i++)
        for (unsigned j = i; j > 0 && members[j].longest_wait < members[j - 1].longest_wait; j--) {
            uint64_t wait = members[j].longest_wait;
            members[j].longest_wait = members[j - 1].longest_wait;
            members[j - 1].longest_wait = wait;
        }
    bench_report("contended, # threads: longest wait, middle thread (us)", threads,
                 (double)members[threads / 2].longest_wait / 1000);
    bench_report("contended, # threads: longest wait, worst thread (us)", threads,
                 (double)members[threads - 1].longest_wait / 1000);
}

int main(void)
{
    static const unsigned counts[] = { 2, 4, 8, 30 };
    side_sem_make(&start);
    run(hammer, 2); /* the CPUs' clocks rise */
    for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct result result = run(hammer, counts[i]);
        bench_report("contended, # threads: a turn (ns)", counts[i], result.turn_ns);
        bench_report("contended, # threads: CPU a turn (ns)", counts[i], result.cpu_ns);
        result = run(hammer_and_work, counts[i]);
        bench_report("contended, # threads, work between: a turn (ns)", counts[i], result.turn_ns);
        bench_report("contended, # threads, work between: CPU a turn (ns)", counts[i],
                     result.cpu_ns);
        run(hammer_by_the_clock, counts[i]);
        report_waits(counts[i]);
    }
    for (unsigned threads = 1; threads <= 4; threads *= 2)
        bench_report("read lock+unlock, # threads reading (ns)", threads,
                     run(read_under_lock, threads).turn_ns);
    return 0;
}
