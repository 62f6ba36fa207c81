/* What the parts of the simulator share. A program of its own, above the system's libc: it knows nothing
 * of thrum, so nothing of thrum can hide a fault from it. SPDX-License-Identifier: MIT */
#ifndef THRUM_MACHINE_H
#define THRUM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* --- the end of the simulator (machine.c) ----------------------------------------------------- */

/* This system cannot be made to look like the machine: one skipped case, with the reason. */
_Noreturn void skip(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The simulator was asked for what it does not know, or failed. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* --- the machine (options.c) ------------------------------------------------------------------ */

enum { MOST = 24, ANY_ARGUMENTS = -1 };

struct auxiliary {
    uint64_t type, value;
    bool remove; /* the entry becomes one to be ignored */
    bool least;  /* the value is raised, never lowered: a machine that has more is not this one */
};

struct refusal {
    int call;
    int argument; /* ANY_ARGUMENTS; else this one must have the value */
    uint32_t value;
    int error;
};

struct file {
    const char *path;
    const char *text; /* NULL: neither this path nor any below it exists */
};

struct limit {
    int resource;
    uint64_t value;
};

struct machine {
    struct auxiliary auxiliary[MOST];
    size_t auxiliaries;
    struct refusal refusals[MOST];
    size_t refusal_count;
    struct file files[MOST];
    size_t file_count;
    struct limit limits[MOST];
    size_t limit_count;
    unsigned cpus; /* 0: those there are */
    unsigned hogs; /* processes that only use CPUs, on each CPU */
    bool no_environment, no_network, no_proc, closed_input;
    uid_t user; /* 0: as it is */
};

/* Reads options until one that is none; returns where that is. */
int read_options(struct machine *machine, int count, char **words);
/* Whether this much is answered by the simulator while the program runs. */
bool machine_answers(const struct machine *machine);

/* --- before the program starts, in its process (setting.c) ------------------------------------ */

void enter_setting(const struct machine *machine);
/* CPUs that this process may use. */
unsigned real_cpus(void);
/* Starts processes that only use CPUs, so many on each; they end with the calling one. */
void start_hogs(unsigned on_each_cpu);

/* --- the program's first words (auxiliary.c) -------------------------------------------------- */

/* The process has asked to be traced and is about to execute the program: waits until it has, writes the
 * auxiliary vector on its stack, and lets it go. */
void write_auxiliary(pid_t process, const struct machine *machine);

/* --- system calls (filter.c, answer.c) -------------------------------------------------------- */

/* In the process that becomes the program: the kernel refuses some calls, and reports others through the
 * descriptor that is returned (-1: none of them). */
int install_filter(const struct machine *machine);
/* In the simulator: answers those that are reported, until the program has ended. */
void answer_calls(int listener, pid_t program, const struct machine *machine);

#endif
