/* A mutex on whose word a condition's waiters sleep that have never asked for it: a broadcast has moved
 * them there (sync/cond.c). */
#ifndef THRUM_SYNC_MOVED_H
#define THRUM_SYNC_MOVED_H

#include "sync/lock.h"

/* For the mutex to whose word threads are being moved, while one of them cannot have locked it yet: its
 * unlock will wake one. True if the caller has to wake one too, when all are moved: another thread
 * holds the mutex, or none does, so that no unlock need come after the moves. (Another holder may also
 * wait itself, and have looked for a deadlock before there was one: then the one that is woken looks.) */
bool thrum_mutex_announce_moved(thrum_mutex *mutex);

/* The lock of one that may have been moved to the word, and slept there. */
void thrum_mutex_lock_moved(thrum_mutex *mutex);

/* By one that may have used up a wake-up of the word, but does not take the mutex now: another takes
 * it. */
void thrum_mutex_pass_on(thrum_mutex *mutex);

#endif
