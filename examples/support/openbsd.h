/* What bsd.c wants to know of OpenBSD: numbers of calls, and where struct stat has what.
 * SPDX-License-Identifier: MIT */
#ifndef EXAMPLE_OPENBSD_H
#define EXAMPLE_OPENBSD_H

#include <stdint.h>

#define EXAMPLE_CALLS(CALL) \
    CALL(fork, 2)           \
    CALL(read, 3)           \
    CALL(open, 5)           \
    CALL(close, 6)          \
    CALL(wait4, 11)         \
    CALL(getrusage, 19)     \
    CALL(fstat, 53)         \
    CALL(dup2, 90)          \
    CALL(pipe2, 101)        \
    CALL(kill, 122)         \
    CALL(pread, 169)        \
    CALL(poll, 252)

enum { O_CLOEXEC = 0x10000 };

struct stat {
    uint32_t mode;
    char between[76];
    int64_t size;
    char after[40];
};

long example_pread(int file, void *buffer, size_t size, int64_t offset);

static inline long pread_at(int file, void *buffer, size_t size, int64_t offset)
{
    return example_pread(file, buffer, size, offset);
}

#endif
