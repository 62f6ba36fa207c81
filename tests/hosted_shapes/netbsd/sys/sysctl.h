#ifndef SHAPE_NETBSD_SYS_SYSCTL_H
#define SHAPE_NETBSD_SYS_SYSCTL_H
#ifndef SHAPE_NETBSD_SYS_PARAM_H
#error "<sys/param.h> comes first"
#endif

/* sysctl(3), sysctl(7) */
#include <shape.h>

#define CTL_KERN 1
#define KERN_OSREV 3

int sysctl(const int *name, u_int length, void *old, size_t *old_size, const void *wanted,
           size_t wanted_size);

#endif
