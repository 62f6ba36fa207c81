/* Signals every ten microseconds into all threads, those that are being born and those that end too,
 * while they use everything: by a thread that aims them, and by the process's timer. Handlers do what
 * handlers may. Nothing returns early or is lost, and each post of a handler is counted. */
#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../support/workload.h"
#include "../test.h"

#define MARK 0xfeedfacecafebeefu

enum { LEAST_STRIKES = 20 };

static THRUM_THREAD_LOCAL uint64_t mark = MARK;
static thrum_tls_key inherited; /* so every thread has it, from its first moment */
static thrum_sem posted;
static thrum_event struck;
static _Alignas(4) uint32_t strikes;
static uint32_t wrong;

static void strike(int signal)
{
    (void)signal;
    thrum_time before = thrum_now();
    void *value = thrum_tls_get(inherited);
    bool right = mark == MARK && thrum_self() != NULL && thrum_id() != 0 &&
                 (value == NULL || value == &inherited) && thrum_now() >= before;
    if (!right)
        __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&strikes, 1, __ATOMIC_RELAXED);
    thrum_sem_post(&posted, 1);
    thrum_event_set(&struck);
    thrum_wake(&strikes, 1);
}

static bool handle_all(void (*handler)(int signal))
{
    /* ThreadSanitizer lets handlers wait for the next call of the libc, which then is not to go on */
    unsigned restart = system_checker() & SYSTEM_THREAD_SANITIZER ? 0 : SYSTEM_RESTART;
    return system_handle(SYSTEM_SIGNAL_A, handler, 0) &&
           system_handle(SYSTEM_SIGNAL_B, handler, restart) &&
           system_handle(SYSTEM_SIGNAL_ALARM, handler, 0);
}

/* --- the storm -------------------------------------------------------------------------------- */

/* How far apart the signals are. Where they leave no time for a round, they come less often. */
struct interval {
    uint32_t us;
    uint32_t rounds;
    thrum_time looked;
};

static bool lengthen(struct interval *interval, const struct workload *workload)
{
    thrum_time now = thrum_now();
    if (now - interval->looked < 100000000)
        return false;
    uint32_t rounds = __atomic_load_n(&workload->rounds, __ATOMIC_RELAXED);
    bool stands = rounds == interval->rounds;
    interval->rounds = rounds;
    interval->looked = now;
    if (stands)
        interval->us *= 4;
    return stands;
}

struct aim {
    struct workload *workload;
    uint32_t sent, us;
};

/* One after the other; a miss is no harm. */
static void *aim(void *argument)
{
    struct aim *aim = argument;
    struct workload *workload = aim->workload;
    struct interval interval = { .us = aim->us, .looked = thrum_now() };
    bool alone = thrum_cpu_count() == 1 || (system_checker() & SYSTEM_VALGRIND);
    for (uint32_t i = 0; flag_get(&workload->left) != 0; ++i) {
        uint32_t id =
            __atomic_load_n(&workload->ids[i % (2 * workload->threads)], __ATOMIC_RELAXED);
        if (id == 0)
            continue;
        thrum_time next = thrum_now() + interval.us * (thrum_time)1000;
        aim->sent += system_signal(id, i % 3 == 0 ? SYSTEM_SIGNAL_B : SYSTEM_SIGNAL_A);
        while (thrum_now() < next) {
            if (alone)
                thrum_yield();
        }
        (void)lengthen(&interval, workload);
    }
    aim->us = interval.us;
    return NULL;
}

/* The caller takes no alarms, so that the others do. */
static uint32_t storm_by_timer(struct workload *workload, uint32_t us)
{
    struct interval interval = { .us = us, .looked = thrum_now() };
    uint64_t mask = system_signal_mask();
    system_set_signal_mask(mask | (uint64_t)1 << (SYSTEM_SIGNAL_ALARM - 1));
    system_storm(us);
    workload_let_go(workload, &strikes, LEAST_STRIKES, thrum_after(test_ms(5000)));
    while (flag_get(&workload->left) != 0) {
        thrum_sleep_until(thrum_after(10000000));
        if (lengthen(&interval, workload))
            system_storm(interval.us);
    }
    system_storm(0);
    system_set_signal_mask(mask);
    return interval.us;
}

/* A handler may still be on its way in a thread that does not run just now: it has counted itself, and
 * its post comes. */
static void check_posts(void)
{
    uint32_t count = 0;
    thrum_time limit = thrum_after(test_ms(5000));
    CHECK(handle_all((void (*)(int))1));
    do {
        while (thrum_sem_try_wait(&posted))
            ++count;
        if (count != flag_get(&strikes))
            thrum_sleep_until(thrum_after(1000000));
    } while (count != flag_get(&strikes) && !test_late(limit));
    CHECK_EQ(count, flag_get(&strikes));
    CHECK_EQ(flag_get(&wrong), 0);
    CHECK(count > 0);
    CHECK(thrum_event_is_set(&struck));
}

/* `aimed` or by the timer, every so many microseconds; 0: not so. */
static void storm(uint32_t aimed_us, uint32_t timer_us)
{
    static struct workload workload;
    struct aim aimer = { &workload, 0, aimed_us };
    workload = (struct workload){ .threads = test_scale_threads(12, 4),
                                  .least = 1,
                                  .hold = 1,
                                  .until = thrum_after(test_run_ms(test_scale(1500, 300))) };
    /* a signal that is late may still be handled, at the end too */
    __atomic_store_n(&strikes, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&wrong, 0, __ATOMIC_RELAXED);
    posted = (thrum_sem)THRUM_SEM_INIT(0);
    struck = (thrum_event)THRUM_EVENT_INIT;
    test_note("seed %l", test_seed());
    CHECK(thrum_tls_alloc(&inherited, NULL, THRUM_TLS_INHERIT) == THRUM_OK);
    thrum_tls_set(inherited, &inherited);
    CHECK(handle_all(strike));
    workload_begin(&workload);
    thrum_thread *thread = aimed_us != 0 ? test_spawn(aim, &aimer) : NULL;
    if (timer_us != 0)
        timer_us = storm_by_timer(&workload, timer_us);
    else
        workload_let_go(&workload, &strikes, LEAST_STRIKES, thrum_after(test_ms(5000)));
    const char *failed = workload_end(&workload);
    test_join(thread);
    if (!CHECK(failed == NULL))
        test_note("of the workload: %s", failed);
    check_posts();
    thrum_tls_free(inherited);
    workload_note(&workload);
    test_note("%u signals handled, %u of them aimed; every %u us, by the timer every %u us",
              flag_get(&strikes), aimer.sent, aimer.us, timer_us);
}

TEST(storm_of_aimed_signals, 20)
{
    if (!test_skip_unsound_handlers())
        storm(10, 0);
}

TEST(storm_of_a_timer, 20)
{
    if (!test_skip_unsound_handlers())
        storm(0, 10);
}

TEST(storm_of_both, 20)
{
    if (!test_skip_unsound_handlers())
        storm(10, 10);
}
