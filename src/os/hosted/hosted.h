/* What the files of this folder share. POSIX is in files with plain names; what a system has beyond it
 * is behind the functions of the last part and the stacks of os/adopting.h, which linux.c fills in on
 * Linux. */
#ifndef THRUM_OS_HOSTED_HOSTED_H
#define THRUM_OS_HOSTED_HOSTED_H

#include <signal.h>

#include "os/adopting.h"

/* --- self.c: the calling thread and its end --------------------------------------------------- */

/* Makes `block` the calling thread's, and sees to it that its end is noticed; false if the libc
 * refuses. Allowed in handlers. */
bool thrum_hosted_arm(struct thrum_thread *block);
/* The last of thrum in the calling thread. */
void thrum_hosted_last(struct thrum_thread *block);
/* All signals but faults wait, and come again. */
void thrum_hosted_hold_signals(sigset_t *kept);
void thrum_hosted_let_signals(const sigset_t *kept);

/* --- thread.c --------------------------------------------------------------------------------- */

/* The calling thread tells its id and handle to all; again does no harm. */
void thrum_hosted_publish(struct thrum_os_thread *thread);

/* The calling thread, at its end, will be joined by nobody. */
void thrum_hosted_let_go(struct thrum_os_thread *thread);

/* --- wait_table.c, or nothing ----------------------------------------------------------------- */

void thrum_hosted_wait_after_fork(void);

/* --- the system's: linux.c -------------------------------------------------------------------- */

/* The kernel's id of the calling thread, below 2^22, and not the wanted bit of thread.c. */
uint32_t thrum_hosted_thread_id(void);
/* Whether it is the process's first thread. */
bool thrum_hosted_is_leader(uint32_t tid);
/* Whether a thread of this process has the id; with no way to ask: true until its `live` is 0. */
bool thrum_hosted_exists(uint32_t tid);
/* pthread_join that does not wait: true if it has joined. */
bool thrum_hosted_try_join(uintptr_t handle);
/* Bytes that a signal's frame may need. */
size_t thrum_hosted_signal_frame(void);

#endif
