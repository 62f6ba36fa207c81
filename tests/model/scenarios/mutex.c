/* Mutexes: exclusion, no lost wake-up, memory that goes when the last holder knows it may. */
#include "model.h"

static thrum_mutex mutex;
static thrum_recursive_mutex recursive;
static unsigned inside, turns;

static void enter(void)
{
    model_accesses(&inside);
    CHECK(inside++ == 0);
    model_pause("is inside");
    CHECK(inside-- == 1);
    turns++;
}

static void lock(void)
{
    thrum_mutex_lock(&mutex);
    enter();
    thrum_mutex_unlock(&mutex);
}

static void lock_twice(void)
{
    lock();
    lock();
}

static void lock_timed(void)
{
    if (thrum_mutex_lock_until(&mutex, MODEL_LATER) != THRUM_OK)
        return;
    enter();
    thrum_mutex_unlock(&mutex);
}

static void try_lock(void)
{
    if (!thrum_mutex_try_lock(&mutex))
        return;
    enter();
    thrum_mutex_unlock(&mutex);
}

static void is_free(void)
{
    CHECK(inside == 0);
    CHECK((mutex.private_word & 0x7fffffff) == 0);
}

static void three_turns(void)
{
    is_free();
    CHECK(turns == 3);
}

SCENARIO(mutex_two, .threads = { lock_twice, lock_twice }, .finish = is_free, .spins = 1);
SCENARIO(mutex_spin, .threads = { lock, lock, lock_timed }, .finish = is_free, .spins = 2);
SCENARIO(mutex_three, .threads = { lock, lock, lock }, .finish = three_turns);
SCENARIO(mutex_three_twice, .threads = { lock_twice, lock, lock_twice }, .finish = is_free);
SCENARIO(mutex_timed, .threads = { lock, lock_timed, lock }, .finish = is_free);
SCENARIO(mutex_two_timed, .threads = { lock, lock_timed, lock_timed }, .finish = is_free);
SCENARIO(mutex_two_timed_of_four, .threads = { lock, lock_timed, lock_timed, lock },
         .finish = is_free);
SCENARIO(mutex_try, .threads = { lock, try_lock, lock_timed }, .finish = is_free);

/* The last of them to have had it frees it. */
static struct box {
    thrum_mutex mutex;
    unsigned users;
} * box;

static void make_two(void)
{
    box = model_alloc(sizeof *box);
    box->users = 2;
}

static void make_three(void)
{
    make_two();
    box->users = 3;
}

static void use_box(void)
{
    thrum_mutex_lock(&box->mutex);
    bool last = --box->users == 0;
    thrum_mutex_unlock(&box->mutex);
    if (last)
        model_free(box);
}

SCENARIO(mutex_freed_by_last, .setup = make_two, .threads = { use_box, use_box });
SCENARIO(mutex_freed_by_last_of_three, .setup = make_three,
         .threads = { use_box, use_box, use_box });

static void lock_recursive(void)
{
    thrum_recursive_mutex_lock(&recursive);
    thrum_recursive_mutex_lock(&recursive);
    enter();
    thrum_recursive_mutex_unlock(&recursive);
    enter();
    thrum_recursive_mutex_unlock(&recursive);
}

static void lock_recursive_timed(void)
{
    if (thrum_recursive_mutex_lock_until(&recursive, MODEL_LATER) != THRUM_OK)
        return;
    CHECK(thrum_recursive_mutex_depth(&recursive) == 1);
    enter();
    thrum_recursive_mutex_unlock(&recursive);
}

SCENARIO(mutex_recursive, .threads = { lock_recursive, lock_recursive, lock_recursive_timed });
