/* Conditions: first come, first woken; a signal goes to none that came after it, and is not lost to
 * one that times out; a broadcast wakes all who wait; then the memory may go. */
#include "model.h"

static thrum_mutex mutex;
static thrum_cond cond;
static unsigned ticket, woken_order[4], woken, timed_out, given;
static bool ready;

/* Waits once, without a predicate: no wait returns without cause. */
static thrum_status wait_once(thrum_time deadline)
{
    thrum_mutex_lock(&mutex);
    unsigned mine = ticket++;
    thrum_status status = thrum_cond_wait_until(&cond, &mutex, deadline);
    CHECK(status == THRUM_TIMED_OUT || given > 0);
    if (status == THRUM_TIMED_OUT)
        timed_out++;
    else
        woken_order[woken++] = mine;
    thrum_mutex_unlock(&mutex);
    return status;
}

static void wait(void)
{
    (void)wait_once(THRUM_FOREVER);
}

static void wait_timed(void)
{
    (void)wait_once(MODEL_LATER);
}

/* Only schedules in which `count` wait by now. */
static void when_waiting(unsigned count)
{
    thrum_mutex_lock(&mutex);
    if (ticket < count)
        model_done();
}

static void signal(void)
{
    given++;
    thrum_cond_signal(&cond);
}

static void signal_two(void)
{
    when_waiting(2);
    thrum_mutex_unlock(&mutex);
    signal();
    signal();
}

static void signal_three(void)
{
    when_waiting(3);
    thrum_mutex_unlock(&mutex);
    signal();
    signal();
    signal();
}

static void signal_two_inside(void)
{
    when_waiting(2);
    signal();
    signal();
    thrum_mutex_unlock(&mutex);
}

static void broadcast_to_two(void)
{
    when_waiting(2);
    thrum_mutex_unlock(&mutex);
    given++;
    thrum_cond_broadcast(&cond);
}

static void broadcast_to_three(void)
{
    when_waiting(3);
    given++;
    thrum_cond_broadcast(&cond);
    thrum_mutex_unlock(&mutex);
}

static void all_woken(void)
{
    CHECK(woken == ticket);
}

static void all_returned(void)
{
    CHECK(woken + timed_out == ticket);
}

static void broadcast_to_two_inside(void)
{
    when_waiting(2);
    given++;
    thrum_cond_broadcast(&cond);
    thrum_mutex_unlock(&mutex);
}

/* Takes the mutex, which a broadcast may find held, and sets it free while waiters are moved there. */
static unsigned locked;

static void lock(void)
{
    thrum_mutex_lock(&mutex);
    locked++;
    thrum_mutex_unlock(&mutex);
}

SCENARIO(cond_signal_two, .threads = { wait, wait, signal_two }, .finish = all_woken);
SCENARIO(cond_signal_two_inside, .threads = { wait, wait, signal_two_inside }, .finish = all_woken);
SCENARIO(cond_signal_three, .threads = { wait, wait, wait, signal_three }, .finish = all_woken);
SCENARIO(cond_broadcast_two, .threads = { wait, wait, broadcast_to_two }, .finish = all_woken);
SCENARIO(cond_broadcast_three, .threads = { wait, wait, wait, broadcast_to_three },
         .finish = all_woken);
SCENARIO(cond_broadcast_two_inside, .threads = { wait, wait, broadcast_to_two_inside },
         .finish = all_woken);
SCENARIO(cond_broadcast_two_and_lock, .threads = { wait, wait, broadcast_to_two, lock },
         .finish = all_woken);
SCENARIO(cond_broadcast_two_inside_and_lock,
         .threads = { wait, wait, broadcast_to_two_inside, lock }, .finish = all_woken);
SCENARIO(cond_broadcast_two_woken, .threads = { wait, wait, broadcast_to_two }, .finish = all_woken,
         .never_moves = true);
SCENARIO(cond_broadcast_three_woken, .threads = { wait, wait, wait, broadcast_to_three },
         .finish = all_woken, .never_moves = true);
SCENARIO(cond_broadcast_timed, .threads = { wait, wait_timed, broadcast_to_two },
         .finish = all_returned);
