#ifndef SHAPE_SCHED_H
#define SHAPE_SCHED_H

#include <shape.h>

int sched_yield(void);

#endif
