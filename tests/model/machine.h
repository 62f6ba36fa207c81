/* The machine: coroutines in the place of threads, and all that is its state. Shared by the files
 * of the model, not by scenarios. */
#ifndef THRUM_MODEL_MACHINE_H
#define THRUM_MODEL_MACHINE_H

#include <setjmp.h>

#include "model.h"
#include "thread/block.h"

struct model_site {
    const char *file, *text;
    int line;
};

/*   NONE --birth--> READY <--> (makes a step) --> ENDED, PARKED
 *                    |  ^
 *            os_wait |  | woken, early, late
 *                    v  |
 *                   SLEEPS                       */
enum model_state { MODEL_NONE, MODEL_READY, MODEL_SLEEPS, MODEL_PARKED, MODEL_ENDED };

/* The step that a thread is about to make. RETURN is none that others could see. */
enum model_kind {
    MODEL_RETURN = 1,
    MODEL_LOAD,
    MODEL_STORE,
    MODEL_CHANGE,
    MODEL_WAIT,
    MODEL_WAKE,
    MODEL_MOVE,
    MODEL_EITHER,
    MODEL_OTHER
};

struct model_thread {
    enum model_state state;
    enum model_kind kind;
    const struct model_site *site;
    const void *address; /* of that step, or what it sleeps on; a text if there is no site */
    uint32_t count;      /* of a wake */
    uint32_t id;
    thrum_status status; /* how its sleep ended */
    bool own_block;      /* not from a spawn */
    thrum_time deadline;
    void (*run)(void);
    struct thrum_block *block;
    char *low; /* its stack is in use from here */
    jmp_buf jump;
};

enum { MODEL_STACK = 16384, MODEL_HEAP = 16384, MODEL_GRANULE = 16, MODEL_BLOCK = 576 };
enum { MODEL_LATE_SHIFT = 8 }; /* in a wake's choice: which of the woken return late */
enum { MODEL_GRANULES = MODEL_HEAP / MODEL_GRANULE };

/* In the program's static data, all of which is saved, restored and hashed. */
struct model_machine {
    struct model_thread threads[MODEL_THREADS];
    unsigned self;   /* whose step it is */
    uint32_t choice; /* of the step that is being made: threads to wake, or a side to take */
    size_t heap_used;
    uint64_t freed[MODEL_GRANULES / 64];
};
extern struct model_machine machine;
extern int model_spins;
extern uint32_t model_looks;

/* What is not state: a step's outcome, for the explorer. */
struct model_outcome {
    const char *failure; /* NULL: none */
    bool done, tracing;  /* by model_done; saw is wanted */
    bool process_ended;  /* done that way, */
    bool reported;       /* or by a fatal line that is right */
    char line[640];      /* what was written */
    char value[96];      /* what the step saw */
    const struct model_scenario *scenario;
};
struct model_outcome *model_get_outcome(void);

void machine_start(void);                           /* once */
void machine_settle(void);                          /* runs those that return */
void machine_step(unsigned index, uint32_t choice); /* thread `index` makes its step */
void machine_wake(unsigned index, thrum_status status);
void machine_call(void (*function)(void));
void machine_born(unsigned index, struct thrum_block *block, void (*run)(void));

/* In a coroutine: the step is described, then others may run; on return it is to be made. */
void machine_point(enum model_kind kind, const void *address);
thrum_status machine_sleep(const void *address, thrum_time deadline);
_Noreturn void machine_end(void);
_Noreturn void machine_park(void);
bool machine_inside(void);
void machine_saw(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* memory.c */
void *machine_take(size_t size);
void machine_touch(const volatile void *address, size_t size);
void machine_release(void *address, size_t size);

/* orders.c */
struct model_orders {
    uint16_t clock[MODEL_THREADS][MODEL_THREADS];
    struct model_cell {
        const void *address;
        uint16_t writer, written, read[MODEL_THREADS];
    } cells[512];
    struct {
        const void *address;
        uint16_t clock[MODEL_THREADS];
    } syncs[256];
};
extern struct model_orders model_orders;
extern bool model_orders_on;
void orders_plain(const void *address, bool write);
void orders_load(const void *address, int order);
void orders_store(const void *address, int order, bool keeps);
void orders_born(unsigned child);

/* state.c: the state as a whole. */
extern char *model_stacks, *model_heap;
void state_pristine(void); /* remembers the static data; before any scenario */
void state_load(const struct model_scenario *scenario); /* makes the scenario's first state */
uint64_t state_hash(uint64_t seed);
size_t state_save(char *into); /* bytes used, at most state_most() */
void state_restore(const char *from);
size_t state_most(void);

/* trace.c: from the scenario's first state. */
struct model_choice {
    enum { CHOICE_STEP, CHOICE_EARLY, CHOICE_LATE } what : 8;
    unsigned thread : 8;
    unsigned choice : 16;
};
void trace_print(const struct model_scenario *scenario, const struct model_choice *choices,
                 size_t count);
void choice_make(struct model_choice choice);

/* explore.c */
struct model_result {
    unsigned long states, schedules, ends, reports;
    size_t depth;
    bool exhausted;
    unsigned bound; /* of preemptions that was exhausted, if not all was; 0 preemptions are 1 */
    const char *failure;
    char line[640];
    struct model_choice *choices; /* of the failing schedule */
    size_t count;
};
struct model_result explore(const struct model_scenario *scenario, double seconds, unsigned bound);

#endif
