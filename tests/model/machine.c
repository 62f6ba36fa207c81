/* The machine's threads: coroutines that give the explorer its turn before each step. A switch is a
 * longjmp between stacks; their contents, from the stack pointer up, are state like all else. */
#include "machine.h"
#include "thread/registry.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

enum { BELOW = 192 }; /* of the frame that saves the registers: its own spills */

struct model_machine machine;
int model_spins;
uint32_t model_looks;
static struct model_outcome *outcome;
static struct side {
    jmp_buf explorer, primed[MODEL_THREADS];
    char *low[MODEL_THREADS]; /* of a primed stack */
    char *stack[MODEL_THREADS];
    ucontext_t main, birth;
    const struct model_site *site;
    bool inside;  /* a coroutine runs */
    bool calling; /* a scenario's function outside of threads */
    unsigned long steps, seen_steps;
} * side;
char *model_stacks, *model_heap;

struct model_outcome *model_get_outcome(void)
{
    return outcome;
}

void model_at(const struct model_site *site)
{
    side->site = site;
}

static struct model_thread *self(void)
{
    return &machine.threads[machine.self];
}

struct thrum_block *model_block(void)
{
    return self()->block;
}

unsigned model_self(void)
{
    return machine.self;
}

bool model_sleeps(unsigned index)
{
    return machine.threads[index].state == MODEL_SLEEPS;
}

struct thrum_block *model_block_of(unsigned index)
{
    return machine.threads[index].block;
}

static char *top_of(unsigned index)
{
    return model_stacks + (size_t)(index + 1) * MODEL_STACK;
}

static _Noreturn void to_explorer(void)
{
    side->inside = false;
    _longjmp(side->explorer, 1);
}

__attribute__((noinline)) static void leave(void)
{
    struct model_thread *thread = self();
    thread->low = (char *)__builtin_frame_address(0) - BELOW;
    if (_setjmp(thread->jump) == 0)
        to_explorer();
}

static void first_frame(void)
{
    unsigned index = machine.self;
    side->low[index] = (char *)__builtin_frame_address(0) - BELOW;
    if (_setjmp(side->primed[index]) == 0)
        setcontext(&side->main);
    self()->run();
    machine_end();
}

static void prime(unsigned index)
{
    machine.self = index;
    getcontext(&side->birth);
    side->birth.uc_stack.ss_sp = top_of(index) - MODEL_STACK;
    side->birth.uc_stack.ss_size = MODEL_STACK;
    side->birth.uc_link = NULL;
    makecontext(&side->birth, first_frame, 0);
    swapcontext(&side->main, &side->birth);
    side->stack[index] = malloc(MODEL_STACK);
    memset(top_of(index) - MODEL_STACK, 0,
           (size_t)(side->low[index] - (top_of(index) - MODEL_STACK)));
    memcpy(side->stack[index], top_of(index) - MODEL_STACK, MODEL_STACK);
}

static void fault(int number)
{
    if (number == SIGALRM) {
        bool stands = side->inside && side->steps == side->seen_steps;
        side->seen_steps = side->steps;
        if (!stands)
            return;
        outcome->failure = "runs on without a step";
    } else {
        if (!side->inside && !side->calling)
            abort();
        outcome->failure = "a fault: a pointer that leads nowhere";
    }
    to_explorer();
}

