/* Reader-writer locks: nobody starves, and one that gives up opens the way for those behind. */
#include "../support/crew.h"
#include "../support/locks.h"
#include "../test.h"

/* --- starvation ------------------------------------------------------------------------------- */

struct stream {
    thrum_rwlock rwlock;
    uint32_t stop;
    uint32_t uses; /* of the streaming side */
};

enum { STREAMS = 4 };

/* Readers whose holds overlap: without a queue the lock is never free. */
static void read_on(struct member *member)
{
    struct stream *stream = member->shared;
    while (!flag_get(&stream->stop)) {
        thrum_rwlock_read_lock(&stream->rwlock);
        flag_add(&stream->uses, 1);
        burn(2000);
        if (test_pick(&member->random, 4) == 0)
            thrum_yield(); /* with the lock: others come meanwhile */
        thrum_rwlock_read_unlock(&stream->rwlock);
    }
}

static void write_on(struct member *member)
{
    struct stream *stream = member->shared;
    while (!flag_get(&stream->stop)) {
        thrum_rwlock_write_lock(&stream->rwlock);
        flag_add(&stream->uses, 1);
        burn(500);
        thrum_rwlock_write_unlock(&stream->rwlock);
    }
}

/* Takes the lock through the stream, and returns the most others that came before it was its turn,
 * counted from before it asked. */
static uint32_t take_through_stream(const struct lock_kind *kind, struct stream *stream,
                                    uint32_t rounds)
{
    uint32_t worst = 0;
    for (uint32_t i = 0; i < rounds; ++i) {
        union any_lock *lock = (union any_lock *)(void *)&stream->rwlock;
        uint32_t before = flag_get(&stream->uses);
        kind->lock(lock);
        uint32_t passed = flag_get(&stream->uses) - before;
        worst = passed > worst ? passed : worst;
        kind->unlock(lock);
        burn((uint32_t)(i % 16) * 1000);
    }
    return worst;
}

/* Those ahead are few, but before main has queued it may lose its CPU for a slice, in which the
 * stream goes on; so most rounds must be short, not every one. */
static void check_no_starvation(void (*streamer)(struct member *), const struct lock_kind *kind)
{
    struct stream stream = { .stop = 0 };
    struct member members[STREAMS];
    uint32_t rounds = test_scale(300, 20), short_rounds = 0;
    crew_start(members, STREAMS, streamer, &stream);
    for (uint32_t i = 0; i < rounds; ++i)
        short_rounds += take_through_stream(kind, &stream, 1) <= 4 * STREAMS;
    flag_set(&stream.stop, 1);
    crew_join(members, STREAMS);
    test_note("%u of %u times at most %u came first", short_rounds, rounds, 4 * STREAMS);
    CHECK(short_rounds >= rounds / 2);
}

TEST(rwlock_readers_do_not_starve_a_writer, 60)
{
    check_no_starvation(read_on, &lock_write);
}

TEST(rwlock_writers_do_not_starve_a_reader, 60)
{
    check_no_starvation(write_on, &lock_read);
}

/* Exactly: once a writer sleeps in the queue, no reader that comes later gets in before it. */
struct order {
    thrum_rwlock rwlock;
    uint32_t turn;
    uint32_t turns[8];
};

static void order_write(struct member *member)
{
    struct order *order = member->shared;
    thrum_rwlock_write_lock(&order->rwlock);
    order->turns[0] = __atomic_add_fetch(&order->turn, 1, __ATOMIC_RELAXED);
    thrum_rwlock_write_unlock(&order->rwlock);
}

static void order_read(struct member *member)
{
    struct order *order = member->shared;
    thrum_rwlock_read_lock(&order->rwlock);
    order->turns[1 + member->index] = __atomic_add_fetch(&order->turn, 1, __ATOMIC_RELAXED);
    thrum_rwlock_read_unlock(&order->rwlock);
}

