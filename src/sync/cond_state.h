/* A condition's waiter, see sync/cond.c. */
#ifndef THRUM_SYNC_COND_STATE_H
#define THRUM_SYNC_COND_STATE_H

enum thrum_cond_state {
    THRUM_COND_WAITING,
    THRUM_COND_CLAIMED, /* by a signal or a broadcast: it waits for the mutex now, without deadline, */
    THRUM_COND_AWAKE, /* the same, but the waiter is awake, and waits to be told which it was */
    THRUM_COND_SIGNALLED,
    THRUM_COND_MOVED, /* by a broadcast: it may sleep on the mutex's word */
    THRUM_COND_LEFT
};

#endif
