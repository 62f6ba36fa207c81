/* Signals: they interrupt no wait, and what a handler may call works there (field notes 20, 28). */
#include "../support/blocking.h"
#include "../support/crew.h"
#include "../support/system.h"
#include "../test.h"

static uint32_t handled;

static void count_signal(int signal)
{
    (void)signal;
    flag_add(&handled, 1);
}

/* --- every wait, through a storm -------------------------------------------------------------- */

struct storm {
    const struct blocking *call;
    struct blocking_object object;
    thrum_time deadline;
    uint32_t returned;
    thrum_status status;
};

static void wait_in_storm(struct member *member)
{
    struct storm *storm = member->shared;
    storm->status = THRUM_OK;
    if (storm->call->wait)
        storm->call->wait(&storm->object);
    else
        storm->status = storm->call->wait_until(&storm->object, storm->deadline);
    flag_set(&storm->returned, 1);
}

enum { LEAST_SIGNALS = 3 };

/* Sends until it has returned, or the time is over and a few were handled. */
static void send_until(struct storm *storm, uint64_t id, thrum_time end)
{
    uint32_t before = flag_get(&handled);
    thrum_time last_end = end + test_ms(3000);
    while (!flag_get(&storm->returned)) {
        bool enough = flag_get(&handled) - before >= LEAST_SIGNALS;
        if (test_late(enough ? end : last_end))
            break;
        system_signal(id, SYSTEM_SIGNAL_A);
        thrum_sleep_until(thrum_after(20000));
    }
}

static void check_storm(const struct blocking *call)
{
    struct storm storm = { .call = call, .deadline = (thrum_time)1 << 63 };
    struct member member;
    uint32_t before = flag_get(&handled);
    call->close(&storm.object);
    crew_start(&member, 1, wait_in_storm, &storm);
    until_member_asleep(&member);
    send_until(&storm, member.id, thrum_after(test_run_ms(25)));
    if (!CHECK_EQ(flag_get(&storm.returned), 0))
        test_note("%s returned early", call->name);
    CHECK(flag_get(&handled) - before >= LEAST_SIGNALS);
    call->open(&storm.object);
    crew_join(&member, 1);
    CHECK_EQ(storm.status, THRUM_OK);
}

static void storm_all(unsigned flags)
{
    CHECK(system_handle(SYSTEM_SIGNAL_A, count_signal, flags));
    for (uint32_t i = 0; i < blocking_count; ++i)
        check_storm(&blocking_calls[i]);
    CHECK(system_handle(SYSTEM_SIGNAL_A, NULL, 0));
}

TEST(signals_end_no_wait, 60)
{
    storm_all(0);
}

TEST(restarting_signals_end_no_wait, 60)
{
    if (test_skip_under(SYSTEM_THREAD_SANITIZER,
                        "ThreadSanitizer lets handlers wait for the next call of the libc"))
        return;
    storm_all(SYSTEM_RESTART);
}

/* A storm neither ends a timed wait early nor keeps it going. */
static void check_timed_storm(const struct blocking *call)
{
    struct storm storm = { .call = call };
    struct member member;
    call->close(&storm.object);
    storm.deadline = thrum_after(25000000);
    crew_start(&member, 1, wait_in_storm, &storm);
    until_member_asleep(&member);
    send_until(&storm, member.id, storm.deadline + test_ms(2000));
    thrum_time end = thrum_now();
    bool good = CHECK_EQ(flag_get(&storm.returned), 1);
    good &= CHECK(end >= storm.deadline);
    good &= CHECK_EQ(storm.status, THRUM_TIMED_OUT);
    if (!good)
        test_note("%s in a storm", call->name);
    call->open(&storm.object);
    test_join(member.thread);
    if (call->wait_until && storm.object.helper) /* join: still to be joined */
        CHECK_EQ(thrum_join(storm.object.helper, NULL), THRUM_OK);
}

TEST(signals_move_no_deadline, 60)
{
    CHECK(system_handle(SYSTEM_SIGNAL_A, count_signal, 0));
    for (uint32_t i = 0; i < blocking_count; ++i) {
        if (blocking_calls[i].wait_until)
            check_timed_storm(&blocking_calls[i]);
    }
    CHECK(system_handle(SYSTEM_SIGNAL_A, NULL, 0));
}

static void sleep_in_storm(struct member *member)
{
    struct storm *storm = member->shared;
    thrum_sleep_until(storm->deadline);
    CHECK(thrum_now() >= storm->deadline);
    flag_set(&storm->returned, 1);
}

