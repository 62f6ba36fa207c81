#ifndef SHAPE_FREEBSD_SYS_CPUSET_H
#define SHAPE_FREEBSD_SYS_CPUSET_H
#ifndef SHAPE_FREEBSD_SYS_PARAM_H
#error "<sys/param.h> comes first"
#endif

/* cpuset(2), cpuset_getaffinity(2), CPU_SET(9) */
#include <shape.h>

#define CPU_SETSIZE 256
#define CPU_LEVEL_WHICH 3
#define CPU_WHICH_TID 1

typedef int cpulevel_t;
typedef int cpuwhich_t;
typedef struct {
    long __bits[CPU_SETSIZE / 64];
} cpuset_t;

#define CPU_MASK(n) (1l << ((n) % 64))
#define CPU_SET(n, set) ((set)->__bits[(n) / 64] |= CPU_MASK(n))
#define CPU_ISSET(n, set) (((set)->__bits[(n) / 64] & CPU_MASK(n)) != 0)
#define CPU_ZERO(set)                              \
    do {                                           \
        for (int i = 0; i < CPU_SETSIZE / 64; i++) \
            (set)->__bits[i] = 0;                  \
    } while (0)

int cpuset_getaffinity(cpulevel_t level, cpuwhich_t which, id_t id, size_t size, cpuset_t *set);
int cpuset_setaffinity(cpulevel_t level, cpuwhich_t which, id_t id, size_t size,
                       const cpuset_t *set);

#endif
