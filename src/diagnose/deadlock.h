/* The deadlock finder. */
#ifndef THRUM_DIAGNOSE_DEADLOCK_H
#define THRUM_DIAGNOSE_DEADLOCK_H

#include "sync/record.h"

/* Called by a thread that has waited a while without deadline, inside its wait record: reports and
 * aborts if it waits for itself through others. False: the list of threads was in use, ask
 * again. */
bool thrum_deadlock_look(void);

/* How long a wait without deadline lasts before the thread looks, and looks again if it could
 * not. */
#define THRUM_DEADLOCK_AFTER ((thrum_time)50 * 1000 * 1000)
#define THRUM_DEADLOCK_AGAIN ((thrum_time)1000 * 1000)

/* The deadline of such a wait's first sleep; and of the next, when that has passed. */
static inline thrum_time thrum_deadlock_first(void)
{
    return thrum_os_now() + THRUM_DEADLOCK_AFTER;
}

static inline thrum_time thrum_deadlock_next(void)
{
    return thrum_deadlock_look() ? THRUM_FOREVER : thrum_os_now() + THRUM_DEADLOCK_AGAIN;
}

/* The same for a join; weak in thread/join.c, so that a program without locks carries neither the
 * finder nor the clock. */
thrum_time thrum_deadlock_from_join(bool first);

#endif
