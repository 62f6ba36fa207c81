/* Events: a set lets through all who then wait, even if a reset follows at once. */
#include "model.h"

static thrum_event event;
static unsigned passed;
static bool done;

static void wait(void)
{
    thrum_event_wait(&event);
    passed++;
}

/* Whoever was seen asleep before the set is let through by it. */
static void pulse_when_both_wait(void)
{
    model_pause("goes on");
    if (!model_sleeps(0) || !model_sleeps(1))
        model_done();
    thrum_event_set(&event);
    thrum_event_reset(&event);
}

static void pulse_when_first_waits(void)
{
    model_pause("goes on");
    if (!model_sleeps(0))
        model_done();
    thrum_event_set(&event);
    thrum_event_reset(&event);
}

static void set(void)
{
    if (!done) /* by the first of them */
        model_accesses(&done);
    done = true;
    thrum_event_set(&event);
}

static void reset(void)
{
    thrum_event_reset(&event);
}

static void set_twice(void)
{
    thrum_event_set(&event);
    thrum_event_reset(&event);
    thrum_event_set(&event);
}

static void wait_for_done(void)
{
    thrum_event_wait(&event);
    model_reads(&done);
    CHECK(done);
}

static void wait_timed(void)
{
    if (thrum_event_wait_until(&event, MODEL_LATER) == THRUM_OK)
        CHECK(done);
}

static void wait_timed_any(void)
{
    (void)thrum_event_wait_until(&event, MODEL_LATER);
}

static void both_passed(void)
{
    CHECK(passed == 2);
}

static bool is_closed(void)
{
    return !(event.private_word & 1);
}

SCENARIO(event_set, .threads = { wait_for_done, wait_timed, set });
SCENARIO(event_set_and_reset, .threads = { wait, wait, pulse_when_both_wait },
         .finish = both_passed);
SCENARIO(event_reset_with_timed, .threads = { wait, wait_timed_any, pulse_when_first_waits });
SCENARIO(event_set_reset_set, .threads = { wait, wait, set_twice }, .finish = both_passed);
SCENARIO(event_two_setters, .threads = { wait, wait_timed, set, set });
SCENARIO(event_reset_by_other, .threads = { wait, wait_timed_any, set, reset }, .stuck = is_closed);

static thrum_event *gate;

static void make(void)
{
    gate = model_alloc(sizeof *gate);
}

static void open_gate(void)
{
    thrum_event_set(gate);
}

static void pass_and_free(void)
{
    thrum_event_wait(gate);
    model_free(gate);
}

static void look_and_free(void)
{
    if (thrum_event_is_set(gate))
        model_free(gate);
}

SCENARIO(event_freed_by_waiter, .setup = make, .threads = { open_gate, pass_and_free });
SCENARIO(event_freed_by_looker, .setup = make, .threads = { open_gate, look_and_free });
