/* What bsd.c wants to know of NetBSD: numbers of calls, and where struct stat has what.
 * SPDX-License-Identifier: MIT */
#ifndef EXAMPLE_NETBSD_H
#define EXAMPLE_NETBSD_H

#include <stdint.h>

#define EXAMPLE_CALLS(CALL) \
    CALL(fork, 2)           \
    CALL(read, 3)           \
    CALL(open, 5)           \
    CALL(close, 6)          \
    CALL(kill, 37)          \
    CALL(dup2, 90)          \
    CALL(pread, 173)        \
    CALL(poll, 209)         \
    CALL(fstat, 440)        \
    CALL(getrusage, 445)    \
    CALL(wait4, 449)        \
    CALL(pipe2, 453)

enum { O_CLOEXEC = 0x400000 };

struct stat {
    char before[8];
    uint32_t mode;
    char between[100];
    int64_t size;
    char after[32];
};

long example_pread(int file, void *buffer, size_t size, int spare, int64_t offset);

static inline long pread_at(int file, void *buffer, size_t size, int64_t offset)
{
    return example_pread(file, buffer, size, 0, offset);
}

#endif