SCENARIO(cond_broadcast_two_timed, .threads = { wait_timed, wait_timed, broadcast_to_two },
         .finish = all_returned);

/* One signal, and two that wait, of whom one may time out: the other is woken, unless the signal
 * came before the time-out. */
static void signal_one_of_two(void)
{
    when_waiting(2);
    thrum_mutex_unlock(&mutex);
    signal();
}

static bool one_had_it(void)
{
    return woken == 1;
}

static void one_woken(void)
{
    CHECK(woken == 1 && timed_out == 1);
}

SCENARIO(cond_signal_or_deadline, .threads = { wait, wait_timed, signal_one_of_two },
         .finish = one_woken, .stuck = one_had_it);
SCENARIO(cond_signal_or_two_deadlines, .threads = { wait_timed, wait_timed, signal_one_of_two },
         .finish = all_returned);

/* Of those that wait when it is signalled the first is woken, and nobody who comes later. */
static void signal_first(void)
{
    when_waiting(1);
    unsigned waiting = ticket;
    signal();
    thrum_mutex_unlock(&mutex);
    model_pause("goes on");
    thrum_mutex_lock(&mutex);
    CHECK(woken == 0 || woken_order[0] < waiting);
    thrum_mutex_unlock(&mutex);
}

static bool first_had_it(void)
{
    return woken == 1 && woken_order[0] == 0;
}

static void first_woken(void)
{
    CHECK(woken == 0 || woken_order[0] == 0);
}

SCENARIO(cond_order_two, .threads = { wait, wait, signal_first }, .finish = first_woken,
         .stuck = first_had_it);
SCENARIO(cond_order_three, .threads = { wait, wait, wait, signal_first }, .finish = first_woken,
         .stuck = first_had_it);

/* As programs use it. */
static void wait_ready(void)
{
    thrum_mutex_lock(&mutex);
    while (!ready)
        thrum_cond_wait(&cond, &mutex);
    thrum_mutex_unlock(&mutex);
}

static void wait_ready_timed(void)
{
    thrum_status status = THRUM_OK;
    thrum_mutex_lock(&mutex);
    while (!ready && status == THRUM_OK)
        status = thrum_cond_wait_until(&cond, &mutex, MODEL_LATER);
    thrum_mutex_unlock(&mutex);
}

static void make_ready(void)
{
    thrum_mutex_lock(&mutex);
    ready = true;
    thrum_mutex_unlock(&mutex);
    thrum_cond_broadcast(&cond);
}

static void make_ready_and_signal(void)
{
    thrum_mutex_lock(&mutex);
    ready = true;
    thrum_cond_signal(&cond);
    thrum_mutex_unlock(&mutex);
}

SCENARIO(cond_ready_one, .threads = { wait_ready, make_ready_and_signal });
SCENARIO(cond_ready_all, .threads = { wait_ready, wait_ready, make_ready });
SCENARIO(cond_ready_timed, .threads = { wait_ready, wait_ready_timed, make_ready });

/* The condition's memory goes when a broadcast has returned; the waiters use the mutex only. */
static thrum_cond *gone;

static void make(void)
{
    gone = model_alloc(sizeof *gone);
}

static void wait_while_there(thrum_time deadline)
{
    thrum_status status = THRUM_OK;
    thrum_mutex_lock(&mutex);
    if (!ready)
        status = thrum_cond_wait_until(gone, &mutex, deadline);
    CHECK(ready || status == THRUM_TIMED_OUT);
    thrum_mutex_unlock(&mutex);
}

static void wait_on_gone(void)
{
    wait_while_there(THRUM_FOREVER);
}

static void wait_on_gone_timed(void)
{
    wait_while_there(MODEL_LATER);
}

static void broadcast_and_free(void)
{
    thrum_mutex_lock(&mutex);
    ready = true;
    thrum_mutex_unlock(&mutex);
    thrum_cond_broadcast(gone);
    model_free(gone);
}

