/* Semaphores: counts, wakes, and memory that goes after the last post was taken. */
#include "model.h"

static thrum_sem sem;
static unsigned taken;

static void take(void)
{
    thrum_sem_wait(&sem);
    taken++;
}

static void take_timed(void)
{
    if (thrum_sem_wait_until(&sem, MODEL_LATER) == THRUM_OK)
        taken++;
}

static void try_take(void)
{
    if (thrum_sem_try_wait(&sem))
        taken++;
}

static void post_one(void)
{
    thrum_sem_post(&sem, 1);
}

static void post_two(void)
{
    thrum_sem_post(&sem, 2);
}

static void post_twice(void)
{
    thrum_sem_post(&sem, 1);
    thrum_sem_post(&sem, 1);
}

static void post_and_take(void)
{
    thrum_sem_post(&sem, 1);
    take_timed();
    thrum_sem_post(&sem, 2);
}

static void two_given(void)
{
    CHECK(taken + (sem.private_word & THRUM_SEM_MAX) == 2);
}

static void two_taken(void)
{
    CHECK(taken == 2);
    two_given();
}

SCENARIO(sem_two_of_two, .threads = { take, take, post_two }, .finish = two_taken);
SCENARIO(sem_two_posts, .threads = { take, take, post_twice }, .finish = two_taken);
SCENARIO(sem_two_posters, .threads = { take, take, post_one, post_one }, .finish = two_taken);
SCENARIO(sem_timed, .threads = { take, take_timed, post_twice }, .finish = two_given);
SCENARIO(sem_two_timed, .threads = { take_timed, take_timed, post_two }, .finish = two_given);
SCENARIO(sem_timed_between, .threads = { take, take_timed, post_one, post_one },
         .finish = two_given);
SCENARIO(sem_try, .threads = { take, try_take, post_one, post_one }, .finish = two_given);
SCENARIO(sem_barging, .threads = { take, post_and_take, take_timed });

/* A semaphore used once as a lock: whoever took may free it. */
static thrum_sem *given;
static unsigned with_it;

static void make(void)
{
    given = model_alloc(sizeof *given);
}

static void give(void)
{
    model_accesses(&with_it);
    thrum_sem_post(given, 1);
}

static void take_and_free(void)
{
    thrum_sem_wait(given);
    model_accesses(&with_it);
    model_free(given);
}

SCENARIO(sem_freed_by_taker, .setup = make, .threads = { give, take_and_free });
