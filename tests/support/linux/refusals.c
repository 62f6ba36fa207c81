/* The machine of refusals.h. */
#include "refusals.h"

#include "../thread_system.h"
#include "border.h"
#include "linux.h"
#include "refusal_live.h"

enum { ERRORS = 6, BASES = 3, TRIES = 8, FEW_CALLS = 6 };

static const int errors[ERRORS] = {
    12, 11, 22, 1, 38, 4
}; /* as in refusals.h; one number on all CPUs with a border */

static const struct refusal_scenario *scenario;
static struct refusal_told *told;

/* --- calls and their promises ----------------------------------------------------------------- */

struct table {
    struct border_call calls[BORDER_CALLS]; /* all that one run or another has made */
    unsigned count;
    unsigned seen[REFUSAL_PROMISES]; /* bit i: kept for errors[i] */
    bool alone[REFUSAL_PROMISES];    /* also where nothing else was refused */
    size_t kept;
    uint32_t singles, pairs, missed;
};

static bool holds_here(const struct refusal_promise *promise)
{
    return promise->above == 0 || (promise->above & linux_libc());
}

/* Negative: a call of the libc's own. */
static int place_of(const struct border_call *call)
{
    const char *name = border_name(call->number);
    for (int i = 0; i < REFUSAL_PROMISES && scenario->promises[i].call; ++i) {
        const struct refusal_promise *promise = &scenario->promises[i];
        if (name && text_equal(promise->call, name) && promise->thread == call->thread &&
            holds_here(promise))
            return i;
    }
    if (linux_libc() != LINUX_BARE)
        return -1;
    text_print(name ? name : "a call");
    text_print_number(", number", (uint64_t)call->number);
    text_print_number("by thread", call->thread);
    child_failed("each call has its promise", scenario->name, 0);
}

static char letter_of(thrum_status status)
{
    static const char letters[] = ".obimtknus"; /* in the order of thrum_status */
    return (unsigned)status < sizeof letters - 1 ? letters[status] : '?';
}

/* "thrum: the system refuses CALL with error N", once, and nothing else. */
static bool is_line_of(const char *output, const struct border_refusal *refusal)
{
    const char *name = border_name(refusal->call.number);
    char line[128] = "thrum: the system refuses ", number[24];
    size_t length = text_length(line);
    if (text_begins(name, "old "))
        name += 4;
    if (text_equal(name, "futex"))
        name = "futex wait";
    text_number((uint64_t)refusal->error, number);
    const char *const parts[] = { name, " with error ", number, "\n" };
    for (int i = 0; i < 4; ++i) {
        for (const char *from = parts[i]; *from; ++from)
            line[length++] = *from;
    }
    line[length] = 0;
    return text_equal(output, line);
}

/* What has become of a run, as a letter of refusals.h; '?' for what must not be. */
static char outcome_of(const struct border_run *run)
{
    if (run->killed)
        return '?';
    if (run->exit_status == 0)
        return run->length != 0 && !scenario->argv ? '?' : letter_of(told->status);
    if (run->signal != SYSTEM_SIGNAL_ABORT && run->exit_status != 127)
        return '?';
    if (run->length == 0)
        return 'q';
    if (text_begins(run->output, "thrum: the system refuses ")) {
        for (unsigned i = 0; i < run->refusal_count; ++i) {
            if (is_line_of(run->output, &run->refusals[i]))
                return '!';
        }
        return '?';
    }
    bool one_line = text_count(run->output, "\n") == 1 && text_begins(run->output, "thrum: ");
    return one_line ? 'e' : '?';
}

static _Noreturn void fail(const struct border_run *run, const char *what, char outcome)
{
    const char text[] = { outcome, 0 };
    for (unsigned i = 0; i < run->refusal_count; ++i) {
        const struct border_refusal *refusal = &run->refusals[i];
        text_print(border_name(refusal->call.number));
        text_print_number(", time", refusal->call.nth + 1);
        text_print_number("by thread", refusal->call.thread);
        text_print_number("was refused with", (uint64_t)refusal->error);
    }
    text_print(run->killed ? "and the run did not end; it printed: " : "the run printed: ");
    text_print(run->output);
    text_print("\n");
    text_print_number("its status", (uint64_t)run->exit_status);
    text_print_number("its signal", (uint64_t)run->signal);
    text_print("what came of it: ");
    text_print(text);
    text_print("\n");
    for (unsigned i = 0; i < run->call_count && i < BORDER_CALLS; ++i) {
        const char *name = border_name(run->calls[i].number);
        text_print(name ? name : "a call");
        text_print(run->calls[i].thread ? " (another thread) " : " ");
    }
    text_print("\n");
    child_failed(what, scenario->name, 0);
}