TEST(rwlock_readers_queue_behind_a_writer, 60)
{
    for (uint32_t round = 0; round < test_scale(30, 3); ++round) {
        struct order order = { .turn = 0 };
        struct member writer, readers[3];
        thrum_rwlock_read_lock(&order.rwlock);
        crew_start(&writer, 1, order_write, &order);
        until_member_asleep(&writer);
        CHECK(!thrum_rwlock_try_read_lock(&order.rwlock)); /* a try does not jump the queue */
        CHECK_EQ(thrum_rwlock_read_lock_until(&order.rwlock, thrum_after(100000)), THRUM_TIMED_OUT);
        crew_start(readers, 3, order_read, &order);
        for (uint32_t i = 0; i < 3; ++i)
            until_member_asleep(&readers[i]);
        CHECK_EQ(flag_get(&order.turn), 0);
        thrum_rwlock_read_unlock(&order.rwlock);
        crew_join(&writer, 1);
        crew_join(readers, 3);
        CHECK_EQ(order.turns[0], 1);
    }
}

/* A writer that comes while readers queue (behind another writer) goes after them. */
struct line {
    thrum_rwlock rwlock;
    uint32_t turn, reader_turn, writer_turn;
};

static void line_read(struct member *member)
{
    struct line *line = member->shared;
    thrum_rwlock_read_lock(&line->rwlock);
    line->reader_turn = __atomic_add_fetch(&line->turn, 1, __ATOMIC_RELAXED);
    thrum_rwlock_read_unlock(&line->rwlock);
}

static void line_write(struct member *member)
{
    struct line *line = member->shared;
    thrum_rwlock_write_lock(&line->rwlock);
    line->writer_turn = __atomic_add_fetch(&line->turn, 1, __ATOMIC_RELAXED);
    thrum_rwlock_write_unlock(&line->rwlock);
}

TEST(rwlock_first_come_first_served, 60)
{
    for (uint32_t round = 0; round < test_scale(30, 3); ++round) {
        struct line line = { .turn = 0 };
        struct member members[2];
        bool reader_first = round % 2 == 0;
        thrum_rwlock_write_lock(&line.rwlock);
        crew_start(&members[0], 1, reader_first ? line_read : line_write, &line);
        until_member_asleep(&members[0]);
        crew_start(&members[1], 1, reader_first ? line_write : line_read, &line);
        until_member_asleep(&members[1]);
        thrum_rwlock_write_unlock(&line.rwlock);
        crew_join(members, 2);
        CHECK_EQ(line.reader_turn, reader_first ? 1 : 2);
        CHECK_EQ(line.writer_turn, reader_first ? 2 : 1);
    }
}

/* --- giving up -------------------------------------------------------------------------------- */

struct leaving {
    thrum_rwlock rwlock;
    thrum_time deadline;
    uint32_t inside;
};

static void write_for_a_while(struct member *member)
{
    struct leaving *leaving = member->shared;
    CHECK_EQ(thrum_rwlock_write_lock_until(&leaving->rwlock, leaving->deadline), THRUM_TIMED_OUT);
}

static void read_behind(struct member *member)
{
    struct leaving *leaving = member->shared;
    thrum_rwlock_read_lock(&leaving->rwlock);
    flag_add(&leaving->inside, 1);
    thrum_rwlock_read_unlock(&leaving->rwlock);
}

/* Field note 26: main reads, a writer waits, readers wait behind it; the writer gives up, and the
 * readers get in although main still reads. */
TEST(rwlock_timed_out_writer_lets_readers_go, 60)
{
    for (uint32_t round = 0; round < test_scale(10, 2); ++round) {
        struct leaving leaving = { .deadline = thrum_after(test_ms(40)) };
        struct member writer, readers[3];
        thrum_rwlock_read_lock(&leaving.rwlock);
        crew_start(&writer, 1, write_for_a_while, &leaving);
        until_member_asleep(&writer);
        crew_start(readers, 3, read_behind, &leaving);
        CHECK(flag_await_until(&leaving.inside, 3, thrum_after(test_ms(5000))));
        thrum_rwlock_read_unlock(&leaving.rwlock);
        crew_join(&writer, 1);
        crew_join(readers, 3);
    }
}

