#ifndef SHAPE_STDLIB_H
#define SHAPE_STDLIB_H

#include <shape.h>

_Noreturn void abort(void);
_Noreturn void exit(int status);

#endif
