/* A schedule as a table: a line a step, a column a thread. */
#include "machine.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 52 };

static const char *verb(enum model_kind kind)
{
    switch (kind) {
    case MODEL_LOAD: return "reads";
    case MODEL_STORE: return "writes";
    case MODEL_CHANGE: return "changes";
    case MODEL_WAIT: return "looks at";
    case MODEL_WAKE: return "wakes";
    case MODEL_MOVE: return "moves who sleeps on";
    case MODEL_EITHER: return "chooses";
    default: return "";
    }
}

static void line(size_t step, unsigned thread, const char *text)
{
    printf("# %4zu  %*s%s\n", step, (int)(thread * WIDTH), "", text);
}

static bool fits(struct model_choice choice)
{
    enum model_state state = machine.threads[choice.thread].state;
    return state == (choice.what == CHOICE_STEP ? MODEL_READY : MODEL_SLEEPS);
}

/* What thread `thread` is about to do, and after it what it saw. */
static void step(size_t number, struct model_choice choice)
{
    struct model_outcome *outcome = model_get_outcome();
    struct model_thread thread = machine.threads[choice.thread];
    char text[256], woken[64] = "";
    outcome->value[0] = '\0';
    choice_make(choice);
    if (choice.what != CHOICE_STEP) {
        line(number, choice.thread,
             choice.what == CHOICE_LATE ? "(its deadline passes)" : "(returns early)");
        return;
    }
    if (thread.kind == MODEL_WAKE) {
        size_t length = 0;
        for (unsigned i = 0; i < MODEL_THREADS; i++)
            if (choice.choice >> i & 1)
                length +=
                    (size_t)snprintf(woken + length, sizeof woken - length, " %c%s", 'A' + i,
                                     choice.choice >> (i + MODEL_LATE_SHIFT) & 1 ? " (late)" : "");
        if (length == 0)
            strcpy(woken, " nobody");
    } else if (thread.kind == MODEL_EITHER) {
        strcpy(woken, choice.choice ? " yes" : " no");
    }
    if (thread.site != NULL)
        snprintf(text, sizeof text, "%s:%d %s %s%s %s", thread.site->file, thread.site->line,
                 verb(thread.kind), thread.site->text, woken, outcome->value);
    else
        snprintf(text, sizeof text, "%s%s %s",
                 thread.kind == MODEL_WAIT || thread.kind == MODEL_WAKE
                     ? "the system's own word"
                     : (const char *)thread.address,
                 woken, outcome->value);
    line(number, choice.thread, text);
}

void trace_print(const struct model_scenario *scenario, const struct model_choice *choices,
                 size_t count)
{
    struct model_outcome *outcome = model_get_outcome();
    state_load(scenario);
    outcome->tracing = true;
    printf("#       ");
    for (unsigned i = 0; i < MODEL_THREADS && (i < 2 || scenario->threads[i] != NULL); i++)
        printf("%-*c", WIDTH, 'A' + (int)i);
    printf("\n");
    for (size_t i = 0; i < count && outcome->failure == NULL && !outcome->done; i++) {
        if (!fits(choices[i])) {
            printf("# step %zu of the schedule does not fit\n", i);
            break;
        }
        step(i, choices[i]);
    }
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        if (machine.threads[i].state == MODEL_SLEEPS)
            line(count, i, "(sleeps)");
    outcome->tracing = false;
}
