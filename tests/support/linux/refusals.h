/* Each call of a scenario refused, one at a time and in pairs, with each of six errors: the promised
 * status comes, and nothing stays behind.
 *
 * A run is a process of its own: it counts what it has, goes through the scenario once with calls
 * refused, counts, goes through it once more with none refused, and counts again. */
#ifndef THRUM_TEST_REFUSALS_H
#define THRUM_TEST_REFUSALS_H

#include "../../test.h"

/* What becomes of the scenario where a call is answered with ENOMEM, EAGAIN, EINVAL, EPERM, ENOSYS,
 * EINTR, a letter each:
 *
 *   .  done, as if nothing had been       m  THRUM_NO_MEMORY       t  THRUM_THREAD_LIMIT
 *   s  THRUM_SYSTEM                       u  THRUM_UNSUPPORTED     i  THRUM_INVALID
 *   !  the one line that names the call and the error, and the end of the process
 *   e  the line of the scenario itself, and the end; q: the end without it
 *   ~  done, or one of these statuses, by which of several such calls it was
 *   -  not refused here
 *
 * Calls of a row are all of that name by that thread, 0 the scenario's, 1 the first it makes. Above a
 * libc, calls without a row are its own, and left to it. */
struct refusal_promise {
    const char *call;
    const char *outcomes;
    unsigned thread;
    unsigned above; /* of enum linux_libc, those for which it holds; 0: all */
};

enum { REFUSAL_PROMISES = 12, REFUSAL_ABOVE_LIBC = 2 | 4 };

struct refusal_scenario {
    const char *name;
    void (*first)(void);   /* before anything is counted, for good; may be NULL */
    void (*prepare)(void); /* may be NULL */
    thrum_status (*act)(void);
    void (*settle)(thrum_status status); /* takes back what was done; may be NULL */
    bool keeps_two; /* mappings, after a round: then the cache can be filled with as many as ever */
    size_t memory;  /* bytes that it maps at once, if they are many */
    bool own_thread;    /* these three in a thread of their own */
    const char *always; /* a call that the kernel does not know, or NULL */
    const char *either; /* what two refusals may give though neither alone does; or NULL */
    char *const *argv;  /* instead of all above: this program */
    char ends;          /* what becomes of it where nothing is refused; 0: done */
    struct refusal_promise promises[REFUSAL_PROMISES];
};

/* Runs it all and prints a row of docs/proof.md a promise. */
void test_refusals(const struct refusal_scenario *scenario);

#endif
