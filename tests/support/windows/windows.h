/* What the files of this folder share: the system's own headers, and its handles in place of
 * descriptors. */
#ifndef THRUM_TEST_WINDOWS_H
#define THRUM_TEST_WINDOWS_H

#define WIN32_LEAN_AND_MEAN
#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0a00
#include <windows.h>

#include "../../test.h"
#include "../system.h"

/* As thrum_dump: 1 and 2 are the standard handles, another number is a handle. */
static inline HANDLE handle_of(int fd)
{
    if (fd == 1 || fd == 2)
        return GetStdHandle(fd == 1 ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
    return (HANDLE)(intptr_t)fd;
}

/* A function of a system that may be older than it; NULL. */
static inline uintptr_t newer_function(const char *name)
{
    HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
    return kernel ? (uintptr_t)GetProcAddress(kernel, name) : 0;
}

/* Sections that children are to have at the same addresses (thread.c). */
struct windows_shared {
    void *address;
    HANDLE section;
};
enum { WINDOWS_SHARED = 16 };
extern struct windows_shared windows_shared[WINDOWS_SHARED];

#endif
