/* What a litmus test of tests/weak is made of: up to three threads that run src/sync as it is shipped,
 * on the memory of C11. Plain data is watched for races; atomic words may be seen as old as the
 * standard lets them be. */
#ifndef THRUM_WEAK_H
#define THRUM_WEAK_H

#include <thrum.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { WEAK_THREADS = 3 };

struct weak_litmus {
    const char *name;
    void (*threads[WEAK_THREADS])(void);
    void (*setup)(void);  /* makes all static data of the test new */
    void (*finish)(void); /* when all have ended: checks */
};

extern const struct weak_litmus weak_tests[];
extern const unsigned weak_test_count;

#define WEAK_TEXT(x) #x
#define WEAK_LINE(x) WEAK_TEXT(x)
#define CHECK(condition) \
    ((condition) ? (void)0 : weak_fail(__FILE_NAME__ ":" WEAK_LINE(__LINE__) ": " #condition))
void weak_fail(const char *why) __attribute__((noreturn));

/* In place of a deadline: it may pass at any moment after the call began. */
#define WEAK_LATER ((thrum_time)5000)

/* --- between the checker and the rest of the library (library.c) ------------------------------ */

void library_reset(void);
void library_fork(void);     /* this is the child of one */
unsigned checker_self(void); /* which thread runs, from 0 */

#ifdef __cplusplus
}
#endif

#endif
