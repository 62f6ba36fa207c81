/* The stepper's program: which scenarios, at which instructions, and what came of them (TAP 13).
 *
 *   stepper                 a sample that takes seconds, by a seed that is printed
 *   stepper --whole         every instruction, the same one up to 16 times
 *   stepper --case=birth --what=fork --from=17 --to=17      one of them again
 *   stepper --list
 *
 * --seed=N, --gap=N: the sample is one of N of a call's different instructions. --one-in=N: of the cases too,
 * one in N. */
#include "public_calls.h"
#include "stepper.h"

enum { GAP = 4, CASE_SECONDS = 3, WHOLE_CASE_SECONDS = 900 };

static const char *const whats[STEPPER_WHATS] = { "fork", "signal", "signal_fork" };
static const char *const calls[] = { STEPPER_CALLS };

static struct {
    const char *scenario, *what;
    uint64_t seed, from, to, gap, one_in;
    bool whole, list;
} wanted = { .to = UINT64_MAX, .gap = GAP, .one_in = 1 };

/* For what no thread can be stopped in: it is before there is one. */
static const char calls_without[] = "thrum_init thrum_init_auxv";

const bool stepper_is_served = false;

static uint32_t count, failed, skipped;

/* NULL beyond the last. */
static const struct scenario *scenario_at(size_t index)
{
    if (index < thread_scenarios.count)
        return &thread_scenarios.first[index];
    index -= thread_scenarios.count;
    return index < object_scenarios.count ? &object_scenarios.first[index] : NULL;
}

/* --- text ------------------------------------------------------------------------------------- */

static bool equal(const char *a, const char *b)
{
    for (; *a != '\0' && *a == *b; a++, b++) {
    }
    return *a == *b;
}

/* The rest of `text` after `part`, NULL if it does not begin so. */
static const char *after(const char *text, const char *part)
{
    for (; *part != '\0'; text++, part++)
        if (*text != *part)
            return NULL;
    return text;
}

/* Whether one of the words of `list` is `word`. */
static bool names(const char *list, const char *word)
{
    for (const char *at = list; *at != '\0'; at++) {
        const char *rest = at == list || at[-1] == ' ' ? after(at, word) : NULL;
        if (rest != NULL && (*rest == '\0' || *rest == ' '))
            return true;
    }
    return false;
}

static bool number(const char *text, uint64_t *value)
{
    for (*value = 0; *text >= '0' && *text <= '9'; text++)
        *value = *value * 10 + (uint64_t)(*text - '0');
    return *text == '\0';
}

/* A line of words and numbers. */
struct line {
    char space[512];
    struct thrum_text text;
};

static void begin(struct line *line)
{
    line->text = thrum_text(line->space, sizeof line->space - 1);
}

static void say(struct line *line, const char *words)
{
    thrum_text_string(&line->text, words);
}

static void say_number(struct line *line, const char *words, uint64_t value)
{
    say(line, words);
    thrum_text_number(&line->text, value);
}

static void end(struct line *line)
{
    (void)thrum_text_end(&line->text);
    line->space[line->text.length] = '\n';
    thrum_os_write(1, line->space, line->text.length + 1);
}

/* --- cases ------------------------------------------------------------------------------------ */

static void tell_failure(const char *scenario, const char *what,
                         const struct stepper_result *result)
{
    struct line line;
    begin(&line);
    say_number(&line, "# after instruction ", result->step);
    say(&line, ", at ");
    thrum_text_address(&line.text, (const void *)result->at);
    say(&line, ": ");
    say(&line, result->failure);
    if (result->status != 0 && (result->status & 0x7f) != 0)
        say_number(&line, ", signal ", result->status & 0x7f);
    else if (result->status != 0)
        say_number(&line, ", status ", result->status >> 8);
    end(&line);
    begin(&line);
    say(&line, "# again: stepper --case=");
    say(&line, scenario);
    say(&line, " --what=");
    say(&line, what);
    say_number(&line, " --from=", result->step);
    say_number(&line, " --to=", result->step);
    end(&line);
}

static void tell(const char *scenario, const char *what, const struct stepper_result *result)
{
    struct line line;
    bool bad = result->failure != NULL;
    count++;
    failed += bad;
    begin(&line);
    say_number(&line, bad ? "not ok " : "ok ", count);
    say(&line, " - ");
    say(&line, scenario);
    say(&line, " ");
    say(&line, what);
    if (result->no_ptrace) {
        skipped++;
        say(&line, " # SKIP ptrace is not permitted");
    }
    end(&line);
    if (result->no_ptrace)
        return;
    begin(&line);
    say_number(&line, "# ", result->steps);
    say_number(&line, " instructions, at ", result->events);
    say(&line, equal(what, "fork") ? " of them a fork" : " of them a signal");
    if (result->passed_over != 0)
        say_number(&line, "; the libc held a lock of its own at ", result->passed_over);
    if (result->cut)
        say(&line, "; the rest was not stepped: the case's time was up");
    end(&line);
    if (bad)
        tell_failure(scenario, what, result);
}

