/* The process's end by the last thread, from within thrum.dll, which knows no C run-time: by the `exit`
 * that the program itself imports from its own, so that its destructors run. A program that has linked
 * its run-time in, or has none, imports none: then it is the system's call alone. And the DLL's entry. */
#include "os/windows/windows.h"
#include "thread/life.h"

/* Of the PE format ("PE Format", learn.microsoft.com): offsets from the image's base. */
enum {
    HEADER_AT = 0x3c,
    OPTIONAL_AT = 24,
    IMPORTS_AT = sizeof(void *) == 8 ? 120 : 104 /* in the optional header */
};

struct import { /* IMAGE_IMPORT_DESCRIPTOR */
    uint32_t names, stamp, forwarder, module, addresses;
};

static bool is_exit(const char *name)
{
    return name[0] == 'e' && name[1] == 'x' && name[2] == 'i' && name[3] == 't' && name[4] == '\0';
}

typedef void exit_function(int status);

static exit_function *imported_exit(void)
{
    const char *base = GetModuleHandleW(NULL);
    const char *header = base + *(const uint32_t *)(const void *)(base + HEADER_AT);
    uint32_t at = *(const uint32_t *)(const void *)(header + OPTIONAL_AT + IMPORTS_AT);
    const struct import *import = at != 0 ? (const void *)(base + at) : NULL;
    for (; import != NULL && import->addresses != 0; import++) {
        const uintptr_t *name = (const void *)(base + import->names);
        const uintptr_t *address = (const void *)(base + import->addresses);
        for (; import->names != 0 && *name != 0; name++, address++)
            if ((intptr_t)*name > 0 && is_exit(base + *name + sizeof(uint16_t))) /* after a hint */
                return (exit_function *)*address;
    }
    return NULL;
}

_Noreturn void thrum_start_exit(int status)
{
    exit_function *function = imported_exit();
    if (function != NULL)
        function(status);
    thrum_os_exit(status);
}

int THRUM_WINDOWS_CALLED DllMain(void *module, uint32_t reason, void *reserved);

/* Compiled without stack protector: it sets the canary. */
int THRUM_WINDOWS_CALLED DllMain(void *module, uint32_t reason, void *reserved)
{
    enum { PROCESS_ATTACH = 1 };
    (void)module, (void)reserved;
    if (reason == PROCESS_ATTACH) {
        uintptr_t canary = thrum_os_random();
        ((unsigned char *)&canary)[0] = 0;
        __stack_chk_guard = canary;
    }
    return 1;
}
