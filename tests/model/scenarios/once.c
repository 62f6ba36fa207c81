/* Once: one run, and nobody returns before it has ended. */
#include "model.h"

static thrum_once once;
static unsigned runs;
static bool ended;

static void run(void *argument)
{
    (void)argument;
    CHECK(runs++ == 0);
    model_pause("runs");
    model_accesses(&ended);
    ended = true;
}

static void call(void)
{
    thrum_once_run(&once, run, NULL);
    model_reads(&ended);
    CHECK(ended);
}

static void call_twice(void)
{
    call();
    call();
}

static void ran(void)
{
    CHECK(runs == 1);
}

SCENARIO(once_two, .threads = { call_twice, call_twice }, .finish = ran);
SCENARIO(once_three, .threads = { call, call, call }, .finish = ran);
SCENARIO(once_four, .threads = { call, call, call, call }, .finish = ran);

static struct box {
    thrum_once once;
    unsigned users;
} * box;

static void make(void)
{
    box = model_alloc(sizeof *box);
    box->users = 2;
}

/* The count is the scenario's own, and no step: whoever returns last frees. */
static void call_and_free(void)
{
    thrum_once_run(&box->once, run, NULL);
    CHECK(ended);
    if (--box->users == 0)
        model_free(box);
}

SCENARIO(once_freed, .setup = make, .threads = { call_and_free, call_and_free });

/* Whoever did not run it knows of the one that did that it is over, and frees. */
static unsigned runner;

static void tell_runner(void *argument)
{
    (void)argument;
    runner = model_self();
}

static void call_first(void)
{
    thrum_once_run(&box->once, tell_runner, NULL);
}

static void call_and_free_of_other(void)
{
    thrum_once_run(&box->once, tell_runner, NULL);
    if (runner == model_self())
        model_done();
    model_free(box);
}

SCENARIO(once_freed_of_other, .setup = make, .threads = { call_first, call_and_free_of_other });
