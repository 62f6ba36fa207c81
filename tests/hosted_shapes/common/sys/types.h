#ifndef SHAPE_SYS_TYPES_H
#define SHAPE_SYS_TYPES_H

#include <shape.h>

/* pid_t and the others are in shape.h. */

#endif
