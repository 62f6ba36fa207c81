/* Events: the gate, and who passes it. */
#include "../support/crew.h"
#include "../test.h"

_Static_assert(sizeof(thrum_event) <= 8, "sizes of api.md");

TEST(event_set_and_reset, 20)
{
    thrum_event event = THRUM_EVENT_INIT;
    for (uint32_t i = 0; i < 3; ++i) {
        CHECK(!thrum_event_is_set(&event));
        CHECK_EQ(thrum_event_wait_until(&event, 0), THRUM_TIMED_OUT);
        thrum_event_reset(&event); /* already */
        CHECK(!thrum_event_is_set(&event));
        thrum_event_set(&event);
        thrum_event_set(&event); /* already */
        CHECK(thrum_event_is_set(&event));
        thrum_event_wait(&event);
        thrum_event_wait(&event); /* it stays open */
        CHECK_EQ(thrum_event_wait_until(&event, 0), THRUM_OK);
        thrum_event_reset(&event);
    }
}

enum { WAITERS = 12 };

struct gate {
    thrum_event event;
    struct rally rally;
    uint32_t rounds;
    uint32_t passed;
    uint32_t payload; /* set before the gate opens */
    thrum_time until;
};

static void pass(struct member *member)
{
    struct gate *gate = member->shared;
    if (member->index % 2)
        thrum_event_wait(&gate->event);
    else
        CHECK_EQ(thrum_event_wait_until(&gate->event, (thrum_time)1 << 63), THRUM_OK);
    CHECK_EQ(gate->payload, 42);
    flag_add(&gate->passed, 1);
}

TEST(event_releases_all, 30)
{
    struct gate gate = { .payload = 0 };
    struct member members[WAITERS];
    crew_start(members, WAITERS, pass, &gate);
    for (uint32_t i = 0; i < WAITERS; ++i)
        until_member_asleep(&members[i]);
    CHECK_EQ(flag_get(&gate.passed), 0);
    gate.payload = 42;
    thrum_event_set(&gate.event);
    crew_join(members, WAITERS);
    CHECK_EQ(flag_get(&gate.passed), WAITERS);
}

/* Set, and reset before any of those that waited can have looked: they go all the same. */
TEST(event_set_then_reset_releases_all, 60)
{
    for (uint32_t round = 0; round < test_scale(100, 5); ++round) {
        struct gate gate = { .payload = 0 };
        struct member members[WAITERS], late;
        crew_start(members, WAITERS, pass, &gate);
        for (uint32_t i = 0; i < WAITERS; ++i)
            until_member_asleep(&members[i]);
        gate.payload = 42;
        thrum_event_set(&gate.event);
        thrum_event_reset(&gate.event);
        if (round % 16 == 0) { /* one that comes later waits */
            crew_start(&late, 1, pass, &gate);
            until_member_asleep(&late);
            CHECK(!thrum_event_is_set(&gate.event));
        }
        crew_join(members, WAITERS);
        if (round % 16 == 0) {
            CHECK_EQ(flag_get(&gate.passed), WAITERS);
            thrum_event_set(&gate.event);
            crew_join(&late, 1);
        }
    }
}

/* Pulses without a pause: those that wait when a pulse comes are through after it. Each round, all
 * waiters must pass, and none can stay for a later pulse, for there is none. */
static void pulse_member(struct member *member)
{
    struct gate *gate = member->shared;
    for (uint32_t i = 0; i < gate->rounds; ++i) {
        if (member->index == 0)
            flag_set(&gate->passed, 0);
        rally_meet(&gate->rally);
        if (member->index == 0) {
            if (thrum_now() > gate->until) /* a busy machine: the rest is let go of */
                gate->rounds = i + 1;
            while (flag_get(&gate->passed) < member->count - 1) {
                thrum_event_set(&gate->event);
                thrum_event_reset(&gate->event);
            }
        } else {
            thrum_time length = test_pick(&member->random, 50000);
            if (member->index % 2)
                thrum_event_wait(&gate->event);
            else
                (void)!thrum_event_wait_until(&gate->event, thrum_after(length));
            flag_add(&gate->passed, 1);
        }
        rally_meet(&gate->rally);
    }
}

TEST(event_pulse_stress, 60)
{
    struct gate gate = { .rally = { 5, 0, 0 }, .rounds = test_scale(4000, 40) };
    gate.until = thrum_after(test_run_ms(5000));
    crew_run(5, pulse_member, &gate);
}

/* Exactly one set after all are asleep or on their way there, then a reset: nobody may hang. */
struct announce {
    thrum_event event;
    struct rally rally;
    uint32_t rounds, about_to_wait;
};

static void announce_member(struct member *member)
{
    struct announce *shared = member->shared;
    for (uint32_t i = 0; i < shared->rounds; ++i) {
        rally_meet(&shared->rally);
        if (member->index == 0) {
            burn(test_pick(&member->random, 10000));
            thrum_event_set(&shared->event); /* stays open for this round */
        } else {
            thrum_event_wait(&shared->event);
        }
        rally_meet(&shared->rally);
        if (member->index == 0)
            thrum_event_reset(&shared->event);
        rally_meet(&shared->rally);
    }
}

TEST(event_set_against_waits_stress, 60)
{
    struct announce shared = { .rally = { 4, 0, 0 }, .rounds = test_scale(6000, 50) };
    crew_run(4, announce_member, &shared);
}

/* Field note 23: the count of sets wraps; a waiter from before is released all the same. */
TEST(event_count_wraps, 30)
{
    for (uint32_t before = 0; before < 3; ++before) {
        struct gate gate = { .event = { 0x7ffffffeu - 2 * before }, .payload = 42 };
        struct member members[3];
        CHECK(!thrum_event_is_set(&gate.event));
        crew_start(members, 3, pass, &gate);
        for (uint32_t i = 0; i < 3; ++i)
            until_member_asleep(&members[i]);
        for (uint32_t i = 0; i < 2; ++i) {
            thrum_event_set(&gate.event);
            CHECK(thrum_event_is_set(&gate.event));
            thrum_event_reset(&gate.event);
            CHECK(!thrum_event_is_set(&gate.event));
        }
        crew_join(members, 3);
        CHECK_EQ(thrum_event_wait_until(&gate.event, 0), THRUM_TIMED_OUT);
    }
}
