/* What bsd.c wants to know of DragonFly: numbers of calls, and where struct stat has what.
 * SPDX-License-Identifier: MIT */
#ifndef EXAMPLE_DRAGONFLY_H
#define EXAMPLE_DRAGONFLY_H

#include <stdint.h>

#define EXAMPLE_CALLS(CALL) \
    CALL(fork, 2)           \
    CALL(read, 3)           \
    CALL(open, 5)           \
    CALL(close, 6)          \
    CALL(wait4, 7)          \
    CALL(kill, 37)          \
    CALL(dup2, 90)          \
    CALL(getrusage, 117)    \
    CALL(pread, 173)        \
    CALL(poll, 209)         \
    CALL(fstat, 476)        \
    CALL(pipe2, 538)

enum { O_CLOEXEC = 0x20000 };

struct stat {
    char before[16];
    uint16_t mode;
    char between[62];
    int64_t size;
    char after[48];
};

long example_pread(int file, void *buffer, size_t size, int spare, int64_t offset);

static inline long pread_at(int file, void *buffer, size_t size, int64_t offset)
{
    return example_pread(file, buffer, size, 0, offset);
}

#endif
