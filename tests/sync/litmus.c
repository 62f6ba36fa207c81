/* Memory orders, object by object: plain data goes through each hand-over, in message-passing form,
 * with nothing else that would order it. What arrives is compared; and ThreadSanitizer, where it
 * looks on, reports each access that the hand-over's orders do not put in sequence. */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../support/system.h"
#include "../test.h"

enum { WORDS = 3, APART = 16 };

/* Plain, and in different cache lines, so that a CPU of weak order may deliver them in any. */
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

/* Least under checkers and emulators: one round can show a missing order to the former. */
static uint32_t rounds(void)
{
    return test_scale(10000, 500);
}

/* So that both ways through a hand-over are met: the other is there already, or it sleeps. */
static void dawdle(struct member *member)
{
    uint32_t pick = test_pick(&member->random, 16);
    if (pick == 0)
        thrum_yield();
    else
        burn(pick * pick * 8);
}

/* --- what says "now": semaphore, event, the user's own word ----------------------------------- */

struct line {
    thrum_sem sem;
    thrum_event event;
    _Alignas(4) uint32_t word;
};

static void sem_send(struct line *line)
{
    thrum_sem_post(&line->sem, 1);
}

static void sem_receive(struct line *line, uint32_t way)
{
    if (way == 0)
        thrum_sem_wait(&line->sem);
    else if (way == 1)
        CHECK_EQ(thrum_sem_wait_until(&line->sem, (thrum_time)1 << 63), THRUM_OK);
    else
        while (!thrum_sem_try_wait(&line->sem))
            thrum_yield();
}

static void event_send(struct line *line)
{
    thrum_event_set(&line->event);
}

static void event_receive(struct line *line, uint32_t way)
{
    if (way == 0)
        thrum_event_wait(&line->event);
    else if (way == 1)
        CHECK_EQ(thrum_event_wait_until(&line->event, (thrum_time)1 << 63), THRUM_OK);
    else
        while (!thrum_event_is_set(&line->event))
            thrum_yield();
    thrum_event_reset(&line->event);
}

/* The orders are the user's own: release before the wake, acquire after the wait. */
static void word_send(struct line *line)
{
    flag_set(&line->word, 1);
    thrum_wake(&line->word, 1);
}

static void word_receive(struct line *line, uint32_t way)
{
    while (flag_get(&line->word) == 0) {
        if (way == 0)
            (void)thrum_wait(&line->word, 0);
        else
            (void)thrum_wait_until(&line->word, 0, thrum_after(way * 100000));
    }
    flag_set(&line->word, 0);
}

/* Two threads, two lines; the parcel goes to and fro, one more each time. */
struct talk {
    void (*send)(struct line *line);
    void (*receive)(struct line *line, uint32_t way);
    struct line lines[2];
    struct parcel parcel;
};

static void talk(struct member *member)
{
    struct talk *shared = member->shared;
    uint32_t me = member->index, count = rounds();
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < count; ++i) {
        if (i > 0 || me == 1)
            shared->receive(&shared->lines[me], test_pick(&member->random, 3));
        wrong += !holds(&shared->parcel, 2 * (uint64_t)i + me);
        dawdle(member);
        pack(&shared->parcel, 2 * (uint64_t)i + me + 1);
        shared->send(&shared->lines[1 - me]);
    }
    CHECK_EQ(wrong, 0);
}

static void check_talk(void (*send)(struct line *line),
                       void (*receive)(struct line *line, uint32_t way))
{
    struct talk shared = { .send = send, .receive = receive };
    pack(&shared.parcel, 0);
    crew_run(2, talk, &shared);
    CHECK(holds(&shared.parcel, 2 * (uint64_t)rounds()));
}

TEST(litmus_sem, 20)
{
    check_talk(sem_send, sem_receive);
}

TEST(litmus_event, 20)
{
    check_talk(event_send, event_receive);
}

TEST(litmus_wait_and_wake, 20)
{
    check_talk(word_send, word_receive);
}