static void catch_faults(void)
{
    enum { SIZE = 65536 };
    stack_t stack = { .ss_sp = malloc(SIZE), .ss_size = SIZE };
    struct sigaction action = { .sa_handler = fault, .sa_flags = SA_ONSTACK | SA_NODEFER };
    sigaltstack(&stack, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    action.sa_flags |= SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
}

void machine_start(void)
{
    outcome = calloc(1, sizeof *outcome);
    side = calloc(1, sizeof *side);
    model_stacks = mmap(NULL, (size_t)MODEL_THREADS * MODEL_STACK, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    model_heap = mmap(NULL, MODEL_HEAP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        prime(i);
    memset(&machine, 0, sizeof machine);
    catch_faults();
}

void machine_born(unsigned index, struct thrum_block *block, void (*run)(void))
{
    struct model_thread *thread = &machine.threads[index];
    memcpy(top_of(index) - MODEL_STACK, side->stack[index], MODEL_STACK);
    memcpy(thread->jump, side->primed[index], sizeof(jmp_buf));
    thread->low = side->low[index];
    thread->block = block;
    thread->run = run;
    thread->kind = MODEL_RETURN;
    thread->state = MODEL_READY;
    orders_born(index);
}

/* From the explorer: until the next point. */
static void resume(unsigned index)
{
    machine.self = index;
    side->inside = true;
    side->steps++;
    if (_setjmp(side->explorer) == 0)
        _longjmp(machine.threads[index].jump, 1);
    /* What is dead of the stack makes no two states of one. */
    enum { USED = 4096 };
    char *low = machine.threads[index].low, *end = top_of(index) - MODEL_STACK;
    size_t dead = (size_t)(low - end);
    memset(dead > USED ? low - USED : end, 0, dead > USED ? USED : dead);
    machine.self = 0;
    machine.choice = 0;
}

/* What follows a sleep or a birth is nobody else's business until the thread's next point. */
void machine_settle(void)
{
    for (unsigned i = 0; i < MODEL_THREADS && outcome->failure == NULL && !outcome->done; i++)
        if (machine.threads[i].state == MODEL_READY && machine.threads[i].kind == MODEL_RETURN)
            resume(i);
}

void machine_step(unsigned index, uint32_t choice)
{
    machine.choice = choice;
    resume(index);
    machine_settle();
}

void machine_wake(unsigned index, thrum_status status)
{
    struct model_thread *thread = &machine.threads[index];
    thread->status = status;
    thread->state = MODEL_READY;
    thread->kind = MODEL_RETURN;
    thread->address = NULL;
    thread->deadline = 0;
}

/* What nobody else may change, or look at: to let others run before it shows nothing new. */
static bool private_to_self(const void *address)
{
    if (address == &thrum_registry.fork_generation ||
        (!outcome->scenario->forks && side->site != NULL &&
         strcmp(side->site->text, "generation") == 0))
        return true;
    const struct thrum_wait_record *record = &self()->block->wait;
    return !outcome->scenario->finder && address == (const void *)&record->state;
}

void machine_point(enum model_kind kind, const void *address)
{
    if (!side->inside || private_to_self(address))
        return;
    struct model_thread *thread = self();
    thread->kind = kind;
    thread->site = side->site;
    thread->address = address;
    leave();
    thread->site = NULL;
    thread->address = NULL;
    thread->kind = 0;
}

thrum_status machine_sleep(const void *address, thrum_time deadline)
{
    struct model_thread *thread = self();
    thread->state = MODEL_SLEEPS;
    thread->address = address;
    thread->deadline = deadline;
    leave();
    thrum_status status = thread->status;
    thread->status = 0;
    thread->kind = 0;
    return status;
}

/* Nothing that others can see is left of it. */
_Noreturn void machine_end(void)
{
    struct model_thread *thread = self();
    if (!outcome->scenario->listed) {
        machine_release(thread->block, MODEL_BLOCK);
        thread->block = NULL;
    }
    memset(thread->jump, 0, sizeof thread->jump);
    thread->state = MODEL_ENDED;
    if (!thread->own_block)
        thread->block = NULL;
    thread->low = top_of(machine.self);
    memset(thread->low - 64, 0, 64);
    to_explorer();
}

_Noreturn void machine_park(void)
{
    self()->state = MODEL_PARKED;
    for (;;)
        leave();
}

_Noreturn void model_fail(const char *why)
{
    outcome->failure = why;
    to_explorer();
}

/* For what a scenario does outside of its threads: it may fail. */
void machine_call(void (*function)(void))
{
    side->calling = true;
    if (_setjmp(side->explorer) == 0)
        function();
    side->calling = false;
}

_Noreturn void model_done(void)
{
    outcome->done = true;
    to_explorer();
}

bool machine_inside(void)
{
    return side->inside;
}

void model_pause(const char *what)
{
    struct model_site *site = NULL;
    (void)what;
    side->site = site;
    machine_point(MODEL_OTHER, what);
}

bool model_either(const char *what)
{
    side->site = NULL;
    machine_point(MODEL_EITHER, what);
    return machine.choice != 0;
}

void machine_saw(const char *format, ...)
{
    if (!outcome->tracing || outcome->value[0] != '\0')
        return; /* steps on what is its own follow without a point */
    va_list list;
    va_start(list, format);
    vsnprintf(outcome->value, sizeof outcome->value, format, list);
    va_end(list);
}
