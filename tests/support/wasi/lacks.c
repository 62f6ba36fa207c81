/* What WASI cannot have. */
#include "../../test.h"
#include "../system.h"

static const struct system_lack lacks[] = {
#define NO_SIGNALS "WASI has no signals"
    { "barrier_late_leaver", NO_SIGNALS },
    { "birth_has_no_pending_signals", NO_SIGNALS },
    { "birth_inherits_signal_mask", NO_SIGNALS },
    { "birth_refused_keeps_signal_mask", NO_SIGNALS },
    { "birth_under_signals_has_variables", NO_SIGNALS },
    { "dump_from_a_handler_at_any_moment", NO_SIGNALS },
    { "event_set_in_a_handler", NO_SIGNALS },
    { "restarting_signals_end_no_wait", NO_SIGNALS },
    { "sem_post_in_a_handler", NO_SIGNALS },
    { "signals_*", NO_SIGNALS },
    { "stack_smallest_fits_destructors_and_signals", NO_SIGNALS },
    { "storm_*", NO_SIGNALS },
    { "wake_in_a_handler", NO_SIGNALS },
    { "waitgroup_late_waiter", NO_SIGNALS },

#define NO_FAULTS "WASI takes access from no memory, so nothing faults there"
    { "barrier_memory_goes_when_all_returned", NO_FAULTS },
    { "lifetime_*", NO_FAULTS },
    { "memory_at_the_edge_of_a_page", NO_FAULTS },
    { "overflow_*", NO_FAULTS },
};

const char *system_lacks(const char *test)
{
    return system_lack_of(test, lacks, sizeof lacks / sizeof *lacks);
}
