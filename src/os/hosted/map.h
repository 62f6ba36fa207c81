/* What a fresh mapping is asked for with, as far as the system knows it. */
#ifndef THRUM_OS_HOSTED_MAP_H
#define THRUM_OS_HOSTED_MAP_H

#include <sys/mman.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif
#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif
/* Where it marks what may be a stack; on FreeBSD and DragonFly it makes a mapping that grows. */
#if defined(__linux__) || defined(__OpenBSD__)
#define THRUM_HOSTED_STACK MAP_STACK
#else
#define THRUM_HOSTED_STACK 0
#endif
#define THRUM_HOSTED_ZEROED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | THRUM_HOSTED_STACK)

#endif
