/* What tests ask of the system beside thrum: output, pages, signals, processes. All that is one
 * system's own is behind this header (one folder a system fills it in), so that tests are not.
 * SPDX-License-Identifier: MIT */
#ifndef THRUM_TEST_SYSTEM_H
#define THRUM_TEST_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void system_write(int fd, const char *text, size_t length);
_Noreturn void system_exit(int status); /* the whole process, at once */
/* Whether an emulator stands between the program and the kernel. */
bool system_emulated(void);

/* Which checker looks at the program as it runs (checker.c); 0: none. */
enum { SYSTEM_ADDRESS_SANITIZER = 1, SYSTEM_THREAD_SANITIZER = 2, SYSTEM_VALGRIND = 4 };
unsigned system_checker(void);

/* Why this system cannot have the test, NULL if it can: from the table of a system that lacks
 * something, of names, or beginnings of names with a star at the end, and reasons. */
const char *system_lacks(const char *test);
struct system_lack {
    const char *test, *reason;
};
const char *system_lack_of(const char *test, const struct system_lack *lacks, size_t count);

/* Whether code that a handler has interrupted goes on as if nothing had been: hexagon's emulator
 * loses what a comparison found, and sh4's ends a program that only counts signals (qemu 7.2). */
bool system_interrupts_soundly(void);

/* Whether the compiler needs no library for arithmetic with doubles. */
#if defined(__SOFTFP__) || defined(__riscv_float_abi_soft)
#define SYSTEM_HAS_DOUBLES 0
#else
#define SYSTEM_HAS_DOUBLES 1
#endif

/* --- memory ----------------------------------------------------------------------------------- */

size_t system_page_size(void);
/* Fresh zeroed pages; NULL if refused. */
void *system_map(size_t size);
/* At exactly this address; NULL if refused, or if anything is mapped there already. */
void *system_map_at(void *address, size_t size);
bool system_unmap(void *address, size_t size);
/* From now on any touch is a fault; and back. */
bool system_forbid(void *address, size_t size);
bool system_allow(void *address, size_t size);
/* How many mappings this process has, and bytes of address space; 0 if it cannot be told. */
size_t system_mapping_count(void);
size_t system_address_space(void);
/* Bytes in memory; 0 if it cannot be told. */
size_t system_resident(void);
/* At most so many bytes of address space from now on; UINT64_MAX: no limit. */
bool system_limit_address_space(uint64_t bytes);
/* At most so many processes and threads of this user from now on. */
bool system_limit_threads(uint64_t count);

/* --- signals ---------------------------------------------------------------------------------- */

/* Two for tests, and those with a meaning. */
extern const unsigned SYSTEM_SIGNALS; /* how many there are */
extern const int SYSTEM_SIGNAL_A, SYSTEM_SIGNAL_B, SYSTEM_SIGNAL_ALARM, SYSTEM_SIGNAL_ABORT,
    SYSTEM_SIGNAL_SEGV, SYSTEM_SIGNAL_BUS, SYSTEM_SIGNAL_KILL;

enum { SYSTEM_RESTART = 1, SYSTEM_ON_ALTERNATE_STACK = 2 };

/* `handler` NULL: the default action again. Without SYSTEM_RESTART it interrupts system calls. */
bool system_handle(int signal, void (*handler)(int signal), unsigned flags);
/* To one thread of this process, by its kernel id; false if there is none such (any more). */
bool system_signal(uint64_t thread_id, int signal);
/* Runs `handler` at each signal that ends a program that goes wrong; and the default again, which
 * children of system_run begin with. */
void system_catch_crashes(void (*handler)(int signal));
void system_default_crashes(void);
/* The calling thread's mask, bit `signal - 1`; and a new one. */
uint64_t system_signal_mask(void);
void system_set_signal_mask(uint64_t mask);
/* SYSTEM_SIGNAL_ALARM to the process, again and again; 0 stops it. */
void system_storm(uint32_t interval_us);
/* Runs `handler` after so many seconds; 0 takes it back. */
void system_alarm(unsigned seconds, void (*handler)(int signal));

/* --- threads ---------------------------------------------------------------------------------- */

/* Whether the thread sleeps in the kernel. A system that cannot tell waits a while and says yes. */
bool system_thread_sleeps(uint64_t thread_id);
/* How often the thread has gone to sleep so far; UINT64_MAX if it cannot be told. */
uint64_t system_thread_sleep_count(uint64_t thread_id);

/* Runs `run(argument)`, and `between(argument)` as a signal handler after each instruction of it.
 * Returns how many there were; 0 if this CPU or system does not step (`run` has run anyhow). */
uint64_t system_step(void (*run)(void *argument), void (*between)(void *argument), void *argument);

/* Whether a wait ends for its own reasons alone. A runner of foreign programs ends some at random.
 */
bool system_waits_exactly(void);

/* --- processes -------------------------------------------------------------------------------- */

uint64_t system_process_id(void);
/* The kernel's idea of the calling thread's id, by a system call. */
uint64_t system_thread_id(void);

/* Of the threads that a process and its children have now, in all: nanoseconds of CPU time that they
 * had, and for which they were ready to run but had no CPU. 0 if the system does not tell. */
struct system_share {
    uint64_t ran, waited;
};
struct system_share system_share(uint64_t process);

struct system_child {
    int exit_status; /* -1 if a signal ended it */
    int signal;      /* which, or 0 */
    bool killed;     /* it did not end in time, and was killed */
    size_t length;
    char output[8192]; /* its standard output and error, ended by 0, cut off where it is too long */
};

/* What an emulator says at the end of a program that a signal ends is none of the program's words. */
void system_cut_emulators_words(struct system_child *result);

/* Runs `child(argument)` in a forked process (after thrum_after_fork), which ends with status 0
 * if it returns, and waits until it has ended. False if the system cannot fork. */
bool system_run(void (*child)(void *argument), void *argument, uint32_t timeout_ms,
                struct system_child *result);
/* Static data that the next child begins with as they are now; where it is a fork, it does so
 * anyhow. */
void system_keep(void *data, size_t size);
struct system_kept {
    void *data;
    size_t size;
};
enum { SYSTEM_KEPT = 4 };
extern struct system_kept system_kept[SYSTEM_KEPT];

/* The same for another program, or this one by its own name; its environment is empty. */
bool system_run_program(const char *path, char *const *argv, uint32_t timeout_ms,
                        struct system_child *result);

/* Descriptors: the ends of a pipe; what can be read at once or until the end; closing. */
bool system_pipe(int fds[2]);
size_t system_read(int fd, char *buffer, size_t size);
void system_close(int fd);
/* Up to `size` bytes of a file; SIZE_MAX if it cannot be read. */
size_t system_read_file(const char *path, char *buffer, size_t size);

#endif
