/* What a fresh mapping is asked for with, as far as the system knows it. */
#ifndef THRUM_OS_HOSTED_MAP_H
#define THRUM_OS_HOSTED_MAP_H

#include <sys/mman.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif
#ifndef MAP_STACK
#define MAP_STACK 0
#endif
#define THRUM_HOSTED_ZEROED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK)

#endif
