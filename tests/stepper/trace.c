/* The tracer: ptrace(2). */
#include <asm/ptrace.h>
#include <linux/ptrace.h>

#include "stepper.h"

enum { HANG_SECONDS = 120 }; /* from one event to the next, or to the runner's end */
enum { SIGTRAP_NO = 5, SIGKILL_NO = 9, WAIT_ALL = 0x40000000, WAIT_NOT = 1, REGISTERS = 1 };
#ifdef __x86_64__
enum { WORDS = 27, PC = 16 };
#else
enum { WORDS = 17, PC = 12 };
#endif

/* One run: the runner, and the thread that is stepped. */
struct run {
    const struct stepper_plan *plan;
    struct stepper_result *result;
    uint32_t runner, stepped;
    uint64_t from; /* the first instruction at which something happens */
    uint64_t last; /* that was asked whether something happens at it */
    uint64_t random;
    uint32_t handlers; /* begun and ended */
    bool pending;      /* a signal that the thread has not taken yet */
    int stop;          /* the signal that it stopped for, 0: none that it is to have */
    bool libc_waits;   /* a handler's fork(), for ever */
    bool ended;        /* the stepped thread has, or has left the call */
    bool runner_gone;  /* and waited for */
};

static volatile bool time_is_up;

void trace_time_is_up(int signo)
{
    (void)signo;
    time_is_up = true;
}

static long trace(long request, uint32_t thread, uintptr_t address, uintptr_t data)
{
    return thrum_linux_call4(__NR_ptrace, request, thread, address, data);
}

static bool stopped(uint32_t status)
{
    return (status & 0xff) == 0x7f;
}

static void fail(struct run *run, const char *why)
{
    if (run->result->failure != NULL)
        return;
    run->result->failure = why;
    run->result->step = run->result->steps;
}

/* The next news of `thread`; false: the time is up (SIGALRM), or it is not there. */
static bool await_news(uint32_t thread, uint32_t *status)
{
    int news = 0;
    long result = thrum_linux_call4(__NR_wait4, thread, &news, WAIT_ALL, NULL);
    *status = (uint32_t)news;
    return result == (long)thread;
}

static uintptr_t program_counter(uint32_t thread)
{
    uintptr_t registers[WORDS];
    struct {
        void *base;
        size_t size;
    } room = { registers, sizeof registers };
    if (trace(PTRACE_GETREGSET, thread, REGISTERS, (uintptr_t)&room) != 0)
        return 0;
    return registers[PC];
}

