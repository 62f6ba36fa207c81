/* The process: its output and its end. */
#include "os/windows/windows.h"

/* 1 and 2 are the standard handles, as everywhere; another number is a handle itself, which has 32
 * significant bits. */
void thrum_os_write(int fd, const char *text, size_t length)
{
    enum { MOST = 1 << 30 };
    uint32_t error = GetLastError();
    thrum_windows_handle file = (thrum_windows_handle)(intptr_t)fd;
    if (fd == 1)
        file = GetStdHandle((uint32_t)THRUM_WINDOWS_STANDARD_OUTPUT);
    else if (fd == 2)
        file = GetStdHandle((uint32_t)THRUM_WINDOWS_STANDARD_ERROR);
    while (length > 0) {
        uint32_t wrote = 0, part = length < MOST ? (uint32_t)length : MOST;
        if (!WriteFile(file, text, part, &wrote, NULL) || wrote == 0)
            break;
        text += wrote;
        length -= wrote;
    }
    SetLastError(error);
}

_Noreturn void thrum_os_exit(int status)
{
    ExitProcess((uint32_t)status);
}

/* Debuggers and error reporting see it, no handler of the program's does; the exit status is the
 * exception's code. */
_Noreturn void thrum_os_abort(void)
{
    RaiseFailFastException(NULL, NULL, 0);
    for (;;)
        (void)TerminateProcess(thrum_windows_process(), THRUM_WINDOWS_FAIL_FAST);
}

uintptr_t thrum_os_random(void)
{
    /* the kernel's random number of the process, which obscures pointers; what else differs from
     * process to process comes on top */
    uint32_t cookie = 0;
    int64_t counter = 0;
    uintptr_t low, high;
    (void)NtQueryInformationProcess(thrum_windows_process(), THRUM_WINDOWS_PROCESS_COOKIE, &cookie,
                                    sizeof cookie, NULL);
    (void)RtlQueryPerformanceCounter(&counter);
    GetCurrentThreadStackLimits(&low, &high);
    return ((uintptr_t)cookie << (sizeof(uintptr_t) * 8 - 32)) ^ (uintptr_t)counter ^ (low >> 8) ^
           (uintptr_t)GetCurrentThreadId();
}

void thrum_os_write_error(const char *text, size_t length)
{
    thrum_os_write(2, text, length);
}
