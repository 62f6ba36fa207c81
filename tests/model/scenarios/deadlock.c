/* The deadlock finder: it reports each circle that is one, and nothing else. */
#include "diagnose/deadlock.h"
#include "model.h"
#include "thread/registry.h"
#include "tls/image.h"

static thrum_mutex first, second, third;
static thrum_rwlock rwlock;

static void in_registry(void)
{
    thrum_tls_image.layout = thrum_tls_layout_of(2, 0, 0, 0, 0);
    for (unsigned i = 0; i < MODEL_THREADS && model_block_of(i) != NULL; i++)
        thrum_registry_add(model_block_of(i));
}

static void two(thrum_mutex *outer, thrum_mutex *inner)
{
    thrum_mutex_lock(outer);
    thrum_mutex_lock(inner);
    thrum_mutex_unlock(inner);
    thrum_mutex_unlock(outer);
}

static void first_second(void)
{
    two(&first, &second);
}

static void second_first(void)
{
    two(&second, &first);
}

static void second_third(void)
{
    two(&second, &third);
}

static void third_first(void)
{
    two(&third, &first);
}

static void only_second(void)
{
    thrum_mutex_lock(&second);
    thrum_mutex_unlock(&second);
}

/* Whether those who hold and wait are in a circle just now, as the words say it. */
static bool waits_for(unsigned thread, const thrum_mutex *mutex)
{
    const struct thrum_wait_record *wait = &model_block_of(thread)->wait;
    return wait->state != THRUM_WAIT_NONE && wait->object == (const void *)mutex;
}

static uint32_t holder(const thrum_mutex *mutex)
{
    return mutex->private_word & 0x7fffffff;
}

static bool is_deadlock(const char *line)
{
    return __builtin_strncmp(line, "thrum: deadlock: ", 17) == 0;
}

static bool circle_of_two(const char *line)
{
    return is_deadlock(line) && holder(&first) == 1 && holder(&second) == 2 &&
           waits_for(0, &second) && waits_for(1, &first);
}

static bool circle_of_three(const char *line)
{
    return is_deadlock(line) && holder(&first) == 1 && holder(&second) == 2 &&
           holder(&third) == 3 && waits_for(0, &second) && waits_for(1, &third) &&
           waits_for(2, &first);
}

SCENARIO(deadlock_two, .listed = true, .setup = in_registry,
         .threads = { first_second, second_first }, .fatal = circle_of_two, .finder = true);
SCENARIO(deadlock_three, .listed = true, .setup = in_registry,
         .threads = { first_second, second_third, third_first }, .fatal = circle_of_three,
         .finder = true, .quiet = true);
SCENARIO(deadlock_two_and_one, .listed = true, .setup = in_registry,
         .threads = { first_second, second_first, only_second }, .fatal = circle_of_two,
         .finder = true, .quiet = true);
SCENARIO(deadlock_none, .listed = true, .setup = in_registry,
         .threads = { first_second, first_second }, .finder = true);
SCENARIO(deadlock_none_of_three, .listed = true, .setup = in_registry,
         .threads = { first_second, second_third, only_second }, .finder = true, .quiet = true);

/* A wait with a deadline is no link. */
static void second_then_first_timed(void)
{
    thrum_mutex_lock(&second);
    if (thrum_mutex_lock_until(&first, MODEL_LATER) == THRUM_OK)
        thrum_mutex_unlock(&first);
    thrum_mutex_unlock(&second);
}

SCENARIO(deadlock_not_timed, .listed = true, .setup = in_registry,
         .threads = { first_second, second_then_first_timed }, .finder = true);

/* Through a writer. */
static void first_then_read(void)
{
    thrum_mutex_lock(&first);
    thrum_rwlock_read_lock(&rwlock);
    thrum_rwlock_read_unlock(&rwlock);
    thrum_mutex_unlock(&first);
}

static void write_then_first(void)
{
    thrum_rwlock_write_lock(&rwlock);
    thrum_mutex_lock(&first);
    thrum_mutex_unlock(&first);
    thrum_rwlock_write_unlock(&rwlock);
}

static bool circle_of_writer(const char *line)
{
    return is_deadlock(line) && holder(&first) == 1 && (rwlock.private_word & 0x3fffffff) == 2 &&
           waits_for(1, &first) && model_block_of(0)->wait.object == (const void *)&rwlock;
}

SCENARIO(deadlock_writer, .listed = true, .setup = in_registry,
         .threads = { first_then_read, write_then_first }, .fatal = circle_of_writer,
         .finder = true);

