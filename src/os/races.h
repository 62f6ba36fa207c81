/* What a race detector in the program is told. With -fsanitize=thread the program's own atomics are seen, but
 * not those of this library, which was compiled without: what a release publishes and an acquire has seen is
 * then told by calls, which are there (weak) if such a program runs. Each stands where an object's atomic
 * has that order, or where a call as a whole has it. The library's own locks are not told of: they order
 * nothing that is the program's. */
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
