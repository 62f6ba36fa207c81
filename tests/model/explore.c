/* Depth-first over all schedules. A state that was seen before, with as many preemptions left, is
 * not gone into again: states are told apart by a hash of 64 bits of all that is in them. */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NO_LIMIT = 255, MOST_CHOICES = 64 };

struct frame {
    size_t saved; /* where its state is, in `store` */
    unsigned char next, count, left, last;
    size_t choices; /* where its choices are */
};

struct search {
    const struct model_scenario *scenario;
    uint64_t *seen;
    unsigned char *seen_left;
    size_t seen_size, seen_count;
    struct frame *frames;
    size_t depth, frames_size;
    struct model_choice *choices, *made;
    size_t choices_used, choices_size, made_size;
    char *store;
    size_t store_used, store_size;
    struct model_result result;
    double end;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void *grown(void *memory, size_t *size, size_t want, size_t each)
{
    if (want <= *size)
        return memory;
    while (*size < want)
        *size = *size == 0 ? 1024 : *size * 2;
    memory = realloc(memory, *size * each);
    if (memory == NULL)
        abort();
    return memory;
}

static void seen_grow(struct search *search)
{
    size_t old_size = search->seen_size;
    uint64_t *old = search->seen;
    unsigned char *old_left = search->seen_left;
    search->seen_size = old_size == 0 ? 1 << 16 : old_size * 2;
    search->seen = calloc(search->seen_size, sizeof *search->seen);
    search->seen_left = calloc(search->seen_size, 1);
    if (search->seen == NULL || search->seen_left == NULL)
        abort();
    for (size_t i = 0; i < old_size; i++) {
        size_t at = old[i] & (search->seen_size - 1);
        if (old[i] == 0)
            continue;
        while (search->seen[at] != 0)
            at = (at + 1) & (search->seen_size - 1);
        search->seen[at] = old[i];
        search->seen_left[at] = old_left[i];
    }
    free(old);
    free(old_left);
}

/* Whether there is no need to go on from a state. */
static bool was_seen(struct search *search, uint64_t hash, unsigned char left)
{
    if (search->seen_count * 2 >= search->seen_size)
        seen_grow(search);
    hash += hash == 0;
    size_t at = hash & (search->seen_size - 1);
    while (search->seen[at] != 0 && search->seen[at] != hash)
        at = (at + 1) & (search->seen_size - 1);
    if (search->seen[at] == hash) {
        if (search->seen_left[at] >= left)
            return true;
    } else {
        search->seen_count++;
    }
    search->seen[at] = hash;
    search->seen_left[at] = left;
    return false;
}

/* --- what can happen next --------------------------------------------------------------------- */

static void offer(struct search *search, struct frame *frame, unsigned what, unsigned thread,
                  uint32_t choice)
{
    search->choices = grown(search->choices, &search->choices_size, search->choices_used + 1,
                            sizeof *search->choices);
    struct model_choice *at = &search->choices[search->choices_used++];
    at->what = what & 3;
    at->thread = thread & 255;
    at->choice = choice & 65535;
    frame->count++;
}

static bool timed_by_scenario(const struct model_thread *thread)
{
    return thread->deadline <= MODEL_LATER;
}

static bool can_be_late(const struct model_scenario *scenario, const struct model_thread *thread)
{
    return thread->deadline != THRUM_FOREVER && (timed_by_scenario(thread) || scenario->finder);
}

/* A wake that comes with the deadline may be spent on a thread that returns late. */
static void offer_wake(struct search *search, struct frame *frame, unsigned thread, uint32_t set)
{
    uint32_t timed = 0;
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        if ((set >> i & 1) && can_be_late(search->scenario, &machine.threads[i]))
            timed |= 1u << i;
    for (uint32_t late = timed;; late = (late - 1) & timed) {
        offer(search, frame, CHOICE_STEP, thread, set | late << MODEL_LATE_SHIFT);
        if (late == 0)
            return;
    }
}

/* Every set of as many of those who sleep there as it wakes. */
static void offer_wakes(struct search *search, struct frame *frame, unsigned thread)
{
    const struct model_thread *waker = &machine.threads[thread];
    uint32_t sleepers = 0;
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        if (machine.threads[i].state == MODEL_SLEEPS &&
            machine.threads[i].address == waker->address)
            sleepers |= 1u << i;
    if (waker->count >= (uint32_t)__builtin_popcount(sleepers)) {
        offer_wake(search, frame, thread, sleepers);
        return;
    }
    for (uint32_t set = 0; set < 1u << MODEL_THREADS; set++)
        if ((set & sleepers) == set && (uint32_t)__builtin_popcount(set) == waker->count)
            offer_wake(search, frame, thread, set);
}

static void offer_step(struct search *search, struct frame *frame, unsigned thread)
{
    switch (machine.threads[thread].kind) {
    case MODEL_WAKE: offer_wakes(search, frame, thread); break;
    case MODEL_EITHER:
        offer(search, frame, CHOICE_STEP, thread, 0);
        offer(search, frame, CHOICE_STEP, thread, 1);
        break;
    default: offer(search, frame, CHOICE_STEP, thread, 0); break;
    }
}

/* Without bound all; else those that cost no more preemptions than are left. */
static void offer_all(struct search *search, struct frame *frame)
{
    const struct model_scenario *scenario = search->scenario;
    bool goes_on = machine.threads[frame->last].state == MODEL_READY;
    frame->choices = search->choices_used;
    frame->count = frame->next = 0;
    for (unsigned n = 0; n < MODEL_THREADS; n++) {
        unsigned i = (frame->last + n) % MODEL_THREADS;
        bool free = n == 0 || !goes_on || frame->left > 0;
        if (machine.threads[i].state == MODEL_READY && free)
            offer_step(search, frame, i);
    }
    for (unsigned i = 0; i < MODEL_THREADS; i++) {
        const struct model_thread *thread = &machine.threads[i];
        if (thread->state != MODEL_SLEEPS)
            continue;
        if (can_be_late(scenario, thread))
            offer(search, frame, CHOICE_LATE, i, 0);
        if (!scenario->quiet && frame->left > 0)
            offer(search, frame, CHOICE_EARLY, i, 0);
    }
}

static bool costs(const struct frame *frame, struct model_choice choice)
{
    if (choice.what == CHOICE_EARLY)
        return true;
    return choice.what == CHOICE_STEP && choice.thread != frame->last &&
           machine.threads[frame->last].state == MODEL_READY;
}

void choice_make(struct model_choice choice)
{
    if (choice.what == CHOICE_STEP) {
        machine_step(choice.thread, choice.choice);
        return;
    }
    machine_wake(choice.thread, choice.what == CHOICE_LATE ? THRUM_TIMED_OUT : THRUM_OK);
    machine_settle();
}

/* --- the search ------------------------------------------------------------------------------- */

/* Nobody can make a step, and no deadline of the scenario's own is to come. */
static bool at_rest(void)
{
    for (unsigned i = 0; i < MODEL_THREADS; i++) {
        const struct model_thread *thread = &machine.threads[i];
        if (thread->state == MODEL_READY ||
            (thread->state == MODEL_SLEEPS && timed_by_scenario(thread)))
            return false;
    }
    return true;
}

static bool finder_to_come(void)
{
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        if (machine.threads[i].state == MODEL_SLEEPS &&
            machine.threads[i].deadline != THRUM_FOREVER)
            return true;
    return false;
}

static bool all_ended(void)
{
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        if (machine.threads[i].state == MODEL_SLEEPS)
            return false;
    return true;
}

/* True if the schedule goes on. */
static bool judge(struct search *search)
{
    struct model_outcome *outcome = model_get_outcome();
    const struct model_scenario *scenario = search->scenario;
    if (outcome->failure != NULL || outcome->done) {
        search->result.ends += outcome->process_ended;
        search->result.reports += outcome->reported;
        return false;
    }
    if (!at_rest())
        return true;
    if (all_ended()) {
        search->result.ends++;
        if (scenario->finish != NULL)
            machine_call(scenario->finish);
        return false;
    }
    if (scenario->stuck != NULL && scenario->stuck()) {
        search->result.ends++;
        return false;
    }
    if (scenario->finder && finder_to_come())
        return true;
    outcome->failure = "sleeps for ever";
    return false;
}

static void enter(struct search *search, unsigned char left, unsigned char last)
{
    search->frames =
        grown(search->frames, &search->frames_size, search->depth + 1, sizeof *search->frames);
    search->made = grown(search->made, &search->made_size, search->depth + 1, sizeof *search->made);
    struct frame *frame = &search->frames[search->depth];
    frame->left = left;
    frame->last = last;
    frame->saved = search->store_used;
    offer_all(search, frame);
    search->store = grown(search->store, &search->store_size, search->store_used + state_most(), 1);
    search->store_used += state_save(search->store + search->store_used);
    search->depth++;
    if (search->depth > search->result.depth)
        search->result.depth = search->depth;
}

/* One step from the deepest frame; false if that has none left and is gone. */
static bool descend(struct search *search, bool *fresh)
{
    struct frame *frame = &search->frames[search->depth - 1];
    if (frame->next == frame->count) {
        search->choices_used = frame->choices;
        search->store_used = frame->saved;
        search->depth--;
        *fresh = false;
        return false;
    }
    if (!*fresh)
        state_restore(search->store + frame->saved);
    struct model_choice choice = search->choices[frame->choices + frame->next++];
    unsigned char left = frame->left, last = choice.thread;
    if (left != NO_LIMIT && costs(frame, choice))
        left--;
    search->made[search->depth - 1] = choice;
    choice_make(choice);
    *fresh = false;
    if (!judge(search)) {
        search->result.schedules++;
        return true;
    }
    uint64_t hash = state_hash(left == NO_LIMIT ? 0 : 1u + last);
    if (was_seen(search, hash, left)) {
        search->result.schedules++;
        return true;
    }
    enter(search, left, last);
    *fresh = true;
    return true;
}

static void fail(struct search *search)
{
    struct model_outcome *outcome = model_get_outcome();
    search->result.failure = outcome->failure;
    memcpy(search->result.line, outcome->line, sizeof outcome->line);
    search->result.count = search->depth;
    search->result.choices = malloc((search->depth + 1) * sizeof *search->made);
    memcpy(search->result.choices, search->made, search->depth * sizeof *search->made);
}

/* A scenario that never gets to what it is for. */
static const char *proves_nothing(const struct model_result *result,
                                  const struct model_scenario *scenario)
{
    if (scenario->fatal != NULL && result->reports == 0)
        return "no schedule is reported";
    if (scenario->fatal == NULL && result->ends == 0)
        return "no schedule comes to its end";
    return NULL;
}

static struct model_result search_within(const struct model_scenario *scenario, double seconds,
                                         unsigned char left)
{
    struct search search = { .scenario = scenario, .end = now() + seconds };
    struct model_outcome *outcome = model_get_outcome();
    bool fresh = true;
    unsigned long turns = 0;
    state_load(scenario);
    if (judge(&search))
        enter(&search, left, 0);
    while (search.depth > 0 && outcome->failure == NULL) {
        outcome->done = outcome->process_ended = outcome->reported = false;
        (void)descend(&search, &fresh);
        if (outcome->failure != NULL)
            break;
        if ((++turns & 1023) == 0 && now() > search.end)
            break;
    }
    search.result.exhausted = search.depth == 0;
    if (search.result.exhausted && left == NO_LIMIT && outcome->failure == NULL)
        outcome->failure = proves_nothing(&search.result, scenario);
    if (outcome->failure != NULL)
        fail(&search);
    search.result.states = search.seen_count;
    free(search.seen);
    free(search.seen_left);
    free(search.frames);
    free(search.choices);
    free(search.made);
    free(search.store);
    return search.result;
}

/* A failure is looked for again with few preemptions, because such a schedule can be read. */
static struct model_result simplest(const struct model_scenario *scenario,
                                    struct model_result found)
{
    for (unsigned char left = 0; left < 5; left++) {
        struct model_result simple = search_within(scenario, 5, left);
        if (simple.failure != NULL) {
            free(found.choices);
            return simple;
        }
    }
    return found;
}

struct model_result explore(const struct model_scenario *scenario, double seconds, unsigned bound)
{
    double end = now() + seconds;
    struct model_result result = { .exhausted = false };
    if (bound == 0)
        bound = scenario->bound;
    if (bound == 0) {
        result = search_within(scenario, seconds / 2, NO_LIMIT);
        if (result.failure != NULL)
            return simplest(scenario, result);
        if (result.exhausted)
            return result;
    }
    for (unsigned char left = 0; bound == 0 || left <= bound; left++) {
        struct model_result bounded = search_within(scenario, end - now(), left);
        if (bounded.failure != NULL)
            return bounded;
        if (!bounded.exhausted)
            break;
        bounded.exhausted = false;
        bounded.bound = left + 1u;
        result = bounded;
    }
    return result;
}
