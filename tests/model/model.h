/* What a scenario is made of: a few threads that run to their end on the model machine in every
 * order of their steps; all static data of the program is part of the machine's state. */
#ifndef THRUM_MODEL_H
#define THRUM_MODEL_H

#include <thrum.h>

enum { MODEL_THREADS = 5 };

struct model_scenario {
    const char *name;
    void (*threads[MODEL_THREADS])(void); /* the first ones are there from the start */
    void (*setup)(void);                  /* before any step */
    void (*finish)(void);                 /* when all have ended: checks */
    bool (*stuck)(void);                  /* all sleep for ever: true if they should */
    bool (*fatal)(const char *line);      /* a fatal line: true if it is the right one */
    bool listed;       /* the first threads are in the registry, where their blocks stay */
    bool forks;        /* what an object remembers of forks is looked at */
    bool finder;       /* waits without deadline look for deadlocks */
    uint32_t looks;    /* for deadlocks, after the first one that a thread makes in its wait */
    int spins;         /* how often a held lock is looked at before sleeping */
    bool quiet;        /* waits do not return early: where that alone goes beyond reach */
    bool never_moves;  /* the system cannot move a sleeping thread to another word */
    bool stops_moving; /* whoever moves one may stop there for ever */
    unsigned bound;    /* of preemptions; 0: none */
    const char *finds; /* wrong on purpose: words of the failure that has to be found */
};

void model_register(const struct model_scenario *scenario);

/* SCENARIO(mutex_excludes, .threads = { lock, lock }, .finish = both); */
#define SCENARIO(scenario_name, ...)                                                        \
    static const struct model_scenario scenario_##scenario_name = { .name = #scenario_name, \
                                                                    __VA_ARGS__ };          \
    __attribute__((constructor)) static void register_##scenario_name(void)                 \
    {                                                                                       \
        model_register(&scenario_##scenario_name);                                          \
    }                                                                                       \
    struct model_scenario

#define MODEL_TEXT(x) #x
#define MODEL_LINE(x) MODEL_TEXT(x)
#define CHECK(condition) \
    ((condition) ? (void)0 : model_fail(__FILE_NAME__ ":" MODEL_LINE(__LINE__) ": " #condition))
_Noreturn void model_fail(const char *why);

/* A step of the scenario's own, at which others may run. */
void model_pause(const char *what);
/* Either; both are tried. */
bool model_either(const char *what);
/* In place of a deadline: it may pass at any moment after the call began. */
#define MODEL_LATER ((thrum_time)5000)
/* The caller reads and writes what the object under test is there to guard. */
void model_accesses(const void *data);
void model_reads(const void *data); /* and one that only reads it */
/* Zeroed memory; any touch after it was freed is a failure. */
void *model_alloc(size_t size);
void model_free(void *memory);
/* Ends this schedule, which is fine as it is. */
_Noreturn void model_done(void);
/* Which thread runs, from 0; whether thread `index` sleeps. */
unsigned model_self(void);
bool model_sleeps(unsigned index);
struct thrum_block *model_block_of(unsigned index);

#endif
