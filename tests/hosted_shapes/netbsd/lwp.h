#ifndef SHAPE_NETBSD_LWP_H
#define SHAPE_NETBSD_LWP_H

/* _lwp_self(2), _lwp_kill(2), _lwp_setname(2), _lwp_park(2), _lwp_unpark(2) */
#include <shape.h>

int _lwp_kill(lwpid_t id, int signal);
int _lwp_park(clockid_t clock, int flags, struct timespec *time, lwpid_t unpark, const void *hint,
              const void *unpark_hint);
lwpid_t _lwp_self(void);
int _lwp_setname(lwpid_t id, const char *name);
int _lwp_unpark(lwpid_t id, const void *hint);

#endif