static void add_call(struct table *table, const struct border_call *call)
{
    for (unsigned i = 0; i < table->count; ++i) {
        if (border_same(&table->calls[i], call))
            return;
    }
    CHILD_CHECK(table->count < BORDER_CALLS);
    table->calls[table->count++] = *call;
}

static void run_once(struct border_run *run)
{
    told->status = THRUM_OK;
    run->always = scenario->always;
    struct refusal_life life = { scenario, told };
    CHILD_CHECK(border_run(scenario->argv ? NULL : refusal_live, &life, scenario->argv, run));
    CHILD_CHECK(run->call_count <= BORDER_CALLS);
}

/* With nothing refused: which calls there are, and what the cache keeps. */
static void run_bases(struct table *table)
{
    char expected = scenario->ends ? scenario->ends : '.';
    for (int i = 0; i < BASES; ++i) {
        struct border_run run = { .refusal_count = 0 };
        *told = (struct refusal_told){ .kept = 0 };
        run_once(&run);
        if (outcome_of(&run) != expected)
            fail(&run, "nothing was refused, and all is well", outcome_of(&run));
        for (unsigned at = 0; at < run.call_count; ++at)
            add_call(table, &run.calls[at]);
        table->kept = told->kept;
    }
    CHILD_CHECK(table->count > 0);
}

static char promise_of(const struct border_refusal *refusal, int *place, int *error)
{
    *place = place_of(&refusal->call);
    for (*error = 0; errors[*error] != refusal->error;)
        ++*error;
    char promise = scenario->promises[*place].outcomes[*error];
    /* the old call serves where the new one is not known */
    bool has_old = sizeof(long) == 4 && (text_equal(scenario->promises[*place].call, "futex") ||
                                         text_begins(scenario->promises[*place].call, "clock_"));
    bool unknown = refusal->error == 38 || refusal->error == 1; /* a filter's EPERM */
    return has_old && promise == '!' && unknown ? '.' : promise;
}

static bool holds(const char *letters, char letter)
{
    for (; letters && *letters; ++letters) {
        if (*letters == letter)
            return true;
    }
    return false;
}

/* Whether this may become of two refusals of which the first alone gives `one`, the second `two`. */
static bool fits(char outcome, char one, char two)
{
    if (holds("!eq", one)) /* the process ends, whatever else is refused to it */
        return holds("!eq", outcome);
    if (one == '~' || two == '~')
        return holds(".mts!", outcome);
    if (two == '!' || one == '.')
        return outcome == two || holds(scenario->either, outcome);
    return outcome == one || (two != '.' && outcome == two) || holds(scenario->either, outcome);
}

/* False if the calls of this run were others: then another try. */
static bool refuse(struct table *table, struct border_run *run)
{
    char promises[BORDER_REFUSALS];
    int place = 0, error = 0;
    *told = (struct refusal_told){ .kept = 0 };
    for (unsigned i = 0; i < run->refusal_count; ++i) {
        const char *name = border_name(run->refusals[i].call.number);
        promises[i] = promise_of(&run->refusals[i], &place, &error);
        told->may_keep_memory |= text_equal(name, "munmap");
        told->may_keep_file |= text_equal(name, "close");
    }
    run_once(run);
    char outcome = outcome_of(run);
    if (run->met != (1u << run->refusal_count) - 1) {
        if (holds("?", outcome))
            fail(run, "what was promised", outcome);
        return false;
    }
    bool single = run->refusal_count == 1;
    if (single ? outcome != promises[0] && !(promises[0] == '~' && holds(".mts", outcome))
               : !fits(outcome, promises[0], promises[1]))
        fail(run, "what was promised", outcome);
    if (holds(".mtsui", outcome) && !scenario->argv && !told->may_keep_memory &&
        told->kept != table->kept)
        fail(run, "the cache holds in the end what it does where nothing is refused", outcome);
    table->seen[place] |= 1u << error;
    table->alone[place] |= single;
    return true;
}

static bool refuse_some_time(struct table *table, struct border_run *run)
{
    for (int i = 0; i < TRIES; ++i) {
        if (refuse(table, run))
            return true;
    }
    ++table->missed;
    return false;
}

static bool left_out(const struct border_call *call, int error)
{
    int place = call->spared ? -1 : place_of(call);
    return place < 0 || scenario->promises[place].outcomes[error] == '-';
}

