/* Refusals of what is said when something goes wrong: overflow catching, the dump, the fatal line. */
#include "thrum/diagnose.h"
#include "../../support/linux/border.h"
#include "../../support/linux/linux.h"
#include "../../support/linux/refusals.h"
#include "../../support/thread_system.h"
#include "thrum/mutex.h"

/* --- overflow --------------------------------------------------------------------------------- */

/* A handler of the program's, to which faults go that are no overflow: once each. */
static uint32_t faults;

static void note_fault(int signal)
{
    (void)signal;
    ++faults;
}

static void handle_faults(void)
{
    CHILD_CHECK(system_handle(SYSTEM_SIGNAL_SEGV, note_fault, 0));
}

static thrum_status catch_overflow(void)
{
    return thrum_catch_overflow();
}

/* The caller has an alternate stack only of memory that is there; and its faults still arrive. */
static void have_a_fault(thrum_status status)
{
    void *base;
    size_t size;
    bool has = border_alternate_stack(&base, &size);
    CHILD_CHECK(has || status != THRUM_OK);
    CHILD_CHECK(!has || system_is_mapped(base, size));
    faults = 0;
    CHILD_CHECK(system_signal(thrum_id(), SYSTEM_SIGNAL_SEGV));
    CHILD_CHECK(faults == 1);
}

static const struct refusal_scenario overflow = {
    .name = "overflow catching",
    .first = handle_faults,
    .act = catch_overflow,
    .settle = have_a_fault,
    .own_thread = true,
    .promises = { { "mmap", "mmmmmm", 0, 0 },
                  { "sigaltstack", "ssssss", 0, 0 },
                  { "rt_sigaction", "ssssss", 0, 0 },
                  { "munmap", ".!!!!!", 0, 0 } },
};

TEST(refusals_of_overflow_catching, 20)
{
    test_refusals(&overflow);
}

/* --- the dump --------------------------------------------------------------------------------- */

/* To nowhere: its text is looked at elsewhere (tests/diagnose/dump.c). */
static thrum_status dump(void)
{
    thrum_dump(-1);
    return THRUM_OK;
}

static const struct refusal_scenario dumps = {
    .name = "dump",
    .act = dump,
    .promises = { { "prlimit64", "......", 0, 0 },
                  { "mincore", "......", 0, 0 },
                  { "write", "......", 0, 0 } },
};

TEST(refusals_of_dump, 20)
{
    test_refusals(&dumps);
}

/* --- the fatal line --------------------------------------------------------------------------- */

static thrum_status misuse(void)
{
    static thrum_mutex mutex;
    thrum_mutex_unlock(&mutex);
    return THRUM_OK;
}

/* The process ends whatever it is refused; and says why, if it may write. Above a libc, abort(3) has
 * its own way. */
static const struct refusal_scenario fatal = {
    .name = "fatal line",
    .act = misuse,
    .ends = 'e',
    .promises = { { "write", "qqqqqe", 0, 0 },
                  { "getpid", "eeeeee", .above = LINUX_BARE },
                  { "gettid", "eeeeee", .above = LINUX_BARE },
                  { "rt_sigprocmask", "eeeeee", .above = LINUX_BARE },
                  { "tgkill", "eeeeee", .above = LINUX_BARE },
                  { "rt_sigaction", "eeeeee", .above = LINUX_BARE } },
};

TEST(refusals_of_fatal_line, 20)
{
    test_refusals(&fatal);
}
