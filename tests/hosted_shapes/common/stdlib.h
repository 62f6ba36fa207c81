#ifndef SHAPE_STDLIB_H
#define SHAPE_STDLIB_H

#include <shape.h>

__UINT32_TYPE__ arc4random(void); /* FreeBSD, NetBSD, OpenBSD and DragonFly alike */
_Noreturn void abort(void);
_Noreturn void exit(int status);

#endif
