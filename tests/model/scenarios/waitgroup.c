/* Waitgroups: nobody passes before all is done; a group is used again while others still leave. */
#include "model.h"

static thrum_waitgroup group;
static unsigned done, did[MODEL_THREADS];

static void begin_one(void)
{
    thrum_waitgroup_add(&group, 1);
}

static void begin_two(void)
{
    thrum_waitgroup_add(&group, 2);
}

static void work(void)
{
    model_accesses(&did[model_self()]);
    done++;
    thrum_waitgroup_done(&group);
}

static void look_at_all(void)
{
    CHECK(done >= 2);
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        model_reads(&did[i]);
}

static void wait_for_two(void)
{
    thrum_waitgroup_wait(&group);
    look_at_all();
}

static void wait_timed(void)
{
    if (thrum_waitgroup_wait_until(&group, MODEL_LATER) == THRUM_OK)
        look_at_all();
}

SCENARIO(waitgroup_two, .setup = begin_two, .threads = { wait_for_two, work, work });
SCENARIO(waitgroup_two_wait, .setup = begin_two,
         .threads = { wait_for_two, wait_for_two, work, work });
SCENARIO(waitgroup_timed, .setup = begin_two, .threads = { wait_timed, work, work });
SCENARIO(waitgroup_timed_and_not, .setup = begin_two,
         .threads = { wait_timed, wait_for_two, work, work });

/* A waiter of the first use may be late: it passes all the same, into the second or after it. */
static void wait(void)
{
    thrum_waitgroup_wait(&group);
    CHECK(done >= 1);
}

static void work_and_again(void)
{
    work();
    thrum_waitgroup_add(&group, 1);
    model_pause("works");
    work();
}

/* Whoever was seen asleep before the first use ended is through, though a second never ends. */
static void work_and_never_end(void)
{
    model_pause("goes on");
    if (!model_sleeps(0))
        model_done();
    work();
    thrum_waitgroup_add(&group, 1);
}

SCENARIO(waitgroup_again, .setup = begin_one, .threads = { wait, wait, work_and_again });
SCENARIO(waitgroup_passes_into_next, .setup = begin_one, .threads = { wait, work_and_never_end });

static struct box {
    thrum_waitgroup group;
} * box;

static void make(void)
{
    box = model_alloc(sizeof *box);
    thrum_waitgroup_add(&box->group, 2);
}

static void end_one(void)
{
    thrum_waitgroup_done(&box->group);
}

static void wait_and_free(void)
{
    thrum_waitgroup_wait(&box->group);
    model_free(box);
}

static void try_and_free(void)
{
    if (thrum_waitgroup_wait_until(&box->group, MODEL_LATER) == THRUM_OK)
        model_free(box);
}

SCENARIO(waitgroup_freed, .setup = make, .threads = { end_one, end_one, wait_and_free });
SCENARIO(waitgroup_freed_timed, .setup = make, .threads = { end_one, end_one, try_and_free });
