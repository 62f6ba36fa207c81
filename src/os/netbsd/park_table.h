/* Waiting on an address without a futex: a table of those that wait, by address, each parked by
 * _lwp_park(2). One file for the library below a libc, which uses it for each wait that has a deadline,
 * and for all on kernels before NetBSD 10, and for the one above NetBSD's own libc, which declares no
 * futex; each fills in the second part (wait.c, and os/hosted/netbsd_wait.c). */
#ifndef THRUM_OS_NETBSD_PARK_TABLE_H
#define THRUM_OS_NETBSD_PARK_TABLE_H

#include "os/os.h"

/* As thrum_os_wait and thrum_os_wake. */
thrum_status thrum_netbsd_wait_parked(const uint32_t *address, uint32_t expected,
                                      thrum_time deadline);
void thrum_netbsd_wake_parked(const uint32_t *address, uint32_t count);
/* In the child of a fork: those that waited are gone, and one may have held a lock. */
void thrum_netbsd_forget_parked(void);

/* --- of the library's system ------------------------------------------------------------------ */

/* As the kernel's sigset_t. */
struct thrum_netbsd_mask {
    uint32_t words[4];
};
void thrum_netbsd_hold_signals(struct thrum_netbsd_mask *kept);
void thrum_netbsd_let_signals(const struct thrum_netbsd_mask *kept);
int32_t thrum_netbsd_own_id(void);
/* Until an unpark, the deadline, or spuriously; false if the kernel says that it was the deadline: it
 * counts ticks, and may say so a little before. */
bool thrum_netbsd_park(const void *hint, thrum_time deadline);
void thrum_netbsd_unpark(int32_t id, const void *hint);

#endif
