// The sources' own atomic steps and plain accesses, as the compiler's thread instrumentation shows
// them, made on the memory of Relacy Race Detector, a checker for the memory model of C11 and C++11:
// a load may see any value that the orders let it see, and two plain accesses that nothing puts in
// sequence are a race. Schedules are drawn at random from a seed a round, so each is found again.
//
// Which addresses there are is learned as they are met: a round that meets a new one is given up,
// and all begins again with one more that is known before the threads start.
#include <relacy/relacy.hpp>

#undef new
#undef delete
#undef malloc
#undef free
#undef assert

#include "weak.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

enum { THREADS = WEAK_THREADS, MOST = 128 };

struct site {
    const char *file, *text;
    int line;
};
const site *last_site;

const weak_litmus *litmus;
bool inside; // a thread of the test runs

// What the process that makes the rounds tells the one that has started it.
struct report {
    const void *words[MOST], *plains[MOST];
    unsigned word_count, plain_count;
    bool learned, ended; // a new address: the round is void
    rl::test_result_e result;
    rl::iteration_t last_round;
    char said[256]; // why the test failed, if it said so
} * report;

struct world : rl::test_suite<world, THREADS> {
    struct word {
        rl::atomic<uint32_t> value;
    };
    word *known_words[MOST];
    rl::var_data *known_plains[MOST];
    const void *sleeps_on[THREADS]; // nullptr: it does not sleep
    static world *now;

    void before()
    {
        now = this;
        memset(sleeps_on, 0, sizeof sleeps_on);
        library_reset();
        litmus->setup();
        for (unsigned i = 0; i < report->word_count; i++) {
            known_words[i] = new word;
            known_words[i]->value.store(*static_cast<const uint32_t *>(report->words[i]),
                                        rl::mo_relaxed, $);
        }
        for (unsigned i = 0; i < report->plain_count; i++) {
            known_plains[i] = rl::ctx().var_ctor();
            known_plains[i]->init(*rl::ctx().threadx_);
        }
    }

    void thread(unsigned index)
    {
        inside = true;
        if (litmus->threads[index] != nullptr)
            litmus->threads[index]();
    }

    void after()
    {
        inside = false;
        for (unsigned i = 0; i < report->word_count; i++)
            delete known_words[i];
        for (unsigned i = 0; i < report->plain_count; i++)
            rl::ctx().var_dtor(known_plains[i]);
        litmus->finish();
    }
};
world *world::now;

rl::debug_info here()
{
    if (last_site == nullptr)
        return rl::debug_info("", "", 0);
    return rl::debug_info(last_site->text, last_site->file, static_cast<unsigned>(last_site->line));
}

// Coroutines: their stacks are from malloc, each thread's own, and watched by nobody.
bool on_the_stack(const void *address)
{
    uintptr_t at = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
    return reinterpret_cast<uintptr_t>(address) - at + 65536 < 131072;
}

unsigned find(const void *address, const void **list, unsigned &count)
{
    for (unsigned i = 0; i < count; i++)
        if (list[i] == address)
            return i;
    if (count == MOST)
        abort();
    list[count++] = address;
    report->learned = true;
    rl::ctx().rl_until("", here());
    abort();
}

world::word &word_at(const volatile void *address)
{
    return *world::now->known_words[find(const_cast<const void *>(address), report->words,
                                         report->word_count)];
}

rl::memory_order order_of(int order)
{
    switch (order) {
    case __ATOMIC_RELAXED: return rl::mo_relaxed;
    case __ATOMIC_CONSUME:
    case __ATOMIC_ACQUIRE: return rl::mo_acquire;
    case __ATOMIC_RELEASE: return rl::mo_release;
    case __ATOMIC_ACQ_REL: return rl::mo_acq_rel;
    default: return rl::mo_seq_cst;
    }
}

void fail(const char *why, rl::test_result_e result)
{
    strncpy(report->said, why, sizeof report->said - 1);
    rl::ctx().fail_test(why, result, here());
}

