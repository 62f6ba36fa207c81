/* The border between a program and the kernel, at which a test refuses calls: a process that traces
 * another (ptrace(2)) sees each call that it makes between border_open and border_close, answers the
 * chosen ones in the kernel's stead, and tells of all. The program is the one that is shipped. */
#ifndef THRUM_TEST_BORDER_H
#define THRUM_TEST_BORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One call: by which thread (0: the one that opened the border, then by birth), of which name (NULL
 * if it has none here), and for which time. */
struct border_call {
    unsigned thread;
    long number;
    unsigned nth; /* 0: the first */
    bool spared;  /* a futex call that wakes, which no kernel refuses; or what only libcs ask for */
};

struct border_refusal {
    struct border_call call;
    int error; /* as the kernel counts them */
};

enum { BORDER_CALLS = 96, BORDER_REFUSALS = 2, BORDER_OUTPUT = 1024 };

struct border_run {
    /* what is asked */
    struct border_refusal refusals[BORDER_REFUSALS];
    unsigned refusal_count;
    const char *always; /* a call that is answered with ENOSYS each time, or NULL */
    /* what is told */
    struct border_call calls[BORDER_CALLS];
    unsigned call_count; /* may be more than are told of */
    unsigned met;        /* bit i: refusals[i] has been given */
    unsigned met_at;     /* where in `calls` the first of them stands */
    bool killed;         /* it did not end in time */
    int exit_status;     /* -1 if a signal ended it */
    int signal;
    size_t length;
    char output[BORDER_OUTPUT]; /* standard output and error, ended by 0 */
};

/* Why there is no such border here; NULL if there is. */
const char *border_missing(void);

/* Runs `body(argument)` in a forked process (after thrum_after_fork); or, where `body` is NULL, the
 * program argv[0], whose border is open from its first step. To be called by a process that has no
 * other child and no other thread. False if it could not be traced. */
bool border_run(void (*body)(void *argument), void *argument, char *const *argv,
                struct border_run *run);

/* In the traced process: from here on, and until here, calls of the calling thread, and of threads
 * that it makes meanwhile, are seen; and told of and refused, if `refuses`. A yield never is. */
void border_open(bool refuses);
void border_close(void);
/* Whether any of these threads has asked for a sleep since border_open; looks without a call. */
bool border_has_slept(void);

/* The kernel's name of a call; NULL if the table has none. Whether two are the same. */
const char *border_name(long number);
bool border_same(const struct border_call *a, const struct border_call *b);

/* The lowest descriptor that is free: it tells of one that was left open. */
long border_free_descriptor(void);
/* The calling thread's alternate signal stack; false if it has none. */
bool border_alternate_stack(void **base, size_t *size);

#endif
