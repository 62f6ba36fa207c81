/* Read-write locks: exclusion, no lost wake-up, first come first served, memory that may go. */
#include "model.h"

static thrum_rwlock rwlock;
static unsigned readers, writers;

static void reading(void)
{
    model_reads(&writers);
    CHECK(writers == 0);
    readers++;
    model_pause("reads");
    CHECK(writers == 0);
    readers--;
}

static void writing(void)
{
    model_accesses(&writers);
    CHECK(writers == 0 && readers == 0);
    writers++;
    model_pause("writes");
    CHECK(writers == 1 && readers == 0);
    writers--;
}

static void read(void)
{
    thrum_rwlock_read_lock(&rwlock);
    reading();
    thrum_rwlock_read_unlock(&rwlock);
}

static void write(void)
{
    thrum_rwlock_write_lock(&rwlock);
    writing();
    thrum_rwlock_write_unlock(&rwlock);
}

static void read_timed(void)
{
    if (thrum_rwlock_read_lock_until(&rwlock, MODEL_LATER) != THRUM_OK)
        return;
    reading();
    thrum_rwlock_read_unlock(&rwlock);
}

static void write_timed(void)
{
    if (thrum_rwlock_write_lock_until(&rwlock, MODEL_LATER) != THRUM_OK)
        return;
    writing();
    thrum_rwlock_write_unlock(&rwlock);
}

static void try_both(void)
{
    if (thrum_rwlock_try_write_lock(&rwlock)) {
        writing();
        thrum_rwlock_write_unlock(&rwlock);
    } else if (thrum_rwlock_try_read_lock(&rwlock)) {
        reading();
        thrum_rwlock_read_unlock(&rwlock);
    }
}

static void is_free(void)
{
    CHECK(rwlock.private_word == 0 && rwlock.private_first == NULL && rwlock.private_lock == 0);
}

SCENARIO(rwlock_read_write, .threads = { read, write }, .finish = is_free);
SCENARIO(rwlock_spin, .threads = { read, write }, .finish = is_free, .spins = 2);
SCENARIO(rwlock_two_writers, .threads = { write, write }, .finish = is_free);
SCENARIO(rwlock_two_readers, .threads = { read, read, write }, .finish = is_free);
SCENARIO(rwlock_writers_and_reader, .threads = { write, read, write }, .finish = is_free);
SCENARIO(rwlock_timed_writer, .threads = { read, write_timed, read }, .finish = is_free);
SCENARIO(rwlock_timed_reader, .threads = { write, read_timed, write }, .finish = is_free);
SCENARIO(rwlock_two_timed, .threads = { write_timed, read_timed, write }, .finish = is_free);
SCENARIO(rwlock_try, .threads = { try_both, write, read }, .finish = is_free);
SCENARIO(rwlock_four, .threads = { read, write, read, write }, .finish = is_free);

/* A writer that was seen asleep is not passed by a reader that comes after. */
static bool late;

static void hold_read(void)
{
    thrum_rwlock_read_lock(&rwlock);
    model_pause("reads");
    model_pause("reads on");
    thrum_rwlock_read_unlock(&rwlock);
}

static void write_once(void)
{
    thrum_rwlock_write_lock(&rwlock);
    writers++;
    thrum_rwlock_write_unlock(&rwlock);
}

static void read_after_writer(void)
{
    model_pause("goes on");
    if (!model_sleeps(1) || rwlock.private_word == 0)
        model_done();
    late = true;
    bool queued = rwlock.private_word >> 31;
    thrum_rwlock_read_lock(&rwlock);
    CHECK(!queued || writers == 1);
    thrum_rwlock_read_unlock(&rwlock);
}

SCENARIO(rwlock_writer_not_starved, .threads = { hold_read, write_once, read_after_writer },
         .finish = is_free);

/* When a writer gives up, the readers that stood behind it go in with those who read. */
static thrum_event came;

static void read_until_other_came(void)
{
    thrum_rwlock_read_lock(&rwlock);
    thrum_event_wait(&came);
    thrum_rwlock_read_unlock(&rwlock);
}

static void read_and_tell(void)
{
    thrum_rwlock_read_lock(&rwlock);
    thrum_event_set(&came);
    thrum_rwlock_read_unlock(&rwlock);
}

SCENARIO(rwlock_leaver_lets_readers_in,
         .threads = { read_until_other_came, write_timed, read_and_tell }, .finish = is_free);

static struct box {
    thrum_rwlock rwlock;
    unsigned users;
} * box;

static void make_two(void)
{
    box = model_alloc(sizeof *box);
    box->users = 2;
}

static void make_three(void)
{
    make_two();
    box->users = 3;
}

static void use_box(void)
{
    thrum_rwlock_write_lock(&box->rwlock);
    bool last = --box->users == 0;
    thrum_rwlock_write_unlock(&box->rwlock);
    if (last)
        model_free(box);
}

/* The last writer knows of the reader that it was there; a reader frees nothing. */
static void read_box(void)
{
    thrum_rwlock_read_lock(&box->rwlock);
    box->users--; /* no step: no other runs between */
    thrum_rwlock_read_unlock(&box->rwlock);
}

static void write_box_and_free(void)
{
    for (;;) {
        thrum_rwlock_write_lock(&box->rwlock);
        bool last = box->users == 1;
        thrum_rwlock_write_unlock(&box->rwlock);
        if (last)
            break;
        model_done();
    }
    model_free(box);
}

SCENARIO(rwlock_freed_by_writer, .setup = make_two, .threads = { use_box, use_box });
SCENARIO(rwlock_freed_by_last_writer, .setup = make_three,
         .threads = { use_box, use_box, use_box });
SCENARIO(rwlock_freed_after_reader, .setup = make_two, .threads = { read_box, write_box_and_free });
SCENARIO(rwlock_freed_after_two_readers, .setup = make_three,
         .threads = { read_box, read_box, write_box_and_free });
