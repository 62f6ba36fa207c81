/* What bsd.c wants to know of DragonFly: numbers of calls, and where struct stat has what.
 * SPDX-License-Identifier: MIT */
#ifndef EXAMPLE_DRAGONFLY_H
#define EXAMPLE_DRAGONFLY_H

#include <stdint.h>

#include THRUM_BSD_CPU_FILE

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
    CALL(fstat, 476)

/* The two descriptors are the kernel's two results: it writes no array. */
__asm__(THRUM_BSD_FUNCTION(example_pipe2) "    mov %rdi, %r8\n"
                                          "    mov $538, %eax\n"
                                          "    syscall\n"
                                          "    jc 1f\n"
                                          "    mov %eax, (%r8)\n"
                                          "    mov %edx, 4(%r8)\n"
                                          "    xor %eax, %eax\n"
                                          "    ret\n"
                                          "1:  neg %rax\n"
                                          "    ret\n" THRUM_BSD_FUNCTION_END(example_pipe2));

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
