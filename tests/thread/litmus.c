/* Memory orders of a thread's life, as tests/sync/litmus.c for objects: what the spawner wrote before
 * the spawn, what the thread wrote before its end, its keys' destructors included. */
#include "../support/crew.h"
#include "../test.h"

enum { WORDS = 3, APART = 16 };

/* Plain, and in different cache lines. */
struct parcel {
    uint64_t words[WORDS * APART];
};

static void pack(struct parcel *parcel, uint64_t value)
{
    for (uint32_t i = 0; i < WORDS; ++i)
        parcel->words[i * APART] = value;
}

static bool holds(const struct parcel *parcel, uint64_t value)
{
    bool right = true;
    for (uint32_t i = 0; i < WORDS; ++i)
        right &= parcel->words[i * APART] == value;
    return right;
}

struct life {
    struct parcel there, back, last; /* last: by a destructor */
    uint64_t round;
    uint32_t exits; /* by thrum_exit */
    thrum_sem ended;
    thrum_tls_key inherited;
};

static uint32_t rounds(void)
{
    return test_scale_threads(4000, 200);
}

static thrum_tls_key litmus_key;

/* The last of the program's code that runs in a thread. */
static void write_last(void *value)
{
    struct life *life = value;
    pack(&life->last, life->round);
}

static void *live(void *argument)
{
    struct life *life = argument;
    bool right = holds(&life->there, life->round);
    thrum_tls_set(litmus_key, life);
    pack(&life->back, life->round);
    if (life->exits)
        thrum_exit(right ? life : NULL);
    return right ? life : NULL;
}

/* spawn orders the way there; join the way back, though it is asked early, or had a deadline. */
static thrum_thread *spawn_with(struct life *life, void *(*run)(void *argument), uint64_t round,
                                const thrum_spawn_options *options)
{
    thrum_thread *thread = NULL;
    life->round = round;
    life->exits = round % 2;
    pack(&life->there, round);
    CHECK_EQ(thrum_spawn(&thread, run, life, options), THRUM_OK);
    return thread;
}

static bool join_by(thrum_thread *thread, uint32_t way, const struct life *life)
{
    void *result = NULL;
    if (way == 0)
        return thrum_join(thread, &result) == THRUM_OK && result == life;
    while (thrum_join_until(thread, &result, thrum_after(way * 50000)) == THRUM_TIMED_OUT) {
    }
    return result == life;
}

TEST(litmus_spawn_and_join, 30)
{
    struct life life = { .round = 0 };
    uint64_t random = test_seed();
    uint32_t wrong = 0;
    CHECK_EQ(thrum_tls_alloc(&litmus_key, write_last, 0), THRUM_OK);
    for (uint64_t i = 1; i <= rounds(); ++i) {
        thrum_thread *thread = spawn_with(&life, live, i, NULL);
        if (!thread)
            break;
        burn(test_pick(&random, 20000));
        wrong += !join_by(thread, test_pick(&random, 3), &life);
        wrong += !holds(&life.back, i) || !holds(&life.last, i);
    }
    CHECK_EQ(wrong, 0);
    thrum_tls_free(litmus_key);
}

/* Of a detached thread nobody learns the end; what says that it has done its work is the program's own
 * post, here by the destructor, its last. */
static void post_last(void *value)
{
    struct life *life = value;
    pack(&life->last, life->round);
    thrum_sem_post(&life->ended, 1);
}

TEST(litmus_spawn_and_detach, 30)
{
    struct life life = { .round = 0 };
    uint32_t wrong = 0;
    CHECK_EQ(thrum_tls_alloc(&litmus_key, post_last, 0), THRUM_OK);
    for (uint64_t i = 1; i <= rounds(); ++i) {
        bool born_detached = i % 2;
        thrum_thread *thread =
            spawn_with(&life, live, i, &(thrum_spawn_options){ .detached = born_detached });
        if (!born_detached && (!thread || !CHECK_EQ(thrum_detach(thread), THRUM_OK)))
            break;
        thrum_sem_wait(&life.ended);
        wrong += !holds(&life.back, i) || !holds(&life.last, i);
    }
    CHECK_EQ(wrong, 0);
    thrum_tls_free(litmus_key);
}

/* A thread that is joined by another than its spawner, which learned the handle by plain means. */
struct relay {
    struct life life;
    thrum_thread *thread; /* plain: the spawn of the joiner orders it */
};

static void *join_for_other(void *argument)
{
    struct relay *relay = argument;
    bool right = join_by(relay->thread, relay->life.round % 3 == 0, &relay->life);
    right &= holds(&relay->life.back, relay->life.round);
    right &= holds(&relay->life.last, relay->life.round);
    return right ? relay : NULL;
}

TEST(litmus_join_by_another, 30)
{
    struct relay relay = { .thread = NULL };
    uint32_t wrong = 0;
    CHECK_EQ(thrum_tls_alloc(&litmus_key, write_last, 0), THRUM_OK);
    for (uint64_t i = 1; i <= rounds() / 2; ++i) {
        relay.thread = spawn_with(&relay.life, live, i, NULL);
        if (!relay.thread)
            break;
        wrong += test_join(test_spawn(join_for_other, &relay)) != &relay;
    }
    CHECK_EQ(wrong, 0);
    thrum_tls_free(litmus_key);
}

/* What an inherited value leads to. */
static void *read_inherited(void *argument)
{
    struct life *life = argument;
    const struct parcel *parcel = thrum_tls_get(life->inherited);
    return parcel && holds(parcel, life->round) ? life : NULL;
}

TEST(litmus_inherited_value, 30)
{
    struct life life = { .round = 0 };
    uint32_t wrong = 0;
    CHECK_EQ(thrum_tls_alloc(&life.inherited, NULL, THRUM_TLS_INHERIT), THRUM_OK);
    for (uint64_t i = 1; i <= rounds(); ++i) {
        pack(&life.last, i);
        thrum_tls_set(life.inherited, &life.last);
        thrum_thread *thread = spawn_with(&life, read_inherited, i, NULL);
        if (!thread)
            break;
        wrong += !join_by(thread, 0, &life);
    }
    CHECK_EQ(wrong, 0);
    thrum_tls_set(life.inherited, NULL);
    thrum_tls_free(life.inherited);
}
