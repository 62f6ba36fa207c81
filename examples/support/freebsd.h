/* What bsd.c wants to know of FreeBSD: numbers of calls, and where struct stat has what.
 * SPDX-License-Identifier: MIT */
#ifndef EXAMPLE_FREEBSD_H
#define EXAMPLE_FREEBSD_H

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
    CALL(poll, 209)         \
    CALL(pread, 475)        \
    CALL(pipe2, 542)        \
    CALL(fstat, 551)

enum { O_CLOEXEC = 0x100000 };

struct stat {
    char before[24];
    uint16_t mode;
    char between[86];
    int64_t size;
    char after[104];
};

long example_pread(int file, void *buffer, size_t size, int64_t offset);

static inline long pread_at(int file, void *buffer, size_t size, int64_t offset)
{
    return example_pread(file, buffer, size, offset);
}

#endif
