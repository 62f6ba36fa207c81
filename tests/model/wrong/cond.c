/* A condition that is wrong on purpose, to see that the model finds it: a counter that each signal
 * moves on, and on which the waiters sleep. To count and to wake are two steps: one that begins to wait
 * between them sleeps on the new number, gets the wake that was meant for one who waited before, and
 * looks, and sleeps again; the other sleeps on. And of those that have read the number but do not
 * sleep yet, one signal lets all go. */
#include "model.h"

static thrum_mutex mutex;
static thrum_cond right;
static uint32_t wrong;
static bool is_wrong; /* which of the two is used */
static unsigned tickets, woken, timed_out, given;
static bool first_waits;

static thrum_status wrong_wait_until(thrum_time deadline)
{
    const uint32_t seen = __atomic_load_n(&wrong, __ATOMIC_ACQUIRE);
    thrum_status status = THRUM_OK;
    thrum_mutex_unlock(&mutex);
    while (__atomic_load_n(&wrong, __ATOMIC_ACQUIRE) == seen && status == THRUM_OK)
        status = thrum_os_wait(&wrong, seen, deadline);
    thrum_mutex_lock(&mutex);
    return status;
}

static void wrong_signal(void)
{
    __atomic_fetch_add(&wrong, 1, __ATOMIC_RELEASE);
    thrum_os_wake(&wrong, 1);
}

static void use_wrong(void)
{
    is_wrong = true;
}

static void wait_until(thrum_time deadline)
{
    tickets++;
    thrum_status status =
        is_wrong ? wrong_wait_until(deadline) : thrum_cond_wait_until(&right, &mutex, deadline);
    if (status == THRUM_OK)
        woken++;
    else
        timed_out++;
    CHECK(woken <= given);
}

static void wait(void)
{
    thrum_mutex_lock(&mutex);
    first_waits = true;
    wait_until(THRUM_FOREVER);
    thrum_mutex_unlock(&mutex);
}

static void wait_in_time(void)
{
    thrum_mutex_lock(&mutex);
    wait_until(MODEL_LATER);
    thrum_mutex_unlock(&mutex);
}

static void signal(void)
{
    given++;
    thrum_mutex_unlock(&mutex);
    if (is_wrong)
        wrong_signal();
    else
        thrum_cond_signal(&right);
}

/* Only schedules in which the one that has no deadline waits already. */
static void signal_when_first_waits(void)
{
    thrum_mutex_lock(&mutex);
    if (!first_waits)
        model_done();
    signal();
}

static void signal_when_both_wait(void)
{
    thrum_mutex_lock(&mutex);
    if (tickets < 2)
        model_done();
    signal();
}

/* The signal has been had by one that waited when it was given; the other waits for the next. */
static bool one_had_it(void)
{
    return woken == 1;
}

static void at_most_one_had_it(void)
{
    CHECK(woken + timed_out == tickets && woken <= 1);
}

SCENARIO(wrong_cond_wakes_a_later_one, .setup = use_wrong,
         .threads = { wait, wait_in_time, signal_when_first_waits }, .finish = at_most_one_had_it,
         .stuck = one_had_it, .finds = "sleeps for ever");
SCENARIO(wrong_cond_wakes_two, .setup = use_wrong, .threads = { wait, wait, signal_when_both_wait },
         .finish = at_most_one_had_it, .stuck = one_had_it, .finds = "woken <= given");
/* The same threads, and nothing to be found. */
SCENARIO(wrong_cond_if_it_were_right, .threads = { wait, wait_in_time, signal_when_first_waits },
         .finish = at_most_one_had_it, .stuck = one_had_it);
SCENARIO(wrong_cond_if_right_wakes_one, .threads = { wait, wait, signal_when_both_wait },
         .finish = at_most_one_had_it, .stuck = one_had_it);
