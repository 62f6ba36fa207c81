/* Pages for blocks and arguments, and which pages of a stack are in use. */
#include "os/used.h"
#include "os/windows/windows.h"

enum { PAGE = 4096 }; /* on x86, x86-64 and arm64 */

size_t thrum_os_page_size(void)
{
    return PAGE;
}

size_t thrum_os_smallest_stack(void)
{
    return 32768; /* a call into the system takes several kilobytes */
}

void *thrum_os_map(size_t size)
{
    uint32_t error = GetLastError();
    void *address = VirtualAlloc(NULL, size, THRUM_WINDOWS_MEM_RESERVE | THRUM_WINDOWS_MEM_COMMIT,
                                 THRUM_WINDOWS_PAGE_READWRITE);
    SetLastError(error);
    return address;
}

void thrum_os_unmap(void *address, size_t size)
{
    (void)size; /* all that was reserved at once */
    if (!VirtualFree(address, 0, THRUM_WINDOWS_MEM_RELEASE))
        thrum_os_refused("VirtualFree", (long)GetLastError());
}

bool thrum_os_guard(void *address, size_t size)
{
    uint32_t old, error = GetLastError();
    bool done = VirtualProtect(address, size, THRUM_WINDOWS_PAGE_NOACCESS, &old) != 0;
    SetLastError(error);
    return done;
}

void thrum_os_stack_mapped(void *address, size_t size)
{
    (void)address, (void)size; /* large pages come only to those who ask */
}

/* By hand: to give pages back and take them again could be refused half-way. There is no stack among
 * them here. */
bool thrum_os_refresh(void *address, size_t size)
{
    __builtin_memset(address, 0, size);
    return true;
}

/* A page with the guard's mark belongs to the system, which takes the mark when the stack reaches it:
 * a look at it would do the same. */
enum thrum_os_residence thrum_os_resident(void *address, size_t size, unsigned char *answers)
{
    uint32_t error = GetLastError();
    char *at = address, *end = at + size;
    bool mapped = true;
    while (at < end && mapped) {
        struct thrum_windows_memory memory;
        mapped =
            VirtualQuery(at, &memory, sizeof memory) != 0 && memory.state != THRUM_WINDOWS_MEM_FREE;
        if (!mapped)
            break;
        char *next = (char *)memory.base + memory.size;
        bool in_use = memory.state == THRUM_WINDOWS_MEM_COMMIT &&
                      !(memory.protect & (THRUM_WINDOWS_PAGE_GUARD | THRUM_WINDOWS_PAGE_NOACCESS));
        for (; at < end && at < next; at += PAGE)
            *answers++ = in_use;
    }
    SetLastError(error);
    return mapped ? THRUM_OS_TOLD : THRUM_OS_UNMAPPED;
}
