/* What the library does otherwise where a sanitizer is compiled in: the one place that asks. */
#ifndef THRUM_OS_HOSTED_ANNOTATE_H
#define THRUM_OS_HOSTED_ANNOTATE_H

#include <limits.h>

#ifndef PTHREAD_DESTRUCTOR_ITERATIONS
#define PTHREAD_DESTRUCTOR_ITERATIONS 4 /* the least that POSIX allows */
#endif

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define THRUM_ADDRESS_SANITIZER 1
#else
#define THRUM_ADDRESS_SANITIZER 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define THRUM_THREAD_SANITIZER 1
#else
#define THRUM_THREAD_SANITIZER 0
#endif

/* How many rounds of a thread's destructors are thrum's. In the last one a sanitizer forgets the
 * thread, before us, and code that it has compiled must not run there any more. */
enum {
    THRUM_HOSTED_ROUNDS =
        PTHREAD_DESTRUCTOR_ITERATIONS - (THRUM_ADDRESS_SANITIZER || THRUM_THREAD_SANITIZER ? 1 : 0)
};

/* The first size that a stack is tried with, to see how much of it the libc takes. ThreadSanitizer's
 * static TLS is a megabyte of it, and it complains aloud where a stack is smaller. */
enum { THRUM_HOSTED_FIRST_STACK = 1 << 18, THRUM_HOSTED_FIRST_STACK_RACES = 1 << 22 };

/* And what its own first and last steps in a thread want at least. */
enum { THRUM_HOSTED_MORE_STACK = THRUM_THREAD_SANITIZER ? 128 << 10 : 0 };

/* ThreadSanitizer runs handlers at once on top of a pthread_join, in which the libc frees memory; both
 * take a lock of its own, so signals wait there. The thread to be joined is on its way out already. */
enum { THRUM_HOSTED_JOIN_HOLDS_SIGNALS = THRUM_THREAD_SANITIZER };

#endif