static uint64_t seed_of(size_t scenario, unsigned what)
{
    return wanted.seed + scenario * STEPPER_WHATS + what;
}

static void run_case(size_t index, unsigned what)
{
    const thrum_time seconds = 1000000000;
    struct stepper_result result;
    struct stepper_plan plan = { .scenario = scenario_at(index),
                                 .what = (enum stepper_what)what,
                                 .from = wanted.from,
                                 .to = wanted.to,
                                 .gap = wanted.whole ? 1 : (uint32_t)wanted.gap,
                                 .random = seed_of(index, what) };
    plan.end = thrum_os_now() + seconds * (wanted.whole ? WHOLE_CASE_SECONDS : CASE_SECONDS);
    trace_scenario(&plan, &result);
    tell(plan.scenario->name, whats[what], &result);
}

/* A handler may fork above a libc only, and is tried where the thread may not be known yet. */
static bool there_is(const struct scenario *scenario, unsigned what)
{
    if (what == STEPPER_SIGNAL_FORK && (!stepper_has_libc || !scenario->newborn))
        return false;
    return (wanted.scenario == NULL || equal(wanted.scenario, scenario->name)) &&
           (wanted.what == NULL || equal(wanted.what, whats[what]));
}

/* Each public call is in a scenario. */
static void check_calls(void)
{
    struct line line;
    bool bad = false;
    count++;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        bool found = names(calls_without, calls[i]);
        for (size_t j = 0; scenario_at(j) != NULL && !found; j++)
            found = names(scenario_at(j)->calls, calls[i]);
        if (found)
            continue;
        bad = true;
        begin(&line);
        say(&line, "# no scenario calls ");
        say(&line, calls[i]);
        end(&line);
    }
    failed += bad;
    begin(&line);
    say_number(&line, bad ? "not ok " : "ok ", count);
    say_number(&line, " - each of ", sizeof calls / sizeof *calls);
    say(&line, " public calls has a scenario");
    end(&line);
}

static bool parse(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value;
        bool good = true;
        if ((value = after(argv[i], "--case=")) != NULL)
            wanted.scenario = value;
        else if ((value = after(argv[i], "--what=")) != NULL)
            wanted.what = value;
        else if ((value = after(argv[i], "--seed=")) != NULL)
            good = number(value, &wanted.seed);
        else if ((value = after(argv[i], "--from=")) != NULL)
            good = number(value, &wanted.from), wanted.gap = 1;
        else if ((value = after(argv[i], "--to=")) != NULL)
            good = number(value, &wanted.to);
        else if ((value = after(argv[i], "--gap=")) != NULL)
            good = number(value, &wanted.gap);
        else if ((value = after(argv[i], "--one-in=")) != NULL)
            good = number(value, &wanted.one_in) && wanted.one_in - 1 < UINT32_MAX;
        else if (equal(argv[i], "--whole"))
            wanted.whole = true;
        else if (equal(argv[i], "--list"))
            wanted.list = true;
        else
            good = false;
        if (!good) {
            print("Bail out! stepper [--whole] [--seed=N] [--gap=N] [--one-in=N] [--case=NAME] "
                  "[--what=fork|signal|signal_fork] [--from=N] [--to=N] [--list]\n");
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct line line;
    wanted.seed = thrum_os_now();
    if (!parse(argc, argv))
        return 2;
    shared =
        (void *)thrum_linux_call(THRUM_LINUX_MMAP, 0, 4096, 3, 0x21 /* shared, anonymous */, -1, 0);
    if ((intptr_t)shared < 0 && (intptr_t)shared >= -4095)
        return 2;
    (void)stepper_handle(STEPPER_ALARM, trace_time_is_up, false);
    print("TAP version 13\n");
    begin(&line);
    say_number(&line, "# --seed=", wanted.seed);
    end(&line);
    if (wanted.scenario == NULL)
        check_calls();
    uint32_t index = (uint32_t)wanted.seed; /* where the sample of the cases begins */
    for (size_t i = 0; scenario_at(i) != NULL; i++) {
        for (unsigned what = 0; what < STEPPER_WHATS; what++) {
            if (!there_is(scenario_at(i), what) || index++ % (uint32_t)wanted.one_in != 0)
                continue;
            if (wanted.list)
                print(scenario_at(i)->name), print(" "), print(whats[what]), print("\n");
            else
                run_case(i, what);
        }
    }
    begin(&line);
    say_number(&line, "1..", count);
    end(&line);
    begin(&line);
    say_number(&line, "", count - failed - skipped);
    say_number(&line, " passed, ", failed);
    say_number(&line, " failed, ", skipped);
    say(&line, " skipped");
    end(&line);
    return failed == 0 && (count != 0 || wanted.list) ? 0 : 1;
}