static uint64_t pick(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u; /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* One of `count` by chance; a multiplication, because some CPUs have no 64-bit division. */
static bool one_of(struct run *run, uint64_t count)
{
    return (pick(&run->random) >> 32) * count >> 32 == 0;
}

/* --- one instruction -------------------------------------------------------------------------- */

/* What the thread does next: false if it does not stop any more. */
static bool judge(struct run *run, uint32_t status)
{
    uint32_t signo = status >> 8 & 0xff;
    run->stop = status >> 16 == 0 && signo != SIGTRAP_NO ? (int)signo : 0;
    if (stopped(status))
        return true;
    run->ended = true;
    if (!run->plan->scenario->newborn || (status & 0x7f) != 0) {
        run->result->status = status;
        fail(run, "the stepped thread ends the process");
    }
    return false;
}

/* Lets the thread go on by `request`, with the signal that it stopped for; false: it is no more, or it
 * hangs. */
static bool go_on(struct run *run, long request)
{
    uint32_t status;
    if (trace(request, run->stepped, 0, (uintptr_t)run->stop) != 0) {
        fail(run, "the stepped thread is not there");
        return false;
    }
    if (!await_news(run->stepped, &status)) {
        fail(run, "the stepped thread hangs");
        return false;
    }
    return judge(run, status);
}

/* The same for a handler that forks: fork() may wait for a lock of the libc's that the interrupted code
 * holds, for ever. */
static bool go_on_to_fork(struct run *run)
{
    enum { TIMES = 3 };
    const thrum_time look_ns = 300000;
    int status = 0, waits = 0;
    if (trace(PTRACE_CONT, run->stepped, 0, (uintptr_t)run->stop) != 0)
        return false;
    while (thrum_linux_call4(__NR_wait4, run->stepped, &status, WAIT_ALL | WAIT_NOT, NULL) !=
           (long)run->stepped) {
        if (time_is_up) {
            fail(run, "the handler hangs");
            return false;
        }
        thrum_os_sleep_until(thrum_os_now() + look_ns);
        bool sleeps = get(&shared->forking) != 0 && thread_state(run->runner, run->stepped) == 'S';
        waits = sleeps ? waits + 1 : 0;
        if (waits == TIMES) {
            run->libc_waits = true;
            return false;
        }
    }
    return judge(run, (uint32_t)status);
}

/* At the handler's first instruction: has it run, and the thread back at `at`. */
static bool finish_handler(struct run *run, uintptr_t at)
{
    enum { MOST = 10000 };
    do { /* on through others' signals: that of a child that has ended, for one */
        if (!(run->plan->what == STEPPER_SIGNAL_FORK ? go_on_to_fork(run)
                                                     : go_on(run, PTRACE_CONT)))
            return false;
    } while (run->stop != 0);
    if (get(&shared->handlers) != run->handlers + 1) {
        fail(run, "the handler did not end");
        return false;
    }
    run->handlers++;
    run->pending = false;
    for (int i = 0; i < MOST; i++) {
        if (!go_on(run, PTRACE_SINGLESTEP))
            return false;
        if (program_counter(run->stepped) == at)
            return true;
    }
    fail(run, "the handler did not return");
    return false;
}

/* One instruction; or, if the thread takes a signal in its place, its handler. A thread that holds
 * signals takes it later. */
static bool step(struct run *run)
{
    if (!go_on(run, PTRACE_SINGLESTEP))
        return false;
    if (run->stop != STEPPER_SIGNO) {
        run->result->steps += run->stop == 0;
        return true;
    }
    uintptr_t at = program_counter(run->stepped);
    if (!go_on(run, PTRACE_SINGLESTEP)) /* into the handler */
        return false;
    if (program_counter(run->stepped) != (uintptr_t)stepper_handler) {
        fail(run, "the handler did not begin");
        return false;
    }
    run->result->events++;
    return finish_handler(run, at);
}

static void send_signal(struct run *run)
{
    thrum_linux_call3(__NR_tgkill, run->runner, run->stepped, STEPPER_SIGNO);
    run->pending = true;
}

/* --- a fork ----------------------------------------------------------------------------------- */

static bool runner_lives(struct run *run)
{
    int status = 0;
    if (run->runner_gone)
        return false;
    if (thrum_linux_call4(__NR_wait4, run->runner, &status, WAIT_NOT, NULL) != (long)run->runner)
        return true;
    run->runner_gone = true;
    run->result->status = (uint32_t)status;
    return false;
}

/* Whether the forking thread waits for a lock of the libc's, which the stepped one may have. */
static bool fork_waits(const struct run *run)
{
    return stepper_has_libc && get(&shared->forking) != 0 &&
           thread_state(run->runner, get(&shared->forker)) == 'S' && get(&shared->forking) != 0;
}

/* Asks for a fork; if that waits for a lock, steps on until it is free. */
static bool fork_there(struct run *run)
{
    const long look_ns = 2000000;
    uint32_t asked = get(&shared->request) + 1;
    set(&shared->request, asked);
    for (uint32_t done; (done = get(&shared->done)) != asked;) {
        sleep_on(&shared->done, done, look_ns);
        if (time_is_up || !runner_lives(run)) {
            fail(run, time_is_up ? "the fork hangs" : "the runner ended");
            return false;
        }
        if (fork_waits(run)) {
            run->result->passed_over++;
            if (!step(run))
                return false;
        }
    }
    uint32_t status = __atomic_load_n(&shared->status, __ATOMIC_RELAXED);
    run->result->events++;
    if (status == 0)
        return true;
    run->result->status = status;
    fail(run, "the child of a fork went wrong");
    return false;
}

/* --- a run ------------------------------------------------------------------------------------ */

/* How often an instruction was met in this run, up to 255; a few may share a count. */
static unsigned char met[1 << 16];

static unsigned count_instruction(uintptr_t address)
{
    unsigned char *count = &met[(uint32_t)(address * 40503u >> 3) % sizeof met];
    unsigned before = *count;
    *count = (unsigned char)(before < 255 ? before + 1 : before);
    return before;
}

/* All, but the same one 16 times at most: a read of the kernel's clock begins anew when the clock has
 * gone on, which it would for ever. Or a sample of those that are met for the first time, and few of the
 * others: long calls are loops. */
static bool happens(struct run *run)
{
    enum { OFTEN = 16, RARE = 64, GROWTH = 16 };
    const uint64_t steps = run->result->steps;
    if (steps == run->last) /* a signal was taken in place of an instruction */
        return false;
    run->last = steps;
    unsigned before = count_instruction(run->result->at);
    if (steps < run->from || steps > run->plan->to)
        return false;
    if (run->plan->gap <= 1)
        return before < OFTEN;
    return one_of(run, before == 0 ? run->plan->gap : run->plan->gap * RARE + steps / GROWTH);
}

static void step_through(struct run *run)
{
    while (run->result->failure == NULL && !run->ended) {
        if (time_is_up) {
            fail(run, "the time is up");
            return;
        }
        if (!run->plan->scenario->newborn && get(&shared->finished) != 0)
            return;
        run->result->at = program_counter(run->stepped);
        bool event = happens(run);
        if (event) {
            end_after(HANG_SECONDS);
            run->result->cut = thrum_os_now() > run->plan->end;
        }
        if (run->result->cut)
            return;
        if (event && run->plan->what == STEPPER_FORK && !fork_there(run))
            return;
        if (event && run->plan->what != STEPPER_FORK && !run->pending)
            send_signal(run);
        if (!step(run))
            return;
        uint32_t status = __atomic_load_n(&shared->status, __ATOMIC_RELAXED);
        if (run->plan->what == STEPPER_SIGNAL_FORK && status != 0) {
            run->result->status = status;
            fail(run, "the child of a fork in a handler went wrong");
        }
    }
}

/* The thread that the stepped one spawns is stepped from its first instruction. */
static bool find_newborn(struct run *run)
{
    uint32_t status, parent = run->stepped;
    unsigned long newborn = 0;
    if (trace(PTRACE_SETOPTIONS, parent, 0, PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL) != 0)
        return false;
    do {
        if (trace(PTRACE_CONT, parent, 0, 0) != 0 || !await_news(parent, &status))
            return false;
    } while (stopped(status) && status >> 16 != PTRACE_EVENT_CLONE);
    if (!stopped(status) || trace(PTRACE_GETEVENTMSG, parent, 0, (uintptr_t)&newborn) != 0)
        return false;
    run->stepped = (uint32_t)newborn;
    if (!await_news(run->stepped, &status) || !stopped(status))
        return false;
    return trace(PTRACE_SETOPTIONS, parent, 0, PTRACE_O_EXITKILL) == 0 &&
           trace(PTRACE_DETACH, parent, 0, 0) == 0;
}

static bool start(struct run *run)
{
    uint32_t status;
    for (uint32_t none; (none = get(&shared->stepped)) == 0;) {
        sleep_on(&shared->stepped, none, 10000000);
        if (time_is_up || !runner_lives(run)) {
            fail(run, "the runner ended before its first step");
            return false;
        }
    }
    run->stepped = get(&shared->stepped);
    if (trace(PTRACE_SEIZE, run->stepped, 0, PTRACE_O_EXITKILL) != 0) {
        run->result->no_ptrace = true;
        return false;
    }
    if (trace(PTRACE_INTERRUPT, run->stepped, 0, 0) != 0 || !await_news(run->stepped, &status)) {
        fail(run, "the stepped thread does not stop");
        return false;
    }
    set(&shared->begin, 1);
    if (run->plan->scenario->newborn && !find_newborn(run)) {
        fail(run, "the scenario spawns no thread");
        return false;
    }
    return true;
}

/* The call has returned, or the thread has ended: the runner ends by itself. */
static void let_go(struct run *run)
{
    if (!run->ended)
        (void)trace(PTRACE_DETACH, run->stepped, 0, 0);
    end_after(HANG_SECONDS);
    while (get(&shared->finished) == 0) {
        sleep_on(&shared->finished, 0, 10000000);
        if (time_is_up || !runner_lives(run)) {
            fail(run, time_is_up ? "the scenario hangs" : "the scenario went wrong");
            return;
        }
    }
    end_after(HANG_SECONDS);
    set(&shared->leave, 1);
    set(&shared->request, get(&shared->request) + 1);
    int status = -1;
    if (thrum_linux_call4(__NR_wait4, run->runner, &status, 0, NULL) == (long)run->runner)
        run->runner_gone = true;
    if (status == 0)
        return;
    run->result->status = (uint32_t)status;
    fail(run, run->runner_gone ? "the scenario went wrong" : "the scenario hangs");
}

/* With what is left of it: a traced thread is waited for before its process. */
static void kill_runner(struct run *run)
{
    long ended;
    thrum_linux_call2(__NR_kill, run->runner, SIGKILL_NO);
    while (!run->runner_gone) {
        ended = thrum_linux_call4(__NR_wait4, -1, NULL, WAIT_ALL, NULL);
        run->runner_gone = ended == (long)run->runner || (ended < 0 && ended != -THRUM_LINUX_EINTR);
    }
}

/* One runner, from instruction `from` on; returns where the next one has to begin, 0: nowhere. */
static uint64_t run_once(const struct stepper_plan *plan, struct stepper_result *result,
                         uint64_t from, uint64_t *random)
{
    struct run run = {
        .plan = plan, .result = result, .random = *random, .from = from, .last = UINT64_MAX
    };
    result->steps = 0;
    __builtin_memset(shared, 0, sizeof *shared);
    __builtin_memset(met, 0, sizeof met);
    long runner = stepper_fork();
    if (runner == 0)
        run_scenario(plan->scenario, plan->what);
    run.runner = (uint32_t)runner;
    if (runner < 0)
        fail(&run, "the tracer cannot fork");
    else if (start(&run))
        step_through(&run);
    *random = run.random;
    if (runner > 0 && result->failure == NULL && !result->no_ptrace && !run.libc_waits)
        let_go(&run);
    if (runner > 0 && !run.runner_gone)
        kill_runner(&run);
    if (!run.libc_waits)
        return 0;
    result->passed_over++;
    return result->steps + 1;
}

void trace_scenario(const struct stepper_plan *plan, struct stepper_result *result)
{
    uint64_t from = plan->from, random = plan->random;
    __builtin_memset(result, 0, sizeof *result);
    time_is_up = false;
    end_after(HANG_SECONDS);
    do
        from = run_once(plan, result, from, &random);
    while (from != 0 && result->failure == NULL);
    end_after(0);
}