SCENARIO(cond_freed, .setup = make, .threads = { wait_on_gone, broadcast_and_free });
SCENARIO(cond_freed_timed, .setup = make, .threads = { wait_on_gone_timed, broadcast_and_free });
SCENARIO(cond_freed_two, .setup = make,
         .threads = { wait_on_gone, wait_on_gone_timed, broadcast_and_free });

/* The mutex's memory goes when the last waiter has unlocked it, though the broadcast may not have
 * returned: its caller names the condition alone. */
static thrum_mutex *gone_mutex;
static unsigned users;

static void make_mutex(void)
{
    gone_mutex = model_alloc(sizeof *gone_mutex);
    users = 2;
}

static void wait_and_free_mutex(thrum_time deadline)
{
    thrum_mutex_lock(gone_mutex);
    (void)thrum_cond_wait_until(&cond, gone_mutex, deadline);
    bool last = --users == 0;
    thrum_mutex_unlock(gone_mutex);
    if (last)
        model_free(gone_mutex);
}

static void wait_for_gone_mutex(void)
{
    wait_and_free_mutex(THRUM_FOREVER);
}

static void wait_for_gone_mutex_timed(void)
{
    wait_and_free_mutex(MODEL_LATER);
}

static void broadcast_to_queue_of_two(void)
{
    model_pause("looks");
    if (cond.private_first == NULL || cond.private_first == cond.private_last)
        model_done();
    thrum_cond_broadcast(&cond);
}

SCENARIO(cond_mutex_freed, .setup = make_mutex,
         .threads = { wait_for_gone_mutex, wait_for_gone_mutex, broadcast_to_queue_of_two });
SCENARIO(cond_mutex_freed_timed, .setup = make_mutex,
         .threads = { wait_for_gone_mutex, wait_for_gone_mutex_timed, broadcast_to_queue_of_two });

/* A second wait, on another condition, follows the first at once: what the first broadcast still does
 * with the node has nothing to do with it. */
static thrum_cond second;
static unsigned second_tickets, second_woken, second_due;

static void wait_twice(void)
{
    wait();
    thrum_mutex_lock(&mutex);
    second_tickets++;
    thrum_cond_wait(&second, &mutex);
    second_woken++;
    thrum_mutex_unlock(&mutex);
}

static void broadcast_second(void)
{
    thrum_mutex_lock(&mutex);
    second_due = second_tickets;
    thrum_cond_broadcast(&second);
    thrum_mutex_unlock(&mutex);
}

static void broadcast_both(void)
{
    broadcast_to_two();
    broadcast_second();
}

static void broadcast_second_if_due(void)
{
    model_pause("looks");
    if (second_tickets == 0)
        model_done();
    broadcast_second();
}

static bool only_later_ones_wait(void)
{
    return woken == 2 && second_woken >= second_due;
}

SCENARIO(cond_waits_again, .threads = { wait_twice, wait, broadcast_both },
         .stuck = only_later_ones_wait, .finish = all_woken);
SCENARIO(cond_waits_again_meanwhile,
         .threads = { wait_twice, wait, broadcast_to_two, broadcast_second_if_due },
         .stuck = only_later_ones_wait, .finish = all_woken);

/* The broadcaster is kept from its CPU for ever, in between: whoever else wants the mutex has it. */
static bool lockers_had_it(void)
{
    return locked == 2;
}

SCENARIO(cond_broadcaster_stops, .threads = { wait, wait, broadcast_to_two, lock, lock },
         .stuck = lockers_had_it, .finish = all_woken, .stops_moving = true, .quiet = true,
         .bound = 2);

/* More than is promised, but meant (docs/design.md): who was signalled, and knows that nobody else
 * is there, may free it though the signaller's call has not returned. */
static void wait_and_free(void)
{
    wait_while_there(THRUM_FOREVER);
    model_free(gone);
}

static void signal_gone(void)
{
    thrum_mutex_lock(&mutex);
    ready = true;
    if (gone->private_first == NULL) /* it would not wait at all */
        model_done();
    thrum_mutex_unlock(&mutex);
    thrum_cond_signal(gone);
}

SCENARIO(cond_freed_by_signalled, .setup = make, .threads = { wait_and_free, signal_gone });