/* All that came after the first one, with each error in turn; where that is too much, with one. */
static void refuse_pairs(struct table *table, const struct border_run *first, uint64_t *random)
{
    const uint32_t each = table->count <= FEW_CALLS ? test_scale(ERRORS, 1) : 1;
    for (unsigned at = first->met_at + 1; at < first->call_count; ++at) {
        uint32_t from = test_pick(random, ERRORS);
        for (uint32_t i = 0; i < each; ++i) {
            struct border_run run = { .refusals = { first->refusals[0] }, .refusal_count = 2 };
            int error = (int)((from + i) % ERRORS);
            if (left_out(&first->calls[at], error))
                continue;
            run.refusals[1] = (struct border_refusal){ first->calls[at], errors[error] };
            table->pairs += refuse_some_time(table, &run);
        }
    }
}

static void refuse_all(struct table *table)
{
    uint64_t random = test_seed();
    int place, which;
    for (unsigned i = 0; i < table->count; ++i) {
        for (int error = 0; error < ERRORS; ++error) {
            struct border_run run = { .refusal_count = 1 };
            if (left_out(&table->calls[i], error))
                continue;
            run.refusals[0] = (struct border_refusal){ table->calls[i], errors[error] };
            if (!refuse_some_time(table, &run))
                continue;
            ++table->singles;
            if (promise_of(&run.refusals[0], &place, &which) != '!') /* what follows: fatal line */
                refuse_pairs(table, &run, &random);
        }
    }
}

/* --- the rows --------------------------------------------------------------------------------- */

static const char *word_of(char letter)
{
    static const char *const words[] = {
        ".done",      "m`NO_MEMORY`", "t`THREAD_LIMIT`", "s`SYSTEM`",          "u`UNSUPPORTED`",
        "i`INVALID`", "!fatal line",  "eits line, ends", "~done, or a status", "qends, no line",
        "-–",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; ++i) {
        if (words[i][0] == letter)
            return words[i] + 1;
    }
    return "?";
}

static void print_row(const struct refusal_promise *promise, bool alone)
{
    text_print("| ");
    text_print(scenario->name);
    text_print(" | `");
    text_print(promise->call);
    text_print(promise->thread ? "`, in the new thread" : "`");
    text_print(alone ? " |" : ", after another refusal |");
    for (int i = 0; i < ERRORS; ++i) {
        text_print(" ");
        text_print(word_of(promise->outcomes[i]));
        text_print(" |");
    }
    text_print("\n");
}

static void print_rows(const struct table *table)
{
    for (int i = 0; i < REFUSAL_PROMISES && scenario->promises[i].call; ++i) {
        unsigned wanted = 0;
        for (int error = 0; error < ERRORS; ++error) {
            if (scenario->promises[i].outcomes[error] != '-')
                wanted |= 1u << error;
        }
        /* of pairs, not all may have been drawn */
        if (table->seen[i] == wanted || (table->seen[i] != 0 && !table->alone[i]))
            print_row(&scenario->promises[i], table->alone[i]);
    }
    text_print_number("calls", table->count);
    text_print_number("refused alone", table->singles);
    text_print_number("refused in pairs", table->pairs);
    if (table->missed != 0)
        text_print_number("pairs of calls that did not come again", table->missed);
}

static void supervise(void *unused)
{
    static struct table table;
    (void)unused;
    told = system_map_shared(sizeof *told);
    CHILD_CHECK(told != NULL);
    run_bases(&table);
    refuse_all(&table);
    print_rows(&table);
    CHILD_CHECK(table.singles > 0);
}

static void print_lines(const char *text)
{
    while (*text) {
        char line[256];
        size_t length = 0;
        for (; text[length] && text[length] != '\n' && length < sizeof line - 1; ++length)
            line[length] = text[length];
        line[length] = 0;
        test_note("%s", line);
        text += length + (text[length] == '\n');
    }
}

void test_refusals(const struct refusal_scenario *which)
{
    const char *missing = border_missing();
    if (missing) {
        test_skip(missing);
        return;
    }
    if (which->memory != 0) {
        void *memory = system_map(which->memory);
        if (!memory) {
            test_skip("there is not as much memory as its stacks may take");
            return;
        }
        system_unmap(memory, which->memory);
    }
    scenario = which;
    if (!CHECK(system_run(supervise, NULL, 60000, test_child())))
        return;
    print_lines(test_child()->output);
    CHECK(!test_child()->killed);
    CHECK_EQ(test_child()->exit_status, 0);
}
