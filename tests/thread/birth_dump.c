/* Signals that are pending at birth: their handlers may ask who they are, and dump. And nobody is
 * shown to others without an id. */
#include "../support/crew.h"
#include "../support/thread_system.h"
#include "../test.h"

enum { SPAWNERS = 4 };

static uint32_t stop, without_id, without_lock_id, early, late;
static uint32_t last_id;
static THRUM_THREAD_LOCAL bool born;

/* The library's own locks are taken with it: a dump at 0 would share them with others. */
static uint32_t lock_id_here(void)
{
    const char *block = (const char *)thrum_self() - ((uintptr_t)thrum_self() & 63);
    return *(const volatile uint32_t *)(const volatile void *)(block + THRUM_PRIVATE_LOCK_ID_AT);
}

static void on_signal_at_birth(int signal)
{
    (void)signal;
    if (thrum_id() == 0 || thrum_id() != system_thread_id() || !thrum_self())
        __atomic_fetch_add(&without_id, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(born ? &late : &early, 1, __ATOMIC_RELAXED);
    if (!born)
        thrum_dump(-1);
    if (lock_id_here() == 0)
        __atomic_fetch_add(&without_lock_id, 1, __ATOMIC_RELAXED);
}

static void *be_born(void *argument)
{
    born = true;
    return argument;
}

/* Signals to those that are about to be: ids are given in order. */
static void *signal_the_newborn(void *unused)
{
    while (!flag_get(&stop)) {
        uint32_t id = __atomic_load_n(&last_id, __ATOMIC_RELAXED);
        for (uint64_t next = id + 1; id != 0 && next <= id + SPAWNERS + 1; ++next)
            system_signal(next, SYSTEM_SIGNAL_A);
    }
    return unused;
}

static void *bear(void *argument)
{
    uint32_t rounds = *(uint32_t *)argument;
    uint64_t state = test_seed() + thrum_id();
    born = true;
    for (uint32_t i = 0; i < rounds; ++i) {
        thrum_thread *thread = NULL;
        thrum_spawn_options options = { .stack_size = 16384 + 4096 * test_pick(&state, 500) };
        CHILD_CHECK(thrum_spawn(&thread, be_born, NULL, &options) == THRUM_OK);
        __atomic_store_n(&last_id, (uint32_t)thrum_thread_id(thread), __ATOMIC_RELAXED);
        CHILD_CHECK(thrum_join(thread, NULL) == THRUM_OK);
    }
    return NULL;
}

static void bear_under_signals(void *rounds)
{
    thrum_thread *spawners[SPAWNERS];
    born = true;
    stop = without_id = without_lock_id = early = late = 0;
    CHILD_CHECK(system_handle(SYSTEM_SIGNAL_A, on_signal_at_birth, SYSTEM_RESTART));
    thrum_thread *signaller = test_spawn(signal_the_newborn, NULL);
    for (int i = 0; i < SPAWNERS; ++i)
        spawners[i] = test_spawn(bear, rounds);
    for (int i = 0; i < SPAWNERS; ++i)
        CHILD_CHECK(thrum_join(spawners[i], NULL) == THRUM_OK);
    flag_set(&stop, 1);
    test_join(signaller);
    text_print_number("early", early);
    text_print_number("late", late);
    CHILD_CHECK(without_id == 0);
    CHILD_CHECK(without_lock_id == 0);
}

TEST(birth_under_signals_that_dump, 60)
{
    if (test_skip_unsound_handlers())
        return;
    uint32_t rounds = test_scale_threads(2000, 50);
    test_note("seed %l", test_seed());
    test_in_child(bear_under_signals, &rounds, 30000);
    test_note("%l signals before the thread's function, %l within",
              text_number_of(test_child()->output, "early"),
              text_number_of(test_child()->output, "late"));
}

static void *bear_for_ever(void *unused)
{
    while (!flag_get(&stop))
        test_join(test_spawn(be_born, unused));
    return NULL;
}

static bool look_for_id(thrum_thread *thread, void *count)
{
    *(uint32_t *)count += thrum_thread_id(thread) == 0;
    return true;
}

TEST(birth_is_never_shown_without_id, 30)
{
    uint32_t nameless = 0, rounds = test_scale_threads(50000, 200);
    thrum_time limit = thrum_after(test_ms(5000));
    stop = 0;
    thrum_thread *spawners[2] = { test_spawn(bear_for_ever, NULL),
                                  test_spawn(bear_for_ever, NULL) };
    for (uint32_t i = 0; i < rounds && thrum_now() < limit; ++i)
        thrum_each_thread(look_for_id, &nameless);
    flag_set(&stop, 1);
    test_join(spawners[0]);
    test_join(spawners[1]);
    CHECK_EQ(nameless, 0);
}
