/* support.h on Windows: kernel32, nothing else. Descriptors are handles, which have 32 significant bits;
 * 0, 1 and 2 are the standard ones. SPDX-License-Identifier: MIT */
#include "support.h"

#define WIN32_LEAN_AND_MEAN
#undef _WIN32_WINNT
#define _WIN32_WINNT 0x0a00
#include <windows.h>

static HANDLE handle_of(long file)
{
    static const DWORD standard[] = { STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE };
    return file >= 0 && file < 3 ? GetStdHandle(standard[file]) : (HANDLE)(intptr_t)file;
}

static long failed(void)
{
    DWORD error = GetLastError();
    return error != 0 ? -(long)error : -1;
}

const char *error_text(long error)
{
    switch (-error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND: return "no such file";
    case ERROR_ACCESS_DENIED: return "permission denied, or a directory";
    case ERROR_SHARING_VIOLATION: return "in use by another program";
    case ERROR_TOO_MANY_OPEN_FILES: return "too many open files";
    case ERROR_FILENAME_EXCED_RANGE:
    case ERROR_INVALID_NAME: return "not a name of a file";
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY: return "out of memory";
    case ERROR_DIRECTORY: return "is a directory";
    case ERROR_NOT_SUPPORTED: return "Windows has no such means";
    default: return "the system refused";
    }
}

long file_open(const char *path)
{
    wchar_t wide[1024];
    if (MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, 1024) == 0)
        return failed();
    HANDLE file = CreateFileW(wide, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                              OPEN_EXISTING, 0, NULL);
    return file != INVALID_HANDLE_VALUE ? (long)(intptr_t)file : failed();
}

void file_close(int file)
{
    (void)CloseHandle(handle_of(file));
}

long file_facts(int file, struct file_facts *facts)
{
    LARGE_INTEGER size = { .QuadPart = 0 };
    HANDLE handle = handle_of(file);
    bool disk = GetFileType(handle) == FILE_TYPE_DISK;
    if (disk && !GetFileSizeEx(handle, &size))
        return failed();
    facts->kind = disk ? FILE_REGULAR : FILE_OTHER;
    facts->size = (uint64_t)size.QuadPart;
    return 0;
}

static DWORD clipped(size_t size)
{
    return size < 1u << 30 ? (DWORD)size : 1u << 30;
}

long file_read_at(int file, void *buffer, size_t size, uint64_t offset)
{
    DWORD got = 0;
    OVERLAPPED place = { .Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32) };
    if (ReadFile(handle_of(file), buffer, clipped(size), &got, &place))
        return (long)got;
    return GetLastError() == ERROR_HANDLE_EOF ? 0 : failed();
}

long file_read(int file, void *buffer, size_t size)
{
    DWORD got = 0;
    if (ReadFile(handle_of(file), buffer, clipped(size), &got, NULL))
        return (long)got;
    return GetLastError() == ERROR_BROKEN_PIPE ? 0 : failed();
}

bool file_write(int file, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        DWORD wrote = 0;
        if (!WriteFile(handle_of(file), at, clipped(size), &wrote, NULL) || wrote == 0)
            return false;
        at += wrote;
        size -= wrote;
    }
    return true;
}

void *memory_map(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void *memory_map_filled(size_t size)
{
    return memory_map(size); /* a page that is read first costs one fault here */
}

void memory_unmap(void *memory, size_t size)
{
    (void)size;
    (void)VirtualFree(memory, 0, MEM_RELEASE);
}

/* Good enough to scatter a table: the time, made wide (splitmix64: Steele, Lea, Flood, 2014). */
void random_bytes(void *buffer, size_t size)
{
    LARGE_INTEGER counter;
    unsigned char *at = buffer;
    (void)QueryPerformanceCounter(&counter);
    uint64_t state = (uint64_t)counter.QuadPart ^ (uint64_t)GetCurrentProcessId() << 40;
    for (; size > 0; size--) {
        uint64_t z = state += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        *at++ = (unsigned char)(z >> 56);
    }
}

uint64_t process_cpu_time(void)
{
    FILETIME born, ended, kernel, user;
    if (!GetProcessTimes(GetCurrentProcess(), &born, &ended, &kernel, &user))
        return 0;
    uint64_t ticks = ((uint64_t)kernel.dwHighDateTime << 32 | kernel.dwLowDateTime) +
                     ((uint64_t)user.dwHighDateTime << 32 | user.dwLowDateTime);
    return ticks * 100;
}

/* --- processes -------------------------------------------------------------------------------- */

/* The child's id is its handle. */
long process_start(void (*run)(void *context), void *context, const char *argument, int *errors)
{
    SECURITY_ATTRIBUTES inherited = { sizeof inherited, NULL, TRUE };
    STARTUPINFOW info = { .cb = sizeof info, .dwFlags = STARTF_USESTDHANDLES };
    PROCESS_INFORMATION process;
    wchar_t command[1024] = L"\"";
    HANDLE reads, writes;
    (void)run, (void)context;
    DWORD length = 1 + GetModuleFileNameW(NULL, command + 1, 900);
    command[length++] = L'"';
    command[length++] = L' ';
    if (MultiByteToWideChar(CP_UTF8, 0, argument, -1, command + length, 100) == 0 ||
        !CreatePipe(&reads, &writes, &inherited, 0))
        return failed();
    (void)SetHandleInformation(reads, HANDLE_FLAG_INHERIT, 0);
    info.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    info.hStdError = writes;
    BOOL done = CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &info, &process);
    long result = done ? (long)(intptr_t)process.hProcess : failed();
    (void)CloseHandle(writes);
    (void)CloseHandle(done ? process.hThread : reads);
    *errors = (int)(intptr_t)reads;
    return result;
}

/* A process that fails fast is what others call aborted, and another exception a fault. */
long process_wait(long child, int *status, int *signal)
{
    HANDLE process = (HANDLE)(intptr_t)child;
    DWORD code = 0;
    (void)WaitForSingleObject(process, INFINITE);
    (void)GetExitCodeProcess(process, &code);
    (void)CloseHandle(process);
    *signal = code == 0xc0000602 ? 6 : code >> 30 == 3 ? 11 : 0;
    *status = *signal == 0 ? (int)code : 0;
    return 0;
}

void process_kill(long child)
{
    (void)TerminateProcess((HANDLE)(intptr_t)child, 1);
}

_Noreturn void process_exit(int status)
{
    for (;;)
        (void)TerminateProcess(GetCurrentProcess(), (UINT)status);
}

bool file_wait_readable(int file, int milliseconds)
{
    DWORD ready = 0;
    for (int waited = 0; waited < milliseconds; waited += 5) {
        if (!PeekNamedPipe(handle_of(file), NULL, 0, NULL, &ready, NULL) || ready > 0)
            return true;
        Sleep(5);
    }
    return false;
}
