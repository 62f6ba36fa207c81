/* A condition's waiter, see sync/cond.c. */
#ifndef THRUM_SYNC_COND_STATE_H
#define THRUM_SYNC_COND_STATE_H

enum thrum_cond_state {
    THRUM_COND_WAITING,
    THRUM_COND_CLAIMED, /* woken, but for the mutex: it is let go when that is its turn */
    THRUM_COND_SIGNALLED,
    THRUM_COND_LEFT
};

#endif