/* --- what excludes ---------------------------------------------------------------------------- */

/* Each holder finds what the last one left, whoever that was. */
struct guarded {
    const struct lock_kind *kind;
    union any_lock lock;
    struct parcel parcel;
    uint64_t count; /* plain, too */
};

static void hold(struct member *member)
{
    struct guarded *shared = member->shared;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < rounds(); ++i) {
        lock_take(shared->kind, &shared->lock, LOCK_MIXED, &member->random);
        wrong += !holds(&shared->parcel, shared->count);
        dawdle(member);
        pack(&shared->parcel, ++shared->count);
        shared->kind->unlock(&shared->lock);
    }
    CHECK_EQ(wrong, 0);
}

static void check_holders(const struct lock_kind *kind)
{
    enum { HOLDERS = 3 };
    struct guarded shared = { .kind = kind };
    kind->init(&shared.lock);
    crew_run(HOLDERS, hold, &shared);
    CHECK_EQ(shared.count, HOLDERS * (uint64_t)rounds());
}

TEST(litmus_mutex, 30)
{
    check_holders(&lock_mutex);
}

TEST(litmus_recursive_mutex, 30)
{
    check_holders(&lock_recursive);
}

TEST(litmus_rwlock_write_to_write, 30)
{
    check_holders(&lock_write);
}

TEST(litmus_sem_of_one, 30)
{
    check_holders(&lock_sem);
}

/* Writer to reader: the parcel is whole; reader to writer: it stays so while it is read. */
static void read_and_write(struct member *member)
{
    struct guarded *shared = member->shared;
    bool writes = member->index == 0;
    const struct lock_kind *kind = writes ? &lock_write : &lock_read;
    uint64_t last = 0;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < rounds(); ++i) {
        lock_take(kind, &shared->lock, LOCK_MIXED, &member->random);
        uint64_t count = shared->count;
        wrong += count < last || !holds(&shared->parcel, count);
        last = count;
        dawdle(member);
        if (writes)
            pack(&shared->parcel, ++shared->count);
        else
            wrong += !holds(&shared->parcel, count);
        kind->unlock(&shared->lock);
    }
    CHECK_EQ(wrong, 0);
}

TEST(litmus_rwlock_read_and_write, 30)
{
    struct guarded shared = { .count = 0 };
    lock_write.init(&shared.lock);
    crew_run(3, read_and_write, &shared);
    CHECK_EQ(shared.count, rounds());
}

/* --- condition -------------------------------------------------------------------------------- */

/* The signaller writes when it has let go of the mutex, and does not take it again: the signal alone
 * orders what it wrote before what the waiter reads. */
struct signalled {
    thrum_mutex mutex;
    thrum_cond cond;
    uint32_t waiting; /* guarded by the mutex */
    struct parcel parcel;
    thrum_sem read; /* the way back */
};

enum { LISTENERS = 2 };

static void listen(struct member *member)
{
    struct signalled *shared = member->shared;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < rounds() / 4; ++i) {
        thrum_mutex_lock(&shared->mutex);
        ++shared->waiting;
        if (test_pick(&member->random, 2))
            thrum_cond_wait(&shared->cond, &shared->mutex);
        else
            CHECK_EQ(thrum_cond_wait_until(&shared->cond, &shared->mutex, (thrum_time)1 << 63),
                     THRUM_OK);
        wrong += !holds(&shared->parcel, i + 1);
        thrum_mutex_unlock(&shared->mutex);
        thrum_sem_post(&shared->read, 1);
    }
    CHECK_EQ(wrong, 0);
}

static void await_waiters(struct signalled *shared)
{
    for (bool there = false; !there;) {
        thrum_mutex_lock(&shared->mutex);
        there = shared->waiting == LISTENERS;
        shared->waiting = there ? 0 : shared->waiting;
        thrum_mutex_unlock(&shared->mutex);
        if (!there)
            thrum_yield();
    }
}

