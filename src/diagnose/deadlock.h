/* The deadlock finder. */
#ifndef THRUM_DIAGNOSE_DEADLOCK_H
#define THRUM_DIAGNOSE_DEADLOCK_H

#include "sync/record.h"

/* How long a wait without deadline lasts before the thread looks for a deadlock; then twice as long each
 * time, because a holder may end later. The same from a shorter time on if it could not look: a visitor
 * of thrum_each_thread may take long. After so many looks it sleeps for good. */
#define THRUM_DEADLOCK_AFTER ((thrum_time)50 * 1000 * 1000)
#define THRUM_DEADLOCK_AGAIN ((thrum_time)1000 * 1000)
enum { THRUM_DEADLOCK_LOOKS = 20 };

/* The deadline of such a wait's first sleep, inside its wait record. */
static inline thrum_time thrum_deadlock_first(void)
{
    return thrum_os_now() + THRUM_DEADLOCK_AFTER;
}

/* And of the next, when that has passed. Reports, and aborts, if what the caller waits for is held,
 * through others that wait, in a circle of threads, or by one that has ended. */
thrum_time thrum_deadlock_next(void);

/* The same for a join; weak in thread/join.c, so that a program without locks carries neither the
 * finder nor the clock. */
thrum_time thrum_deadlock_from_join(bool first);

#endif
