#ifndef SHAPE_SYS_RESOURCE_H
#define SHAPE_SYS_RESOURCE_H

#include <shape.h>

#define RLIMIT_STACK 3

struct rlimit {
    rlim_t rlim_cur, rlim_max;
};

int getrlimit(int resource, struct rlimit *limit);

#endif
