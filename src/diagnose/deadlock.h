/* The deadlock finder. */
#ifndef THRUM_DIAGNOSE_DEADLOCK_H
#define THRUM_DIAGNOSE_DEADLOCK_H

/* Called by a thread that has waited a while without deadline, inside its wait record: reports and
 * aborts if it waits for itself through others, else returns. */
void thrum_deadlock_look(void);

#endif