void plain(const void *address, bool write)
{
    if (!inside || on_the_stack(address))
        return;
    for (unsigned i = 0; i < report->word_count && write; i++)
        if (report->words[i] == address)
            fail("a plain write to an atomic word", rl::test_result_data_race);
    rl::var_data *data =
        world::now->known_plains[find(address, report->plains, report->plain_count)];
    rl::thread_info_base &thread = *rl::ctx().threadx_;
    if (!(write ? data->store(thread) : data->load(thread))) {
        fail(write ? "a plain write that another access is not in sequence with"
                   : "a plain read that a write is not in sequence with",
             rl::test_result_data_race);
    }
}

} // namespace

extern "C" {

unsigned checker_self(void)
{
    return rl::ctx().threadx_->index_;
}

void weak_fail(const char *why)
{
    fail(why, rl::test_result_user_assert_failed);
    abort();
}

void model_at(const struct site *site)
{
    last_site = site;
}

// --- the system ----------------------------------------------------------------------------------

// What the kernel does is one step on the word as it is; it puts nothing in sequence.
int thrum_os_wait(const uint32_t *address, uint32_t expected, uint64_t deadline)
{
    world::word &word = word_at(address);
    const void *&sleeps_on = world::now->sleeps_on[checker_self()];
    rl::context &context = rl::ctx();
    context.sched();
    if (word.value.debug_value() != expected)
        return 0;
    sleeps_on = address;
    rl::unpark_reason reason =
        context.park_current_thread(deadline == WEAK_LATER, true, false, here());
    sleeps_on = nullptr;
    return reason == rl::unpark_reason_timeout ? 1 : 0;
}

// Those that sleep there, one of them drawn first.
void thrum_os_wake(const uint32_t *address, uint32_t count)
{
    (void)word_at(address);
    rl::context &context = rl::ctx();
    context.sched();
    unsigned first = context.rand(THREADS, rl::sched_type_user);
    for (unsigned i = 0; i < THREADS && count > 0; i++) {
        unsigned thread = (first + i) % THREADS;
        if (world::now->sleeps_on[thread] != address)
            continue;
        world::now->sleeps_on[thread] = nullptr;
        context.unpark_thread(static_cast<rl::thread_id_t>(thread), false, here());
        count--;
    }
}

bool thrum_os_requeue(const uint32_t *address, uint32_t expected, const uint32_t *target)
{
    world::word &word = word_at(address);
    rl::ctx().sched();
    for (unsigned i = 0; i < THREADS && word.value.debug_value() == expected; i++)
        if (world::now->sleeps_on[i] == address)
            world::now->sleeps_on[i] = target;
    return true;
}

void thrum_os_yield(void)
{
    rl::ctx().yield(1, here());
}

// --- the instrumentation -------------------------------------------------------------------------

uint32_t __tsan_atomic32_load(const volatile uint32_t *address, int order)
{
    return inside ? word_at(address).value.load(order_of(order), here()) : *address;
}

// Memory has the newest value, too: for plain reads of a word, under the lock of those that write it.
void __tsan_atomic32_store(volatile uint32_t *address, uint32_t value, int order)
{
    if (inside)
        word_at(address).value.store(value, order_of(order), here());
    *address = value;
}

int __tsan_atomic32_compare_exchange_strong(volatile uint32_t *address, uint32_t *expected,
                                            uint32_t desired, int yes, int no)
{
    if (!inside)
        return __atomic_compare_exchange_n(address, expected, desired, false, yes, no);
    bool same = word_at(address).value.compare_exchange(rl::bool_t<false>(), *expected, desired,
                                                        order_of(yes), order_of(no), here());
    if (same)
        *address = desired;
    return same;
}

#define CHANGE(name, outside)                                                              \
    uint32_t __tsan_atomic32_##name(volatile uint32_t *address, uint32_t value, int order) \
    {                                                                                      \
        if (inside)                                                                        \
            word_at(address).value.name(value, order_of(order), here());                   \
        return outside(address, value, order);                                             \
    }
CHANGE(exchange, __atomic_exchange_n)
CHANGE(fetch_add, __atomic_fetch_add)
CHANGE(fetch_sub, __atomic_fetch_sub)
CHANGE(fetch_and, __atomic_fetch_and)
CHANGE(fetch_or, __atomic_fetch_or)

#define PLAIN(size)                                  \
    void __tsan_read##size(void *address)            \
    {                                                \
        plain(address, false);                       \
    }                                                \
    void __tsan_write##size(void *address)           \
    {                                                \
        plain(address, true);                        \
    }                                                \
    void __tsan_unaligned_read##size(void *address)  \
    {                                                \
        plain(address, false);                       \
    }                                                \
    void __tsan_unaligned_write##size(void *address) \
    {                                                \
        plain(address, true);                        \
    }
PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

/* A whole object: of the orders only its beginning is looked at. */
void __tsan_read_range(void *address, size_t)
{
    plain(address, false);
}
void __tsan_write_range(void *address, size_t)
{
    plain(address, true);
}

void __tsan_init(void)
{
}
void __tsan_func_entry(void *)
{
}
void __tsan_func_exit(void)
{
}

} // extern "C"

