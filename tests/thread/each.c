/* thrum_each_thread: everybody once, main first; stopping; what is misuse inside. */
#include "../support/thread_system.h"
#include "../test.h"

enum { THREADS = 50 };

static thrum_event leave;

static void *wait_to_leave(void *argument)
{
    thrum_event_wait(&leave);
    return argument;
}

struct visits {
    thrum_thread *expected[THREADS + 1];
    uint32_t seen[THREADS + 1];
    uint32_t total, stop_after;
    thrum_thread *first;
};

static bool visit(thrum_thread *thread, void *context)
{
    struct visits *visits = context;
    if (visits->total == 0)
        visits->first = thread;
    ++visits->total;
    for (int i = 0; i <= THREADS; ++i)
        visits->seen[i] += visits->expected[i] == thread;
    return visits->total != visits->stop_after;
}

TEST(each_thread_visits_all_once, 10)
{
    struct visits visits = { .total = 0 };
    uint32_t before = test_thread_count();
    thrum_event_reset(&leave);
    visits.expected[THREADS] = thrum_self();
    for (int i = 0; i < THREADS; ++i)
        visits.expected[i] = test_spawn(wait_to_leave, NULL);
    thrum_each_thread(visit, &visits);
    CHECK_EQ(visits.total, before + THREADS);
    CHECK(visits.first == thrum_self()); /* the tests run in main */
    for (int i = 0; i <= THREADS; ++i)
        CHECK_EQ(visits.seen[i], 1);
    visits.total = 0;
    visits.stop_after = 7;
    thrum_each_thread(visit, &visits);
    CHECK_EQ(visits.total, 7);
    visits.total = 0;
    visits.stop_after = 1;
    thrum_each_thread(visit, &visits);
    CHECK_EQ(visits.total, 1);
    thrum_event_set(&leave);
    for (int i = 0; i < THREADS; ++i)
        test_join(visits.expected[i]);
    CHECK_EQ(test_thread_count(), before);
}

static uint32_t stop;

static void *nothing(void *argument)
{
    return argument;
}

static void *spawn_for_ever(void *unused)
{
    uint32_t count = 0;
    thrum_spawn_options detached = { .detached = true };
    for (; !__atomic_load_n(&stop, __ATOMIC_RELAXED); ++count) {
        if (count % 2)
            test_join(test_spawn(nothing, unused));
        else
            CHECK(thrum_spawn(NULL, nothing, NULL, &detached) == THRUM_OK);
    }
    return (void *)(uintptr_t)count;
}

static bool read_thread(thrum_thread *thread, void *sum)
{
    char name[THRUM_NAME_SIZE];
    thrum_stack info;
    thrum_get_name(thread, name);
    *(uint64_t *)sum += thrum_thread_id(thread) + (name[0] != 0);
    return thrum_stack_info(thread, &info) == THRUM_OK;
}

/* Handles are good within the visit, however fast threads come and go. */
TEST(each_thread_while_threads_come_and_go, 20)
{
    uint32_t rounds = test_scale(3000, 50), threads = test_thread_count();
    uint64_t sum = 0, state = test_seed();
    stop = 0;
    thrum_thread *spawners[2] = { test_spawn(spawn_for_ever, NULL),
                                  test_spawn(spawn_for_ever, NULL) };
    for (uint32_t i = 0; i < rounds; ++i) {
        thrum_each_thread(read_thread, &sum);
        for (uint64_t spins = test_pick(&state, 20000); spins > 0; --spins)
            __asm__ volatile("" ::: "memory");
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    uint64_t spawned = (uintptr_t)test_join(spawners[0]);
    spawned += (uintptr_t)test_join(spawners[1]);
    test_note("%u visits of all while %l threads were spawned", rounds, spawned);
    CHECK(sum > 0);
    thrum_time limit = thrum_after(test_ms(5000));
    while (test_thread_count() > threads && !test_late(limit))
        thrum_yield();
}

/* --- misuse inside, each in a child ----------------------------------------------------------- */

static thrum_thread *other;

static bool spawn_inside(thrum_thread *thread, void *context)
{
    (void)thread, (void)context;
    (void)!thrum_spawn(&other, nothing, NULL, NULL);
    return true;
}

static bool join_inside(thrum_thread *thread, void *context)
{
    (void)thread, (void)context;
    thrum_join(other, NULL);
    return true;
}

static bool detach_inside(thrum_thread *thread, void *context)
{
    (void)thread, (void)context;
    thrum_detach(other);
    return true;
}

static bool exit_inside(thrum_thread *thread, void *context)
{
    (void)thread, (void)context;
    thrum_exit(NULL);
}

static bool visit_inside(thrum_thread *thread, void *context)
{
    (void)thread;
    thrum_each_thread(read_thread, context);
    return true;
}

static void misuse_inside(void *visitor)
{
    uint64_t sum = 0;
    thrum_set_fatal_hook(NULL);
    thrum_event_reset(&leave);
    other = test_spawn(wait_to_leave, NULL);
    thrum_each_thread(*(bool (**)(thrum_thread *, void *))visitor, &sum);
}

TEST(each_thread_misuse_inside, 20)
{
    static bool (*visitors[])(thrum_thread *, void *) = { spawn_inside, join_inside, detach_inside,
                                                          exit_inside, visit_inside };
    for (size_t i = 0; i < sizeof visitors / sizeof *visitors; ++i) {
        struct system_child *child = test_child();
        char line[256];
        if (!CHECK(system_run(misuse_inside, &visitors[i], 3000, child)))
            return;
        CHECK(!child->killed);
        CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
        CHECK(text_begins(child->output, "thrum: "));
        if (text_line_with(child->output, "thrum: ", line, sizeof line))
            test_note("%s", line);
        else
            test_note_child(child);
    }
}
