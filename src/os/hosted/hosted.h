/* What the files of this folder share. POSIX is in files with plain names; what a system has beyond it
 * is behind the functions of the last part and the stacks of os/adopting.h, which a system's file fills
 * in: linux.c; freebsd.c, netbsd.c, openbsd.c and dragonfly.c with bsd.c. */
#ifndef THRUM_OS_HOSTED_HOSTED_H
#define THRUM_OS_HOSTED_HOSTED_H

#include <pthread.h>
#include <signal.h>

#include "os/adopting.h"

/* --- self.c: the calling thread and its end --------------------------------------------------- */

/* Makes `block` the calling thread's, and sees to it that its end is noticed; false if the libc
 * refuses. Allowed in handlers. */
bool thrum_hosted_arm(struct thrum_block *block);
/* The last of thrum in the calling thread. */
void thrum_hosted_last(struct thrum_block *block);
/* All signals but faults wait, and come again. */
void thrum_hosted_hold_signals(sigset_t *kept);
void thrum_hosted_let_signals(const sigset_t *kept);

/* --- frame.c ---------------------------------------------------------------------------------- */

void *thrum_hosted_first_frame(void *own);

/* --- thread.c --------------------------------------------------------------------------------- */

/* The calling thread tells its id and handle to all; again does no harm. */
void thrum_hosted_publish(struct thrum_os_thread *thread);

/* Lets the signals through that the calling thread's spawner let through. */
void thrum_hosted_let_born(const struct thrum_block *block);

/* The calling thread, at its end, will be joined by nobody. */
void thrum_hosted_let_go(struct thrum_os_thread *thread);

/* In the child of a fork, before its only thread is adopted anew. */
void thrum_hosted_after_fork(void);

/* --- join.c or join_polled.c: an own thread that has taken thrum's last step ------------------- */

/* Joins it there; afterwards it is off its stack. May wait for what is left of its end, which is
 * short. */
void thrum_hosted_join(struct thrum_os_thread *thread);
/* The same if it need not wait: whether it has. */
bool thrum_hosted_try_join(struct thrum_os_thread *thread);

/* --- wait_table.c, netbsd_wait.c, or nothing -------------------------------------------------- */

void thrum_hosted_wait_after_fork(void);

/* --- the system's ----------------------------------------------------------------------------- */

/* The kernel's id of the calling thread, from 1 and below 2^31; 2^22 without THRUM_HOSTED_NUMBERS. */
uint32_t thrum_hosted_thread_id(void);
/* Whether it is the process's first thread. */
bool thrum_hosted_is_leader(uint32_t tid);
/* Whether a thread of this process has the id; with no way to ask: true until its `live` is 0. */
bool thrum_hosted_exists(uint32_t tid);
/* Of an own thread, which nobody has joined, for join_polled.c. */
enum thrum_hosted_presence {
    THRUM_HOSTED_GONE,    /* off its stack for good */
    THRUM_HOSTED_THERE,   /* not yet */
    THRUM_HOSTED_ID_THERE /* not yet, or its id is another's by now */
};
enum thrum_hosted_presence thrum_hosted_presence(const struct thrum_os_thread *thread);
/* What the libc knows of the calling thread, which the caller then destroys; false: it does not
 * tell. For own_stack.c. */
bool thrum_hosted_own_attributes(pthread_attr_t *attributes);
/* Bytes that a signal's frame may need. */
size_t thrum_hosted_signal_frame(void);
/* In the child of a fork, whose only thread calls it. */
void thrum_hosted_forked(void);

/* What a SIGSEGV or SIGBUS is (handler). */
enum thrum_hosted_fault {
    THRUM_HOSTED_SENT, /* by somebody: no instruction's doing */
    THRUM_HOSTED_UNMAPPED,
    THRUM_HOSTED_DENIED
};
enum thrum_hosted_fault thrum_hosted_fault(const siginfo_t *info);

#endif
