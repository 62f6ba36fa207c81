/* lock: a mutex that nobody else wants, before the first thread and beside a second one, which
 * sleeps. SPDX-License-Identifier: MIT */
#include "bench.h"

enum { TURNS = 20000000 / BENCH_LESS };

static side_mutex mutex = SIDE_MUTEX_INIT;
static side_rwlock rwlock = SIDE_RWLOCK_INIT;
static side_sem stop;

static double lock_and_unlock(void)
{
    uint64_t start = side_now();
    for (unsigned i = 0; i < TURNS; i++) {
        side_lock(&mutex);
        bench_barrier();
        side_unlock(&mutex);
        bench_barrier();
    }
    return bench_each(side_now() - start, TURNS);
}

static double read_lock_and_unlock(void)
{
    uint64_t start = side_now();
    for (unsigned i = 0; i < TURNS / 2; i++) {
        side_read_lock(&rwlock);
        bench_barrier();
        side_read_unlock(&rwlock);
        bench_barrier();
    }
    return bench_each(side_now() - start, TURNS / 2);
}

static void *sleep_until_stopped(void *argument)
{
    side_sem_wait(&stop);
    return argument;
}

int main(void)
{
    side_thread thread;
    side_sem_make(&stop);
    lock_and_unlock(); /* the CPU's clock rises */
    bench_report("lock+unlock, no second thread yet (ns)", 0, lock_and_unlock());
    bench_need(side_spawn(&thread, sleep_until_stopped, NULL, 0));
    side_sleep(20000000);
    bench_report("lock+unlock, a second thread asleep (ns)", 0, lock_and_unlock());
    bench_report("read lock+unlock, a second thread asleep (ns)", 0, read_lock_and_unlock());
    side_sem_post(&stop);
    side_join(thread);
    return 0;
}
