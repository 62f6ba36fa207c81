/* spawn: threads made and joined, one by one and 64 at a time. SPDX-License-Identifier: MIT
 *
 * With an argument, which it is given when all runs on one CPU, it says so. */
#include "bench.h"

enum { TURNS = 10000 / BENCH_LESS, BURST = 64, BURSTS = 100 / BENCH_LESS, STACK = 128 * 1024 };

static void *nothing(void *argument)
{
    return argument;
}

static double one_by_one(size_t stack_size)
{
    side_thread thread;
    uint64_t start = side_now();
    for (unsigned i = 0; i < TURNS; i++) {
        bench_need(side_spawn(&thread, nothing, NULL, stack_size));
        side_join(thread);
    }
    return bench_each(side_now() - start, TURNS);
}

static double in_bursts(size_t stack_size)
{
    side_thread threads[BURST];
    uint64_t start = side_now();
    for (unsigned i = 0; i < BURSTS; i++) {
        for (unsigned j = 0; j < BURST; j++)
            bench_need(side_spawn(&threads[j], nothing, NULL, stack_size));
        for (unsigned j = 0; j < BURST; j++)
            side_join(threads[j]);
    }
    return bench_each(side_now() - start, (uint64_t)BURSTS * BURST);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        bench_report("spawn+join on one CPU, 128 KiB stacks (ns)", 0, one_by_one(STACK));
        bench_report("64 spawns, then 64 joins on one CPU, 128 KiB stacks: a thread (ns)", 0,
                     in_bursts(STACK));
        return 0;
    }
    bench_report("spawn+join, 128 KiB stacks (ns)", 0, one_by_one(STACK));
    bench_report("spawn+join, default stacks (ns)", 0, one_by_one(0));
    bench_report("64 spawns, then 64 joins, 128 KiB stacks: a thread (ns)", 0, in_bursts(STACK));
    bench_report("64 spawns, then 64 joins, default stacks: a thread (ns)", 0, in_bursts(0));
    return 0;
}
