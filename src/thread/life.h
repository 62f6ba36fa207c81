/* The steps of a thread's life that more than one file takes part in. */
#ifndef THRUM_THREAD_LIFE_H
#define THRUM_THREAD_LIFE_H

#include "thread/block.h"

/* Reaps the detached threads that have ended and are gone. */
void thrum_retired_sweep(void);
/* Puts a detached thread that has ended where the next sweep finds it; the caller does not touch it
 * again, unless it is itself, on its way out. */
void thrum_retired_push(struct thrum_thread *block);

/* Ends the calling thread. */
_Noreturn void thrum_thread_end(void *result);

/* The last thread is out, or main has returned: the program's destructors, then the process's end.
 * In start/. */
_Noreturn void thrum_start_exit(int status);

/* What optional parts hook in; each is a dummy until its part is linked. */
void thrum_tls_keys_inherit(struct thrum_thread *child, struct thrum_thread *parent);
void thrum_tls_keys_end(struct thrum_thread *block);
void thrum_tls_keys_after_fork(void);
void thrum_overflow_arm(struct thrum_thread *block);

#endif
