#ifndef SHAPE_NETBSD_SYS_SCHED_H
#define SHAPE_NETBSD_SYS_SCHED_H

/* What pthread_getaffinity_np(3) and pthread_setaffinity_np(3) call. */
#include <shape.h>

typedef struct _cpuset cpuset_t;

int _sched_getaffinity(pid_t process, lwpid_t id, size_t size, cpuset_t *set);
int _sched_setaffinity(pid_t process, lwpid_t id, size_t size, const cpuset_t *set);

#endif
