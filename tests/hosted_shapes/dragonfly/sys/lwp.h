#ifndef SHAPE_DRAGONFLY_SYS_LWP_H
#define SHAPE_DRAGONFLY_SYS_LWP_H

/* lwp_gettid(2), lwp_kill(2), lwp_setname(2), lwp_setaffinity(2) */
#include <machine/cpumask.h>

lwpid_t lwp_gettid(void);
int lwp_getaffinity(pid_t process, lwpid_t id, cpumask_t *mask);
int lwp_kill(pid_t process, lwpid_t id, int signal);
int lwp_setaffinity(pid_t process, lwpid_t id, const cpumask_t *mask);
int lwp_setname(lwpid_t id, const char *name);

#endif
