#ifndef SHAPE_UNISTD_H
#define SHAPE_UNISTD_H

#include <shape.h>

pid_t getpid(void);
long sysconf(int name);
ssize_t write(int fd, const void *data, size_t size);
#if SHAPE_ALL
SHAPE_UNISTD_MORE
#endif

#endif
