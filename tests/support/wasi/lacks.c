/* What WASI cannot have. */
#include "../../test.h"
#include "../system.h"

static const struct system_lack lacks[] = {
#define NO_SIGNALS "WASI has no signals"
    { "barrier_late_leaver", NO_SIGNALS },
    { "birth_has_no_pending_signals", NO_SIGNALS },
    { "birth_inherits_signal_mask", NO_SIGNALS },
    { "birth_refused_keeps_signal_mask", NO_SIGNALS },
    { "birth_stack_is_aligned", "it looks from a signal's handler, too, which WASI has not" },
    { "birth_under_signals_*", NO_SIGNALS },
    { "dump_from_a_handler_at_any_moment", NO_SIGNALS },
    { "dump_in_a_handler_*", NO_SIGNALS },
    { "event_set_in_a_handler", NO_SIGNALS },
    { "restarting_signals_end_no_wait", NO_SIGNALS },
    { "sem_post_in_a_handler", NO_SIGNALS },
    { "signals_*", NO_SIGNALS },
    { "stack_smallest_fits_destructors_and_signals", NO_SIGNALS },
    { "storm_*", NO_SIGNALS },
    { "wake_in_a_handler", NO_SIGNALS },
    { "waitgroup_late_waiter", NO_SIGNALS },

#define NO_FAULTS "WASI takes access from no memory, so nothing faults there"
    { "arg_copy_reads_no_byte_too_many", NO_FAULTS },
    { "barrier_memory_goes_when_all_returned", NO_FAULTS },
    { "cond_memory_goes_after_a_broadcast", NO_FAULTS },
    { "memory_goes_*", NO_FAULTS },
    { "memory_of_a_sleeper_goes_between_any_two_instructions", NO_FAULTS },
    { "memory_at_the_edge_of_a_page", NO_FAULTS },
    { "wake_of_none", NO_FAULTS },
    { "overflow_*", NO_FAULTS },
    { "hardened_block_is_beyond_a_guard", NO_FAULTS },
    { "hardened_mapping_is_nobody_elses", NO_FAULTS },
    { "stack_guard_faults", NO_FAULTS },
    { "stack_large_frame_stays_in_its_guard", NO_FAULTS },
    { "stack_overflow_hits_the_guard", NO_FAULTS },

#define NO_NAMES "WASI has no names of threads, see wasi_keeps_names_to_itself"
    { "name_of_main", NO_NAMES },
    { "name_set_by_oneself", NO_NAMES },
#define NO_AFFINITY "WASI tells of no CPUs, see wasi_has_no_affinity"
    { "affinity_*", NO_AFFINITY },
    { "cpu_count_*", NO_AFFINITY },

#define NO_LIMITS "WASI has no limits to be set, see wasi_refusals"
    { "c11_create_without_memory", NO_LIMITS },
    { "refusal_*", NO_LIMITS },
    { "fork_gives_back_others_memory", "WebAssembly's memory never shrinks" },
};

const char *system_lacks(const char *test)
{
    return system_lack_of(test, lacks, sizeof lacks / sizeof *lacks);
}
