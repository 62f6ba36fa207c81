/* Annotations for a race detector in the program. ThreadSanitizer sees the atomics of a program that is compiled
 * with -fsanitize=thread, but not those of this library, which is compiled without. So the library calls it (by
 * weak references) at each release and acquire of an object that orders the program's own memory. The
 * library's internal locks order none of it, and have no annotations. */
#ifndef THRUM_OS_RACES_H
#define THRUM_OS_RACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef THRUM_TELLS_RACES

#define THRUM_RACES_CALL __attribute__((weak, visibility("default")))
THRUM_RACES_CALL void __tsan_acquire(void *address);
THRUM_RACES_CALL void __tsan_release(void *address);

/* Whether there is one. */
static inline bool thrum_races_told(void)
{
    return __tsan_acquire != NULL;
}

/* After an acquire of what stands at the address; before a release. */
static inline void thrum_races_acquired(const volatile void *address)
{
    if (__tsan_acquire != NULL)
        __tsan_acquire((void *)(uintptr_t)address);
}

static inline void thrum_races_releases(const volatile void *address)
{
    if (__tsan_release != NULL)
        __tsan_release((void *)(uintptr_t)address);
}

#else

static inline bool thrum_races_told(void)
{
    return false;
}

static inline void thrum_races_acquired(const volatile void *address)
{
    (void)address;
}

static inline void thrum_races_releases(const volatile void *address)
{
    (void)address;
}

#endif

#endif