TEST(signals_end_no_sleep, 30)
{
    struct storm storm = { .deadline = thrum_after(50000000) };
    struct member member;
    CHECK(system_handle(SYSTEM_SIGNAL_A, count_signal, 0));
    crew_start(&member, 1, sleep_in_storm, &storm);
    until_member_asleep(&member);
    send_until(&storm, member.id, storm.deadline + test_ms(2000));
    CHECK_EQ(flag_get(&storm.returned), 1);
    crew_join(&member, 1);
    CHECK(system_handle(SYSTEM_SIGNAL_A, NULL, 0));
}

/* --- what handlers may call ------------------------------------------------------------------- */

static thrum_sem handler_sem;
static thrum_event handler_event;
static _Alignas(4) uint32_t handler_word;

static void post_from_handler(int signal)
{
    (void)signal;
    flag_add(&handled, 1);
    thrum_sem_post(&handler_sem, 1);
}

struct own_handler {
    uint32_t begun, stop;
    uint64_t taken;
};

/* Takes and gives while its own handler gives too. */
static void take_and_give(struct member *member)
{
    struct own_handler *shared = member->shared;
    flag_set(&shared->begun, 1);
    while (!flag_get(&shared->stop)) {
        thrum_sem_wait(&handler_sem);
        if (test_pick(&member->random, 2))
            thrum_sem_post(&handler_sem, 1);
        else
            ++shared->taken;
    }
}

TEST(sem_post_in_a_handler, 30)
{
    if (test_skip_unsound_handlers())
        return;
    struct own_handler shared = { 0, 0, 0 };
    struct member member;
    uint64_t left = 0, posted = 0;
    uint32_t before = flag_get(&handled);
    handler_sem = (thrum_sem)THRUM_SEM_INIT(0);
    CHECK(system_handle(SYSTEM_SIGNAL_A, post_from_handler, 0));
    crew_start(&member, 1, take_and_give, &shared);
    flag_await(&shared.begun, 1);
    const thrum_time end = thrum_after(test_run_ms(200)), last_end = end + test_ms(3000);
    while (thrum_now() < end || (flag_get(&handled) - before <= 10 && !test_late(last_end))) {
        CHECK(system_signal(member.id, SYSTEM_SIGNAL_A));
        thrum_yield();
    }
    flag_set(&shared.stop, 1);
    thrum_sem_post(&handler_sem, 1); /* it may wait */
    crew_join(&member, 1);
    while (thrum_sem_try_wait(&handler_sem))
        ++left;
    posted = (uint64_t)(flag_get(&handled) - before) + 1;
    CHECK_EQ(shared.taken + left, posted);
    CHECK(posted > 10);
    CHECK(system_handle(SYSTEM_SIGNAL_A, NULL, 0));
}

static void set_from_handler(int signal)
{
    (void)signal;
    thrum_event_set(&handler_event);
    flag_add(&handler_word, 1);
    thrum_wake(&handler_word, THRUM_ALL);
}

/* The handler runs in a thread that itself waits for the event: set, it lets its own thread go. */
static void wait_for_own_handler(struct member *member)
{
    (void)member;
    thrum_event_wait(&handler_event);
}

TEST(event_set_in_a_handler, 30)
{
    handler_event = (thrum_event)THRUM_EVENT_INIT;
    handler_word = 0;
    CHECK(system_handle(SYSTEM_SIGNAL_A, set_from_handler, 0));
    for (uint32_t i = 0; i < test_scale(60, 10); ++i) {
        struct member members[2];
        thrum_event_reset(&handler_event);
        crew_start(members, 2, wait_for_own_handler, NULL);
        until_member_asleep(&members[0]);
        until_member_asleep(&members[1]);
        CHECK(system_signal(members[i % 2].id, SYSTEM_SIGNAL_A));
        crew_join(members, 2);
    }
    CHECK(system_handle(SYSTEM_SIGNAL_A, NULL, 0));
}

static void wait_for_word(struct member *member)
{
    uint32_t seen = *(uint32_t *)member->shared;
    while (flag_get(&handler_word) == seen)
        thrum_wait(&handler_word, seen);
}

TEST(wake_in_a_handler, 30)
{
    CHECK(system_handle(SYSTEM_SIGNAL_A, set_from_handler, 0));
    for (uint32_t i = 0; i < test_scale(60, 10); ++i) {
        struct member member;
        uint32_t seen = flag_get(&handler_word);
        crew_start(&member, 1, wait_for_word, &seen);
        until_member_asleep(&member);
        CHECK(system_signal(thrum_id(), SYSTEM_SIGNAL_A)); /* runs here, at once */
        crew_join(&member, 1);
    }
    CHECK(system_handle(SYSTEM_SIGNAL_A, NULL, 0));
}
