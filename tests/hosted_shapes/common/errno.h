#ifndef SHAPE_ERRNO_H
#define SHAPE_ERRNO_H

#include <shape.h>

/* The numbers that are the same on all four. */
#define EPERM 1
#define ESRCH 3
#define EINTR 4
#define EDEADLK 11
#define ENOMEM 12
#define EBUSY 16
#define EINVAL 22
#define EAGAIN 35
#define EWOULDBLOCK EAGAIN
#define EALREADY 37
#define ETIMEDOUT 60
#define ENOSYS 78

#endif
