#ifndef SHAPE_DRAGONFLY_SYS_SYSCTL_H
#define SHAPE_DRAGONFLY_SYS_SYSCTL_H
#ifndef SHAPE_SYS_TYPES_H
#error "<sys/types.h> comes first"
#endif

/* sysctl(3) */
#include <shape.h>

#define CTL_KERN 1
#define KERN_USRSTACK 33

int sysctl(int *name, u_int length, void *old, size_t *old_size, void *wanted, size_t wanted_size);

#endif
