/* pingpong: two threads that wake each other, turn by turn; and one that wakes eight by a broadcast, of
 * whom the last wakes it. SPDX-License-Identifier: MIT
 *
 * With an argument, which it is given when all runs on one CPU, it says so. */
#include "bench.h"

enum { ROUNDS = 20000 / BENCH_LESS, BROADCASTS = 3000 / BENCH_LESS, WOKEN = 8 };

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

static side_cond begun = SIDE_COND_INIT, done = SIDE_COND_INIT;
static unsigned round_number, still; /* how many have not seen this round; under the mutex */
static bool inside;                  /* the broadcast is made with the mutex held */

static void *other_woken(void *argument)
{
    side_lock(&mutex);
    for (unsigned i = 1; i <= BROADCASTS; i++) {
        while (round_number < i)
            side_cond_wait(&begun, &mutex);
        if (--still == 0)
            side_cond_signal(&done);
    }
    side_unlock(&mutex);
    return argument;
}

static void broadcasts(void)
{
    for (unsigned i = 1; i <= BROADCASTS; i++) {
        side_lock(&mutex);
        while (still != 0)
            side_cond_wait(&done, &mutex);
        still = WOKEN;
        round_number = i;
        if (inside)
            side_cond_broadcast(&begun);
        side_unlock(&mutex);
        if (!inside)
            side_cond_broadcast(&begun);
    }
}

static double time_broadcasts(bool with_mutex)
{
    side_thread threads[WOKEN];
    round_number = still = 0;
    inside = with_mutex;
    uint64_t start = side_now();
    for (unsigned i = 0; i < WOKEN; i++)
        bench_need(side_spawn(&threads[i], other_woken, NULL, 0));
    broadcasts();
    for (unsigned i = 0; i < WOKEN; i++)
        side_join(threads[i]);
    return bench_each(side_now() - start, BROADCASTS);
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
    bench_report(argc > 1 ? "broadcast to 8 on one CPU, mutex held: until all had it (ns)"
                          : "broadcast to 8, mutex held: until all had it (ns)",
                 0, time_broadcasts(true));
    bench_report(argc > 1 ? "broadcast to 8 on one CPU, mutex free: until all had it (ns)"
                          : "broadcast to 8, mutex free: until all had it (ns)",
                 0, time_broadcasts(false));
    return 0;
}
