/* Once: the word names the thread that runs the function. */
#include "thrum/once.h"

#include "diagnose/deadlock.h"
#include "diagnose/fatal.h"
#include "os/races.h"
#include "sync/lock.h"

__attribute__((noinline)) static void run(thrum_once *once, void (*function)(void *argument),
                                          void *argument)
{
    THRUM_OS_REPORT_UNWINDING(once);
    function(argument);
    thrum_races_releases(once);
    /* release: what the function did comes before what others do that see it done */
    uint32_t word =
        __atomic_exchange_n(&once->private_word, THRUM_PRIVATE_ONCE_DONE, __ATOMIC_RELEASE);
    if (word & THRUM_WAITERS)
        thrum_os_wake(&once->private_word, THRUM_ALL);
}

void thrum_private_once_slow(thrum_once *once, void (*function)(void *argument), void *argument)
{
    uint32_t id = thrum_block_self()->head.lock_id, word = 0;
    /* acquire, here and below: what the one run did comes before what this caller does */
    if (__atomic_compare_exchange_n(&once->private_word, &word, id, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_ACQUIRE)) {
        run(once, function, argument);
        return;
    }
    if (word == THRUM_PRIVATE_ONCE_DONE) {
        thrum_races_acquired(once);
        return;
    }
    if (THRUM_HOLDER(word) == id)
        thrum_fatal_object("runs", "once", once, "within its own function", THRUM_FATAL_NO_HOLDER);
    thrum_wait_begin(THRUM_WAIT_ONCE, once, THRUM_FOREVER);
    thrum_time look = thrum_deadlock_first();
    while (word != THRUM_PRIVATE_ONCE_DONE) {
        if ((word & THRUM_WAITERS) ||
            __atomic_compare_exchange_n(&once->private_word, &word, word | THRUM_WAITERS, false,
                                        __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
            if (thrum_os_wait(&once->private_word, word | THRUM_WAITERS, look) == THRUM_TIMED_OUT)
                look = thrum_deadlock_next();
            word = __atomic_load_n(&once->private_word, __ATOMIC_ACQUIRE);
        }
    }
    thrum_wait_end();
    thrum_races_acquired(once);
}

void thrum_once_run(thrum_once *once, void (*function)(void *argument), void *argument)
{
    thrum_private_once_slow(once, function, argument);
}