/* The same at random: a reader that stays, writers that give up, readers that must all get in. */
struct churn {
    thrum_rwlock rwlock;
    struct rally rally;
    uint32_t rounds;
};

static void churn_member(struct member *member)
{
    struct churn *churn = member->shared;
    for (uint32_t i = 0; i < churn->rounds; ++i) {
        if (member->index == 0)
            thrum_rwlock_read_lock(&churn->rwlock);
        rally_meet(&churn->rally);
        thrum_time span = test_pick(&member->random, 100000);
        if (member->index == 1 || member->index == 2) {
            if (thrum_rwlock_write_lock_until(&churn->rwlock, thrum_after(span)) == THRUM_OK)
                test_check(false, "a writer got in beside a reader", __FILE__, __LINE__);
        } else if (member->index > 2) {
            burn((uint32_t)span / 4);
            thrum_rwlock_read_lock(&churn->rwlock);
            thrum_rwlock_read_unlock(&churn->rwlock);
        }
        rally_meet(&churn->rally);
        if (member->index == 0)
            thrum_rwlock_read_unlock(&churn->rwlock);
    }
}

TEST(rwlock_writers_that_give_up_stress, 60)
{
    struct churn churn = { .rally = { 6, 0, 0 }, .rounds = test_scale(2000, 30) };
    crew_run(6, churn_member, &churn);
}

/* --- misuse ----------------------------------------------------------------------------------- */

static void write_unlock(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_rwlock_write_unlock(misuse->object);
}

static void read_unlock(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_rwlock_read_unlock(misuse->object);
}

static void read_lock_by_the_writer(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_rwlock_write_lock(misuse->object);
    thrum_rwlock_read_lock(misuse->object);
}

static void write_lock_by_the_writer(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_rwlock_write_lock(misuse->object);
    thrum_rwlock_write_lock(misuse->object);
}

static void read_lock_until_by_the_writer(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_rwlock_write_lock(misuse->object);
    (void)!thrum_rwlock_read_lock_until(misuse->object, thrum_after(1000000000));
}

static void write_lock_until_by_the_writer(void *argument)
{
    struct misuse *misuse = argument;
    misuse_begins(misuse);
    thrum_rwlock_write_lock(misuse->object);
    (void)!thrum_rwlock_write_lock_until(misuse->object, thrum_after(1000000000));
}

TEST(rwlock_misuse, 60)
{
    static void (*const acts[])(void *) = { write_unlock,
                                            read_unlock,
                                            read_lock_by_the_writer,
                                            write_lock_by_the_writer,
                                            read_lock_until_by_the_writer,
                                            write_lock_until_by_the_writer };
    for (uint32_t i = 0; i < sizeof acts / sizeof *acts; ++i) {
        thrum_rwlock rwlock = THRUM_RWLOCK_INIT;
        struct misuse misuse = { .object = &rwlock };
        check_misuse(acts[i], &misuse, "rwlock", 0);
    }
}

TEST(rwlock_unlock_by_another, 30)
{
    thrum_rwlock written = THRUM_RWLOCK_INIT, read = THRUM_RWLOCK_INIT;
    struct misuse misuse = { .object = &written };
    thrum_rwlock_write_lock(&written);
    check_misuse(write_unlock, &misuse, "rwlock", thrum_id());
    check_misuse(read_unlock, &(struct misuse){ .object = &read }, "rwlock", 0);
    thrum_rwlock_read_lock(&read);
    check_misuse(write_unlock, &(struct misuse){ .object = &read }, "rwlock", 0);
}