// --- running -------------------------------------------------------------------------------------

namespace
{

// In a process of its own, because a context that has met a failure cannot be taken down.
void make_rounds(unsigned long rounds, const char *first)
{
    typedef rl::random_scheduler<THREADS> scheduler;
    rl::ostringstream silence, state;
    rl::istringstream from(first != nullptr ? first : "");
    rl::test_params params;
    params.output_stream = first != nullptr ? &std::cout : &silence;
    params.progress_stream = &silence;
    params.iteration_count = rounds;
    params.collect_history = first != nullptr;
    scheduler::shared_context_t shared;
    void *space = std::malloc(sizeof(rl::context_impl<world, scheduler>));
    auto context = ::new (space) rl::context_impl<world, scheduler>(params, shared);
    report->result = context->simulate(state, from, false);
    report->last_round = params.stop_iteration;
    report->ended = true;
    fflush(stdout);
    std::cout.flush();
    _exit(0);
}

// From round `first`, if it is given, with all that happens.
void make_rounds_apart(unsigned long rounds, const char *first)
{
    report->learned = report->ended = false;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        make_rounds(rounds, first);
    waitpid(child, nullptr, 0);
}

bool run(unsigned number, unsigned long rounds)
{
    memset(report, 0, sizeof *report);
    do
        make_rounds_apart(rounds, nullptr);
    while (report->learned);
    if (report->ended && report->result == rl::test_result_success) {
        printf("ok %u - %s\n# %s: %lu rounds, %u words, %u plain places\n", number, litmus->name,
               litmus->name, rounds, report->word_count, report->plain_count);
        return true;
    }
    printf("not ok %u - %s: %s%s%s\n", number, litmus->name,
           report->ended ? rl::test_result_str(report->result) : "crashed",
           report->said[0] ? ": " : "", report->said);
    if (report->ended)
        make_rounds_apart(rounds, std::to_string(report->last_round).append(" ").c_str());
    return false;
}

bool wanted(const char *name, int argc, char **argv)
{
    bool any = false;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0)
            continue;
        any = true;
        if (strncmp(name, argv[i], strlen(argv[i])) == 0)
            return true;
    }
    return !any;
}

} // namespace

int main(int argc, char **argv)
{
    unsigned long rounds = 20000;
    unsigned count = 0, number = 0, failed = 0;
    report = static_cast<struct report *>(
        mmap(nullptr, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--rounds=", 9) == 0)
            rounds = strtoul(argv[i] + 9, nullptr, 10);
    for (unsigned i = 0; i < weak_test_count; i++)
        count += wanted(weak_tests[i].name, argc, argv);
    printf("TAP version 13\n1..%u\n", count);
    for (unsigned i = 0; i < weak_test_count; i++) {
        litmus = &weak_tests[i];
        if (wanted(litmus->name, argc, argv))
            failed += !run(++number, rounds);
        fflush(stdout);
    }
    printf("%u passed, %u failed, 0 skipped\n", number - failed, failed);
    return failed != 0 || count == 0;
}
