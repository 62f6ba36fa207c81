/* What the tests of threads, TLS, start and diagnosis ask of the system past system.h: figures of
 * the own process, limits and namespaces, parts of a test that need their own process, and text.
 * SPDX-License-Identifier: MIT */
#ifndef THRUM_TEST_THREAD_SYSTEM_H
#define THRUM_TEST_THREAD_SYSTEM_H

#include "system.h"
#include "thrum/thread.h"

/* --- the own process -------------------------------------------------------------------------- */

/* The file this program was started from; NULL if it is not told. */
const char *system_own_path(void);
/* Fresh zeroed pages that forked children share. */
void *system_map_shared(size_t size);
/* Whether there is a mapping, with or without access, at each page of the range. */
bool system_is_mapped(const void *address, size_t size);
/* Threads the kernel knows of; 0 if it does not tell (no /proc). */
size_t system_thread_count(void);
/* The kernel's name of a thread of this process; "" if it does not tell. */
void system_thread_name(uint64_t thread_id, char name[32]);
/* What a kernel may leave out: CPUs that programs choose (or that none but root may); which pages
 * of a stack are in memory. */
bool system_chooses_cpus(void);
bool system_tells_resident_pages(void);
/* Nanoseconds of the monotonic clock, by a system call. */
uint64_t system_now(void);
/* Nanoseconds since 1970, by a system call. */
uint64_t system_wall_clock(void);
/* How many CPUs the calling thread may run on; the first `capacity` numbers are stored. */
size_t system_affinity(unsigned *cpus, size_t capacity);
/* SYSTEM_SIGNAL_ALARM, whose default is the end, to the process after so many seconds. */
void system_end_after(unsigned seconds);

/* The most alignment that __thread variables have where more was asked for; SIZE_MAX: what was
 * asked. */
size_t system_variable_alignment(void);
/* Whether main's stack grows on, beyond what the library takes for its end. */
bool system_main_stack_grows_on(void);
/* A new stack is larger than was asked for by less than so many bytes. */
size_t system_stack_excess(void);
/* Bytes that the system says a signal takes of the stack it is handled on; 0: it says nothing, and they are
 * few. */
size_t system_signal_frame(void);

/* Where the thread pointer is the base of a segment: the segment's number and that base, as the
 * kernel has them for the calling thread. False elsewhere. */
bool system_thread_segment(unsigned *number, uintptr_t *base);

/* --- other processes, and the scheduler ------------------------------------------------------- */

uint64_t system_parent_id(void);
/* Halts a process, and lets it go on; false if there is none such. */
bool system_stop(uint64_t process);
bool system_continue(uint64_t process);

/* The calling thread's, and that of those it spawns. Under the real-time ones a thread runs until
 * it sleeps or one of a higher priority (1 is the lowest) is ready; in turn: or one of the same,
 * after a while. False if that is not permitted. */
enum system_class { SYSTEM_CLASS_NORMAL, SYSTEM_CLASS_FIRST_COME, SYSTEM_CLASS_IN_TURN };
bool system_set_class(enum system_class wanted, int priority);

/* --- limits ----------------------------------------------------------------------------------- */

/* At most so many bytes locked in memory (root is above it); all that will be mapped from now on is
 * locked, or no longer. */
bool system_limit_locked_memory(uint64_t bytes);
bool system_lock_future_memory(bool lock);
/* Another user, for good, with no privilege left. */
bool system_become_user(unsigned user);
/* A control group named `group` with so many percent of one CPU's time, which the calling process
 * joins; false, and no group, if that is not permitted. Another process removes it. */
bool system_join_cpu_quota(const char *group, uint32_t percent);
bool system_remove_cpu_quota(const char *group);
/* In a namespace of ids of one's own: the next thread's id, and how many there can be. */
bool system_set_next_id(uint64_t id);
bool system_set_highest_id(uint64_t id);

/* --- a test's part in a child ----------------------------------------------------------------- */

/* As system_run, with process ids of its own: the child is process 1. False if not permitted. */
bool system_run_alone(void (*child)(void *argument), void *argument, uint32_t timeout_ms,
                      struct system_child *result);

/* As system_run, with a monotonic clock that is so many seconds ahead. False if not permitted. */
bool system_run_later(uint64_t seconds, void (*child)(void *argument), void *argument,
                      uint32_t timeout_ms, struct system_child *result);
/* The kernel answers these calls with `error`, its number for it, for good; false if that is not
 * permitted. */
bool system_refuse_calls(const uint32_t *numbers, size_t count, uint32_t error);

/* Runs `body(argument)` in a child, in which CHILD_CHECK and child_skip end the child; the running
 * test then goes on, fails or is skipped. */
void test_in_child(void (*body)(void *argument), void *argument, uint32_t timeout_ms);
void test_in_child_alone(void (*body)(void *argument), void *argument, uint32_t timeout_ms);
void test_in_child_later(uint64_t seconds, void (*body)(void *argument), void *argument,
                         uint32_t timeout_ms);

#define CHILD_CHECK(condition) \
    ((condition) ? (void)0 : child_failed(#condition, __FILE__, __LINE__))
_Noreturn void child_failed(const char *text, const char *file, int line);
_Noreturn void child_skip(const char *reason);

/* In a child alone: a thread whose kernel id is `id`, which an ended thread had; skips the child if
 * the kernel does not give it. Only then does it run. */
thrum_thread *child_spawn_namesake(uint64_t id, void *(*run)(void *argument), void *argument);

/* From now on a misuse ends the child with its line and a status, not with a signal, which process
 * 1 of a namespace does not heed. */
void child_ends_at_misuse(void);

/* The place for a child's result, one for all tests; and its output as notes. */
struct system_child *test_child(void);
void test_note_child(const struct system_child *child);

/* The address of `object` as a number about which the compiler knows nothing: an alignment that it
 * takes for granted must be looked at. */
static inline uintptr_t seen_address(const volatile void *object)
{
    uintptr_t address = (uintptr_t)object;
    __asm__ volatile("" : "+r"(address));
    return address;
}

/* --- text ------------------------------------------------------------------------------------- */

size_t text_length(const char *text);
bool text_equal(const char *a, const char *b);
bool text_begins(const char *text, const char *part);
/* Where `part` begins in `text`, NULL if nowhere; how often it occurs. */
const char *text_find(const char *text, const char *part);
unsigned text_count(const char *text, const char *part);
/* Copies the line that holds `part`, without its end; false if there is none. */
bool text_line_with(const char *text, const char *part, char *line, size_t capacity);
/* Writes a decimal number and its end; returns its length. */
size_t text_number(uint64_t number, char text[24]);
/* To standard output, as children do: the text; "name number\n". */
void text_print(const char *text);
void text_print_number(const char *name, uint64_t number);
/* The decimal number after `name` and blanks; 0 if it is not there. */
uint64_t text_number_of(const char *text, const char *name);

#endif
