/* The kernel's calls for this folder. A call is made as the library
 * makes it; the numbers that it has no use for are those of the kernel's own headers. */
#ifndef THRUM_TEST_LINUX_H
#define THRUM_TEST_LINUX_H

#include <asm/unistd.h>

#include "../../test.h"
#include "../system.h"
#include "os/linux/linux.h"

enum { PROT_READ_AND_WRITE = 3, LINUX_AT_FDCWD = -100 };

static inline bool refused(long result)
{
    return (unsigned long)result > -4096ul;
}

/* The descriptor, or an error. */
static inline long linux_open(const char *path, long flags)
{
    return thrum_linux_call4(THRUM_LINUX_OPENAT, LINUX_AT_FDCWD, path,
                             flags | THRUM_LINUX_O_CLOEXEC, 0);
}

/* As system_handle, and the handler that a signal has, NULL for the default: by the kernel's calls
 * (bare.c), or by those of the libc, which wants to know (libc.c). */
bool linux_handle(int signal, void (*handler)(int signal), unsigned flags);
void (*linux_handler(int signal))(int signal);
/* 0 in the child, negative if refused; likewise. */
long linux_fork(void);
/* Whether there is one. And: has it take the memory that its first thread costs. */
enum linux_libc { LINUX_BARE = 1, LINUX_GLIBC = 2, LINUX_MUSL = 4 };
enum linux_libc linux_libc(void);
void linux_warm_libc(void);

/* What the kernel told the program at its start (getauxval(3)), 0: nothing of this. */
uintptr_t linux_auxiliary(uintptr_t type);

/* The ends of the mapping that the address is in, and what /proc/self/maps calls it ("[stack]", "" if it has no
 * name in brackets). False without /proc, or if the address is in none. */
bool linux_mapping(uintptr_t address, uintptr_t ends[2], char *name, size_t size);

/* prlimit(2): the soft limit, as far as the hard one allows. */
bool linux_limit(int resource, uint64_t value);

#endif
