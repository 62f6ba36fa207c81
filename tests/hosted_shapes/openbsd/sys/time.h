#ifndef SHAPE_OPENBSD_SYS_TIME_H
#define SHAPE_OPENBSD_SYS_TIME_H

#include <time.h>

#endif
