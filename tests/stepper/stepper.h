/* The instruction stepper: stops a thread after its k-th instruction, for every k, and there forks in
 * another thread, or runs a signal handler on top of it.
 *
 *   tracer                    runner, its child                        child, of the runner
 *   steps the thread by       the stepped thread runs a scenario;      uses the library, and tells
 *   ptrace                    main forks whenever it is asked to       by its status what was wrong
 *
 * One run serves every k: a fork changes nothing for the thread that is stopped. The tracer is the
 * program before its first spawn, and uses nothing of the library but its system calls. */
#ifndef THRUM_TESTS_STEPPER_H
#define THRUM_TESTS_STEPPER_H

#include <asm/unistd.h>
#include <thrum.h>

#include "arch/arch.h"
#include "diagnose/format.h"
#include "os/linux/linux.h"

/* --- what tracer and runner share: a mapping of its own --------------------------------------- */

struct stepper_shared {
    thrum_private_word
        stepped; /* kernel id of the thread that runs the scenario, when it is there */
    thrum_private_word forker; /* and of the one that forks: the runner's main thread */
    thrum_private_word begin;  /* set by the tracer */
    thrum_private_word finished;
    thrum_private_word leave;
    thrum_private_word request, done; /* forks asked for, and over */
    thrum_private_word forking;       /* 1 within fork(), which may wait for a lock of the libc's */
    thrum_private_word newborn_left;  /* the thread that the scenario spawns has returned */
    uint32_t status;                  /* of the last child, as wait4 has it */
    thrum_private_word handlers;      /* that have ended */
    thrum_private_word line;          /* in the runner's source, of what was wrong in a handler */
};
extern struct stepper_shared *shared;

/* --- scenarios: threads.c, objects.c ---------------------------------------------------------- */

struct scenario {
    const char *name;
    const char *calls;    /* the public calls that it is there for */
    void (*setup)(void);  /* by the runner's main thread; may be NULL */
    void (*call)(void);   /* by the stepped thread */
    void (*finish)(void); /* by the runner's main thread, when the call has returned; may be NULL */
    bool newborn;         /* stepped is the first thread that the call spawns, from birth to end */
};
struct scenarios {
    const struct scenario *first;
    size_t count;
};
extern const struct scenarios thread_scenarios, object_scenarios;
/* The child of a fork uses what the scenarios use. */
void use_objects(void);

/* --- the runner: runner.c --------------------------------------------------------------------- */

enum stepper_what { STEPPER_FORK, STEPPER_SIGNAL, STEPPER_SIGNAL_FORK, STEPPER_WHATS };
enum { STEPPER_SIGNO = 10, STEPPER_ALARM = 14, STEPPER_CHILD_SECONDS = 60 };

/* Ends the process: with 0, or with the line of what was wrong modulo 200, plus 1. */
_Noreturn void run_scenario(const struct scenario *scenario, enum stepper_what what);
void stepper_handler(int signo);

/* For scenarios: spawns, or ends the process; waits until the thread sleeps in the kernel. */
thrum_thread *run_spawn(void *(*run)(void *), void *argument);
void run_until_asleep(thrum_thread *thread);

#define RUN_CHECK(condition) ((condition) ? (void)0 : run_failed(__LINE__, #condition))
_Noreturn void run_failed(int line, const char *condition);

/* True: a debugger takes the tracer's place, and no process is above the runner. */
extern const bool stepper_is_served;
void stepper_begin(void);
void stepper_end(void);
void end_after(long seconds);

/* Stops the calling thread for its tracer. */
static inline void stepper_stop(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __asm__ volatile("int3" ::: "memory");
#else
    __builtin_trap(); /* no tracer here delivers signals */
#endif
}

/* --- the tracer: trace.c ---------------------------------------------------------------------- */

struct stepper_plan {
    const struct scenario *scenario;
    enum stepper_what what;
    uint64_t from, to; /* instructions at which something happens */
    uint32_t gap;      /* one of so many, where an instruction is met for the first time; 1: all */
    uint64_t random;
    thrum_time end; /* no event begins after it: the thread goes on by itself */
};

struct stepper_result {
    uint64_t steps, events; /* instructions, and at how many something happened */
    uint64_t passed_over;   /* at which the libc held a lock of its own that fork() waits for */
    uint64_t step;          /* the one that failed */
    uintptr_t at;           /* its address */
    const char *failure;    /* NULL: none */
    uint32_t status;        /* as wait4 has it, if that is the failure */
    bool no_ptrace;
    bool cut; /* at the plan's end */
};

void trace_scenario(const struct stepper_plan *plan, struct stepper_result *result);
/* The tracer's handler of SIGALRM. */
void trace_time_is_up(int signo);

/* --- the system ------------------------------------------------------------------------------- */

/* bare.c, or libc.c: what must not go past a libc. `handler` NULL: the default; `restart`: system
 * calls that it interrupts go on. */
long stepper_fork(void);
bool stepper_handle(int signo, void (*handler)(int signo), bool restart);
/* Whether there is a libc, whose fork() may wait for a lock. */
extern const bool stepper_has_libc;

/* The state letter of a thread in /proc, 0 if it is not there. */
char thread_state(uint32_t process, uint32_t thread);
void print(const char *text);
static inline uint32_t get(const thrum_private_word *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}
/* Stores, and wakes whoever waits for it in await. */
void set(thrum_private_word *word, uint32_t value);
void await(thrum_private_word *word, uint32_t value);
/* Sleeps while the word is as expected, at most so long, 0: for ever; may return early. */
void sleep_on(const thrum_private_word *word, uint32_t expected, long length_ns);

#endif
