#ifndef SHAPE_DRAGONFLY_MACHINE_CPUMASK_H
#define SHAPE_DRAGONFLY_MACHINE_CPUMASK_H

#include <shape.h>

typedef struct {
    uint64_t ary[4];
} cpumask_t;

#define CPUMASK_SIMPLE(cpu) ((uint64_t)1 << (cpu))
#define CPUMASK_TESTBIT(mask, i) ((mask).ary[((i) >> 6) & 3] & CPUMASK_SIMPLE((i)&63))
#define CPUMASK_ORBIT(mask, i) ((mask).ary[((i) >> 6) & 3] |= CPUMASK_SIMPLE((i)&63))
#define CPUMASK_ASSZERO(mask) \
    do {                      \
        (mask).ary[0] = 0;    \
        (mask).ary[1] = 0;    \
        (mask).ary[2] = 0;    \
        (mask).ary[3] = 0;    \
    } while (0)

#endif
