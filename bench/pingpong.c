/* pingpong: two threads that wake each other, turn by turn. SPDX-License-Identifier: MIT
 *
 * With an argument, which it is given when all runs on one CPU, it says so. */
#include "bench.h"

enum { ROUNDS = 20000 / BENCH_LESS };

static side_mutex mutex = SIDE_MUTEX_INIT;
static side_cond turned[2] = { SIDE_COND_INIT, SIDE_COND_INIT };
static unsigned turn; /* whose it is; under the mutex */
static side_sem sems[2];

static void cond_rounds(unsigned me)
{
    side_lock(&mutex);
    for (unsigned i = 0; i < ROUNDS; i++) {
        while (turn != me)
            side_cond_wait(&turned[me], &mutex);
        turn = 1 - me;
        side_cond_signal(&turned[1 - me]);
    }
    side_unlock(&mutex);
}

static void sem_rounds(unsigned me)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        side_sem_wait(&sems[me]);
        side_sem_post(&sems[1 - me]);
    }
}

static void *other_cond(void *argument)
{
    cond_rounds(1);
    return argument;
}

static void *other_sem(void *argument)
{
    sem_rounds(1);
    return argument;
}

int main(int argc, char **argv)
{
    side_thread thread;
    (void)argv;
    uint64_t start = side_now();
    bench_need(side_spawn(&thread, other_cond, NULL, 0));
    cond_rounds(0);
    side_join(thread);
    bench_report(argc > 1 ? "condition ping-pong on one CPU, there and back (ns)"
                          : "condition ping-pong, there and back (ns)",
                 0, bench_each(side_now() - start, ROUNDS));
    side_sem_make(&sems[0]);
    side_sem_make(&sems[1]);
    start = side_now();
    bench_need(side_spawn(&thread, other_sem, NULL, 0));
    side_sem_post(&sems[0]);
    sem_rounds(0);
    side_join(thread);
    bench_report(argc > 1 ? "semaphore ping-pong on one CPU, there and back (ns)"
                          : "semaphore ping-pong, there and back (ns)",
                 0, bench_each(side_now() - start, ROUNDS));
    return 0;
}
