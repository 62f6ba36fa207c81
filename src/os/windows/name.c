/* A thread's name as debuggers and tools show it: SetThreadDescription, where there is one (Windows 10,
 * version 1607). */
#include "os/windows/windows.h"
#include "thread/block.h"

typedef int32_t(THRUM_WINDOWS_CALL describe_function)(thrum_windows_handle thread,
                                                      const wchar_t *text);

static describe_function *find(void)
{
    thrum_windows_handle kernel = GetModuleHandleW(L"kernel32.dll");
    return kernel != NULL
               ? (describe_function *)(uintptr_t)GetProcAddress(kernel, "SetThreadDescription")
               : NULL;
}

thrum_status thrum_os_set_name(const struct thrum_os_thread *thread, bool self, const char *name)
{
    uint32_t error = GetLastError();
    wchar_t wide[THRUM_NAME_SIZE];
    thrum_status status = THRUM_UNSUPPORTED;
    describe_function *describe = find();
    int length = MultiByteToWideChar(THRUM_WINDOWS_UTF8, 0, name, -1, wide, THRUM_NAME_SIZE);
    if (!self && thrum_os_thread_ended(thread))
        status = THRUM_NOT_FOUND;
    else if (describe != NULL && length > 0)
        status = describe(self ? thrum_windows_thread() : thread->handle, wide) >= 0
                     ? THRUM_OK
                     : THRUM_UNSUPPORTED;
    if (status == THRUM_UNSUPPORTED && __atomic_load_n(&thread->finished, __ATOMIC_RELAXED))
        status = THRUM_NOT_FOUND; /* it is just ending */
    SetLastError(error);
    return status;
}
