/* Barriers: nobody goes on before all are there, one of a round is told so, rounds do not mix. */
#include "model.h"

static thrum_barrier two = THRUM_BARRIER_INIT(2), three = THRUM_BARRIER_INIT(3);
static unsigned came[3], last_ones[3], did[3][MODEL_THREADS];

static void round_of(thrum_barrier *barrier, unsigned round, unsigned size)
{
    model_accesses(&did[round][model_self()]);
    came[round]++;
    if (thrum_barrier_wait(barrier))
        last_ones[round]++;
    CHECK(came[round] == size);
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        model_reads(&did[round][i]);
}

static void two_rounds(void)
{
    round_of(&two, 0, 2);
    round_of(&two, 1, 2);
}

static void three_rounds(void)
{
    two_rounds();
    round_of(&two, 2, 2);
}

static void round_of_three(void)
{
    round_of(&three, 0, 3);
}

static void two_rounds_of_three(void)
{
    round_of_three();
    round_of(&three, 1, 3);
}

static void one_last_in_three(void)
{
    CHECK(last_ones[0] == 1);
}

static void one_last_each(void)
{
    CHECK(last_ones[0] == 1 && last_ones[1] == 1 && last_ones[2] < 2);
}

SCENARIO(barrier_two, .threads = { two_rounds, two_rounds }, .finish = one_last_each);
SCENARIO(barrier_three_rounds, .threads = { three_rounds, three_rounds }, .finish = one_last_each);
SCENARIO(barrier_three, .threads = { round_of_three, round_of_three, round_of_three },
         .finish = one_last_in_three);
SCENARIO(barrier_three_again,
         .threads = { two_rounds_of_three, two_rounds_of_three, two_rounds_of_three },
         .finish = one_last_each);

/* More threads than a round has: two rounds of two, whoever they are. */
static unsigned returned, told;

static void any_two(void)
{
    told += thrum_barrier_wait(&two);
    returned++;
}

static void two_told(void)
{
    CHECK(returned == 4 && told == 2);
}

SCENARIO(barrier_four_for_two, .threads = { any_two, any_two, any_two, any_two },
         .finish = two_told);

static struct box {
    thrum_barrier barrier;
    unsigned users;
} * box;

static void make(void)
{
    box = model_alloc(sizeof *box);
    box->barrier = (thrum_barrier)THRUM_BARRIER_INIT(2);
    box->users = 2;
}

static void meet_and_free(void)
{
    (void)thrum_barrier_wait(&box->barrier);
    if (--box->users == 0)
        model_free(box);
}

SCENARIO(barrier_freed_by_last, .setup = make, .threads = { meet_and_free, meet_and_free });