/* One after the other: by the time it waits for the first it has let go of the second. */
static void second_then_first(void)
{
    thrum_mutex_lock(&second);
    thrum_mutex_unlock(&second);
    thrum_mutex_lock(&first);
    thrum_mutex_unlock(&first);
}

SCENARIO(deadlock_none_in_turn, .listed = true, .setup = in_registry,
         .threads = { first_second, second_then_first }, .finder = true);

/* The second thread's wait ends while the third looks at it; what the first then waits for, and
 * what the second waited for, would make a circle. */
static bool has_had_second;

static void first_second_apart(void)
{
    thrum_mutex_lock(&first);
    thrum_mutex_lock(&second);
    thrum_mutex_unlock(&second);
    has_had_second = true;
    model_pause("goes on");
    thrum_mutex_unlock(&first);
}

static void second_and_again(void)
{
    thrum_mutex_lock(&second);
    model_pause("holds it");
    thrum_mutex_unlock(&second);
    model_pause("goes on");
    if (!has_had_second)
        model_done();
    thrum_mutex_lock(&second);
    thrum_mutex_lock(&first);
    thrum_mutex_unlock(&first);
    thrum_mutex_unlock(&second);
}

static void only_first(void)
{
    thrum_mutex_lock(&first);
    thrum_mutex_unlock(&first);
}

SCENARIO(deadlock_none_when_pinned, .listed = true, .setup = in_registry,
         .threads = { second_and_again, first_second_apart, only_first }, .finder = true,
         .quiet = true);

/* --- a broadcast's waiters --------------------------------------------------------------------- */

static thrum_cond cond;
static unsigned waiting;

static void wait_with_first(void)
{
    thrum_mutex_lock(&first);
    waiting++;
    thrum_cond_wait(&cond, &first);
    thrum_mutex_unlock(&first);
}

static void wait_with_first_and_second(void)
{
    thrum_mutex_lock(&second);
    wait_with_first();
    thrum_mutex_unlock(&second);
}

static void broadcast_to_two(void)
{
    model_pause("looks");
    if (waiting < 2)
        model_done();
    thrum_cond_broadcast(&cond);
}

/* The third has the first mutex before it is broadcast to those who wait with it, or never. */
static bool too_early(void)
{
    return waiting < 2;
}

/* The third may have looked before the second was moved to the mutex that the third holds: whoever of the
 * two is woken looks, though it may be the one that is not in the circle. */
static bool circle_of_moved(const char *line)
{
    return is_deadlock(line) && holder(&first) == 3 && holder(&second) == 2 &&
           waits_for(2, &second);
}

SCENARIO(deadlock_moved, .listed = true, .setup = in_registry,
         .threads = { wait_with_first, wait_with_first_and_second, first_second, broadcast_to_two },
         .fatal = circle_of_moved, .stuck = too_early, .finder = true, .quiet = true);

/* --- holders that have ended ------------------------------------------------------------------- */

static void has_ended(unsigned thread)
{
    __atomic_fetch_or(&model_block_of(thread)->life, THRUM_LIFE_ENDED, __ATOMIC_RELEASE);
}

static void first_to_the_end(void)
{
    thrum_mutex_lock(&first);
    has_ended(0);
}

static void first_and_end(void)
{
    only_first();
    has_ended(0);
}

static bool held_by_ended(const char *line)
{
    return is_deadlock(line) && holder(&first) == 1 &&
           (model_block_of(0)->life & THRUM_LIFE_ENDED) && waits_for(1, &first);
}

/* It has made all the looks that it makes in the model. */
static bool has_looked(void)
{
    return model_block_of(1)->wait.looks == 1;
}

SCENARIO(deadlock_ended, .listed = true, .setup = in_registry,
         .threads = { first_to_the_end, only_first }, .fatal = held_by_ended, .stuck = has_looked,
         .finder = true, .looks = 1);
SCENARIO(deadlock_none_ended, .listed = true, .setup = in_registry,
         .threads = { first_and_end, only_first }, .finder = true, .looks = 1);

/* A thread that is just born gets the lock id of one that has ended. */
static void nobody_yet(void)
{
    in_registry();
    model_block_of(2)->head.lock_id = 0;
}

static void get_id_and_first(void)
{
    model_pause("is born");
    if (!(__atomic_load_n(&model_block_of(0)->life, __ATOMIC_RELAXED) & THRUM_LIFE_ENDED))
        model_done();
    __atomic_store_n(&model_block_of(2)->head.lock_id, 1, __ATOMIC_RELAXED);
    only_first();
}

SCENARIO(deadlock_none_newborn, .listed = true, .setup = nobody_yet,
         .threads = { first_and_end, only_first, get_id_and_first }, .finder = true, .quiet = true);