static void check_signals(bool broadcast)
{
    struct signalled shared = { .waiting = 0 };
    struct member members[LISTENERS];
    crew_start(members, LISTENERS, listen, &shared);
    for (uint32_t i = 0; i < rounds() / 4; ++i) {
        await_waiters(&shared);
        pack(&shared.parcel, i + 1);
        if (broadcast)
            thrum_cond_broadcast(&shared.cond);
        for (uint32_t k = 0; k < LISTENERS && !broadcast; ++k)
            thrum_cond_signal(&shared.cond);
        for (uint32_t k = 0; k < LISTENERS; ++k)
            thrum_sem_wait(&shared.read);
    }
    crew_join(members, LISTENERS);
}

TEST(litmus_cond_signal, 30)
{
    check_signals(false);
}

TEST(litmus_cond_broadcast, 30)
{
    check_signals(true);
}

/* --- all for one, one for all: once, barrier, waitgroup --------------------------------------- */

enum { CREW = 3 };

struct crowd {
    thrum_once *onces; /* one a round */
    thrum_barrier barrier;
    thrum_waitgroup group;
    struct parcel parcel, own[CREW];
};

static void run_once(void *argument)
{
    struct crowd *shared = argument;
    pack(&shared->parcel, shared->parcel.words[0] + 1);
}

/* One run writes, all read; the barrier only keeps the rounds apart, and a reader from the next
 * round's writer. */
static void meet_once(struct member *member)
{
    struct crowd *shared = member->shared;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < rounds() / 4; ++i) {
        dawdle(member);
        thrum_once_run(&shared->onces[i], run_once, shared);
        wrong += !holds(&shared->parcel, i + 1);
        (void)thrum_barrier_wait(&shared->barrier);
    }
    CHECK_EQ(wrong, 0);
}

TEST(litmus_once, 30)
{
    struct crowd shared = { .barrier = THRUM_BARRIER_INIT(CREW) };
    size_t size = (rounds() / 4 * sizeof(thrum_once) + 65535) & ~(size_t)65535;
    shared.onces = system_map(size);
    if (CHECK(shared.onces != NULL)) {
        crew_run(CREW, meet_once, &shared);
        system_unmap(shared.onces, size);
    }
}

/* Each writes its own, meets, and reads all. */
static void meet_at_barrier(struct member *member)
{
    struct crowd *shared = member->shared;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < rounds() / 4; ++i) {
        pack(&shared->own[member->index], i);
        dawdle(member);
        (void)thrum_barrier_wait(&shared->barrier);
        for (uint32_t k = 0; k < CREW; ++k)
            wrong += !holds(&shared->own[k], i);
        (void)thrum_barrier_wait(&shared->barrier);
    }
    CHECK_EQ(wrong, 0);
}

TEST(litmus_barrier, 30)
{
    struct crowd shared = { .barrier = THRUM_BARRIER_INIT(CREW) };
    crew_run(CREW, meet_at_barrier, &shared);
}

/* The first waits for what the others have done, which only the group orders before its reads. */
static void work_in_group(struct member *member)
{
    struct crowd *shared = member->shared;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < rounds() / 4; ++i) {
        dawdle(member);
        if (member->index != 0) {
            pack(&shared->own[member->index], i);
            thrum_waitgroup_done(&shared->group);
        } else {
            if (test_pick(&member->random, 2))
                thrum_waitgroup_wait(&shared->group);
            else
                CHECK_EQ(thrum_waitgroup_wait_until(&shared->group, (thrum_time)1 << 63), THRUM_OK);
            for (uint32_t k = 1; k < CREW; ++k)
                wrong += !holds(&shared->own[k], i);
            thrum_waitgroup_add(&shared->group, CREW - 1);
        }
        (void)thrum_barrier_wait(&shared->barrier);
    }
    CHECK_EQ(wrong, 0);
}

TEST(litmus_waitgroup, 30)
{
    struct crowd shared = { .barrier = THRUM_BARRIER_INIT(CREW) };
    thrum_waitgroup_add(&shared.group, CREW - 1);
    crew_run(CREW, work_in_group, &shared);
}
