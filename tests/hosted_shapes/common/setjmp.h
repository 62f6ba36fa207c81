#ifndef SHAPE_SETJMP_H
#define SHAPE_SETJMP_H

#include <shape.h>

int sigsetjmp(sigjmp_buf buffer, int mask) __attribute__((returns_twice));
_Noreturn void siglongjmp(sigjmp_buf buffer, int value);

#endif
