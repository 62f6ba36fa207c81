/* The model checker's face: which scenarios, for how long, and what was seen. Output is TAP. */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

/* Not in the static data, which is the machine's state. */
static struct entry {
    const struct model_scenario *scenario;
    struct entry *next;
    bool chosen; /* to be looked at */
} * first, **last = &first;

void model_register(const struct model_scenario *scenario)
{
    struct entry *entry = calloc(1, sizeof *entry);
    entry->scenario = scenario;
    *last = entry;
    last = &entry->next;
}

/* --- schedules as text: a token a choice, thread and what happens to it ----------------------- */

static void print_schedule(const struct model_choice *choices, size_t count)
{
    printf("# --replay=");
    for (size_t i = 0; i < count; i++) {
        printf("%s%c", i == 0 ? "" : ".", 'A' + (int)choices[i].thread);
        if (choices[i].what == CHOICE_EARLY)
            printf("e");
        else if (choices[i].what == CHOICE_LATE)
            printf("l");
        else if (choices[i].choice != 0)
            printf("%u", choices[i].choice);
    }
    printf("\n");
}

static size_t parse_schedule(const char *text, struct model_choice *choices, size_t most)
{
    size_t count = 0;
    while (*text >= 'A' && *text < 'A' + MODEL_THREADS && count < most) {
        struct model_choice choice = { .thread = (unsigned)(*text++ - 'A') & 255 };
        char *end;
        if (*text == 'e' || *text == 'l')
            choice.what = *text++ == 'e' ? CHOICE_EARLY : CHOICE_LATE;
        choice.choice = (unsigned)strtoul(text, &end, 10) & 65535;
        choices[count++] = choice;
        text = *end == '.' ? end + 1 : end;
    }
    return count;
}

static void replay(const struct model_scenario *scenario, const char *text)
{
    size_t most = strlen(text) + 1;
    struct model_choice *choices = calloc(most, sizeof *choices);
    const struct model_outcome *outcome = model_get_outcome();
    trace_print(scenario, choices, parse_schedule(text, choices, most));
    printf("# %s\n", outcome->failure != NULL ? outcome->failure : "so far all is well");
    if (outcome->line[0] != '\0')
        printf("# %s\n", outcome->line);
    free(choices);
}

/* --- running ---------------------------------------------------------------------------------- */

/* Nothing is found, but for what is wrong on purpose: that, and nothing else. */
static bool is_as_it_should_be(const struct model_scenario *scenario, const char *failure)
{
    if (scenario->finds == NULL)
        return failure == NULL;
    return failure != NULL && strstr(failure, scenario->finds) != NULL;
}

static bool run(const struct model_scenario *scenario, unsigned number, double seconds,
                unsigned bound)
{
    struct model_result result = explore(scenario, seconds, bound);
    bool good = is_as_it_should_be(scenario, result.failure);
    printf("%s %u - %s", good ? "ok" : "not ok", number, scenario->name);
    if (scenario->finds != NULL)
        printf(" (wrong on purpose)");
    if (result.failure != NULL)
        printf(": %s\n", result.failure);
    else
        printf("%s\n", good ? "" : ": nothing is found");
    if (result.line[0] != '\0')
        printf("# %s\n", result.line);
    if (result.failure != NULL) {
        trace_print(scenario, result.choices, result.count);
        print_schedule(result.choices, result.count);
        free(result.choices);
    }
    printf("# %s: %lu states, %lu schedules, depth %zu, ", scenario->name, result.states,
           result.schedules, result.depth);
    if (result.failure != NULL)
        printf("stopped at the failure\n");
    else if (result.exhausted)
        printf("exhausted\n");
    else if (result.bound > 0)
        printf("bounded: all with at most %u preemptions\n", result.bound - 1);
    else
        printf("bounded: cut by time\n");
    fflush(stdout);
    return good;
}

static bool wanted(const char *name, char **names, int count)
{
    for (int i = 0; i < count; i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0) /* `mutex` is all of mutex_… */
            return true;
    return count == 0;
}

/* Of those wanted, one in so many, which the seed chooses. */
static unsigned choose(char **names, int count, unsigned long one_in, unsigned long seed)
{
    unsigned long index = seed % one_in;
    unsigned chosen = 0;
    for (struct entry *at = first; at != NULL; at = at->next) {
        at->chosen = wanted(at->scenario->name, names, count) && index++ % one_in == 0;
        chosen += at->chosen;
    }
    return chosen;
}

int main(int argc, char **argv)
{
    double seconds = 20;
    unsigned bound = 0, number = 0, failed = 0;
    unsigned long one_in = 1, seed = 0;
    const char *schedule = NULL;
    int names = 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0) {
            for (const struct entry *at = first; at != NULL; at = at->next)
                printf("%s\n", at->scenario->name);
            return 0;
        }
        if (strncmp(argv[i], "--seconds=", 10) == 0)
            seconds = strtod(argv[i] + 10, NULL);
        else if (strncmp(argv[i], "--bound=", 8) == 0)
            bound = (unsigned)strtoul(argv[i] + 8, NULL, 10);
        else if (strncmp(argv[i], "--one-in=", 9) == 0)
            one_in = strtoul(argv[i] + 9, NULL, 10);
        else if (strncmp(argv[i], "--seed=", 7) == 0)
            seed = strtoul(argv[i] + 7, NULL, 10);
        else if (strcmp(argv[i], "--orders") == 0)
            model_orders_on = true;
        else if (strncmp(argv[i], "--replay=", 9) == 0)
            schedule = argv[i] + 9;
        else
            argv[names++] = argv[i];
    }
    machine_start();
    state_pristine();
    struct itimerval second = { { 1, 0 }, { 1, 0 } };
    setitimer(ITIMER_REAL, &second, NULL);
    const unsigned count = choose(argv + 1, names - 1, one_in > 0 ? one_in : 1, seed);
    printf("TAP version 13\n1..%u\n", count);
    for (const struct entry *at = first; at != NULL; at = at->next) {
        if (!at->chosen)
            continue;
        if (schedule != NULL)
            replay(at->scenario, schedule);
        else
            failed += !run(at->scenario, ++number, seconds, bound);
    }
    printf("%u passed, %u failed, 0 skipped\n", number - failed, failed);
    return failed != 0 || count == 0;
}
