/* A mutex that is wrong on purpose, to see that the model finds it. It is the library's, but for one
 * step: a timed waiter that leaves takes the waiters bit with it, as if nobody else slept. The holder
 * then finds the bit clear, and wakes nobody. */
#include "model.h"
#include "sync/lock.h"

static thrum_mutex right;
static uint32_t wrong;
static unsigned inside, passed, timed_out;

static void wrong_unlock(void)
{
    if (__atomic_exchange_n(&wrong, 0, __ATOMIC_RELEASE) & THRUM_WAITERS)
        thrum_os_wake(&wrong, 1);
}

static thrum_status wrong_lock_until(thrum_time deadline)
{
    const uint32_t id = thrum_block_self()->head.lock_id;
    uint32_t bit = 0, word = 0;
    bool late = false;
    for (;;) {
        word = __atomic_load_n(&wrong, __ATOMIC_RELAXED);
        if (word == 0) {
            if (__atomic_compare_exchange_n(&wrong, &word, id | bit, false, __ATOMIC_ACQUIRE,
                                            __ATOMIC_RELAXED))
                return THRUM_OK;
            continue;
        }
        if (late) {
            /* The fault: another may have set the bit, or count on it. */
            __atomic_fetch_and(&wrong, ~THRUM_WAITERS, __ATOMIC_RELAXED);
            return THRUM_TIMED_OUT;
        }
        if (!(word & THRUM_WAITERS) &&
            !__atomic_compare_exchange_n(&wrong, &word, word | THRUM_WAITERS, false,
                                         __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            continue;
        bit = THRUM_WAITERS;
        late = thrum_os_wait(&wrong, word | THRUM_WAITERS, deadline) == THRUM_TIMED_OUT;
    }
}

static void use(void)
{
    CHECK(inside++ == 0);
    model_pause("inside");
    inside--;
    passed++;
}

static void use_wrong(void)
{
    (void)wrong_lock_until(THRUM_FOREVER);
    use();
    wrong_unlock();
}

static void use_wrong_in_time(void)
{
    if (wrong_lock_until(MODEL_LATER) == THRUM_OK) {
        use();
        wrong_unlock();
    } else {
        timed_out++;
    }
}

static void use_right(void)
{
    thrum_mutex_lock(&right);
    use();
    thrum_mutex_unlock(&right);
}

static void use_right_in_time(void)
{
    if (thrum_mutex_lock_until(&right, MODEL_LATER) == THRUM_OK) {
        use();
        thrum_mutex_unlock(&right);
    } else {
        timed_out++;
    }
}

static void all_passed(void)
{
    CHECK(passed + timed_out == 3 && timed_out <= 1);
}

SCENARIO(wrong_mutex_drops_the_bit, .threads = { use_wrong, use_wrong, use_wrong_in_time },
         .finish = all_passed, .finds = "sleeps for ever");
/* The same threads, and nothing to be found. */
SCENARIO(wrong_mutex_if_it_were_right, .threads = { use_right, use_right, use_right_in_time },
         .finish = all_passed);
