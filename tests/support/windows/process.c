/* system.h on Windows: child processes. There is no fork, so a child is the own program once more: it
 * is handed, in a section, which function to run with which argument, what the parent has measured, the
 * part of the parent's stack that the argument may be in, and what system_keep was told. Its other static
 * data are as they began.
 * The image is linked to one address, so that pointers into it are good in both. */
#include "windows.h"

enum { STACK_COPY = 4096 };
#define ENDED_BY_US 0xe0000009u

struct call {
    void (*child)(void *argument);
    void *argument;
    struct test_figures figures;
    struct windows_shared shared[WINDOWS_SHARED];
    struct system_kept kept[SYSTEM_KEPT];
    char kept_bytes[SYSTEM_KEPT][STACK_COPY];
    size_t stack_length; /* not 0: the argument is the beginning of this */
    _Alignas(16) char stack[STACK_COPY];
};

static const char option[] = "--continue=";

/* --- in the child ----------------------------------------------------------------------------- */

static uintptr_t option_of(const wchar_t *line)
{
    for (; *line; ++line) {
        size_t same = 0;
        while (option[same] && line[same] == (wchar_t)option[same])
            ++same;
        if (option[same])
            continue;
        uintptr_t number = 0;
        for (line += same; *line >= '0' && *line <= '9'; ++line)
            number = number * 10 + (uintptr_t)(*line - '0');
        return number;
    }
    return 0;
}

static HANDLE section;

static void continue_test(void)
{
    struct call *call = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, sizeof *call);
    if (!call)
        system_exit(126);
    test_figures = call->figures;
    for (int i = 0; i < WINDOWS_SHARED && call->shared[i].address; ++i) {
        windows_shared[i] = call->shared[i];
        if (!MapViewOfFileEx(call->shared[i].section, FILE_MAP_WRITE, 0, 0, 0,
                             call->shared[i].address))
            system_exit(126);
    }
    for (int i = 0; i < SYSTEM_KEPT; ++i)
        if (call->kept[i].data != NULL)
            __builtin_memcpy(call->kept[i].data, call->kept_bytes[i], call->kept[i].size);
    system_default_crashes();
    call->child(call->stack_length > 0 ? call->stack : call->argument);
    system_exit(0);
}

__attribute__((constructor)) static void look_for_a_part(void)
{
    section = (HANDLE)option_of(GetCommandLineW());
    if (section)
        test_part = continue_test;
}

/* --- in the parent ---------------------------------------------------------------------------- */

bool system_pipe(int fds[2])
{
    HANDLE ends[2];
    if (!CreatePipe(&ends[0], &ends[1], NULL, 65536))
        return false;
    fds[0] = (int)(intptr_t)ends[0];
    fds[1] = (int)(intptr_t)ends[1];
    return true;
}

size_t system_read(int fd, char *buffer, size_t size)
{
    DWORD got = 0;
    return ReadFile(handle_of(fd), buffer, (DWORD)size, &got, NULL) ? got : 0;
}

void system_close(int fd)
{
    CloseHandle(handle_of(fd));
}

size_t system_read_file(const char *path, char *buffer, size_t size)
{
    HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    size_t length = 0, got = 1;
    if (file == INVALID_HANDLE_VALUE)
        return SIZE_MAX;
    for (; length < size && got > 0; length += got)
        got = system_read((int)(intptr_t)file, buffer + length, size - length);
    CloseHandle(file);
    return length;
}

/* What it has written so far; false at the end. */
static bool collect_some(HANDLE pipe, struct system_child *result)
{
    char rest[512];
    DWORD ready = 0;
    while (PeekNamedPipe(pipe, NULL, 0, NULL, &ready, NULL)) {
        if (ready == 0)
            return true;
        size_t room = sizeof result->output - 1 - result->length;
        size_t got = system_read((int)(intptr_t)pipe, room ? result->output + result->length : rest,
                                 room ? room : sizeof rest);
        result->length += room ? got : 0;
    }
    return false;
}

static void judge(DWORD code, struct system_child *result)
{
    result->signal = 0;
    result->exit_status = (int)code;
    if (code == 0xc0000602) /* STATUS_FAIL_FAST_EXCEPTION */
        result->signal = SYSTEM_SIGNAL_ABORT;
    else if (code == EXCEPTION_ACCESS_VIOLATION || code == EXCEPTION_STACK_OVERFLOW ||
             code == EXCEPTION_GUARD_PAGE)
        result->signal = SYSTEM_SIGNAL_SEGV;
    else if (code == ENDED_BY_US)
        result->signal = SYSTEM_SIGNAL_KILL;
    else if (code >> 30 == 3)
        result->signal = SYSTEM_SIGNAL_BUS;
    if (result->signal != 0)
        result->exit_status = -1;
}

static bool run(wchar_t *command, uint32_t timeout_ms, struct system_child *result)
{
    SECURITY_ATTRIBUTES inherited = { sizeof inherited, NULL, TRUE };
    HANDLE reads, writes;
    PROCESS_INFORMATION process;
    STARTUPINFOW info = { .cb = sizeof info, .dwFlags = STARTF_USESTDHANDLES };
    DWORD code = 0;
    if (!CreatePipe(&reads, &writes, &inherited, 65536))
        return false;
    SetHandleInformation(reads, HANDLE_FLAG_INHERIT, 0);
    info.hStdOutput = info.hStdError = writes;
    bool started = false;
    /* wine gives up on a process that a busy machine does not let start in time */
    for (int i = 0; !started && i < 3; ++i) {
        started =
            CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &info, &process) != 0;
        if (!started)
            test_note("a process did not start: error %u", (unsigned)GetLastError());
    }
    CloseHandle(writes);
    result->length = 0;
    result->killed = false;
    if (started) {
        /* a start takes a while */
        thrum_time deadline = thrum_after(test_child_limit(timeout_ms) + test_run_ms(1500));
        while (collect_some(reads, result) && !result->killed) {
            result->killed = thrum_now() >= deadline;
            if (result->killed)
                TerminateProcess(process.hProcess, ENDED_BY_US);
            Sleep(2);
        }
        WaitForSingleObject(process.hProcess, INFINITE);
        GetExitCodeProcess(process.hProcess, &code);
        CloseHandle(process.hProcess);
        CloseHandle(process.hThread);
    }
    CloseHandle(reads);
    result->output[result->length] = 0;
    judge(code, result);
    return started;
}

/* Appends; the room is for what is asked here. */
static wchar_t *put(wchar_t *at, const char *text)
{
    while (*text)
        *at++ = (wchar_t)*text++;
    *at = 0;
    return at;
}

bool system_run(void (*child)(void *argument), void *argument, uint32_t timeout_ms,
                struct system_child *result)
{
    static wchar_t command[1024];
    SECURITY_ATTRIBUTES inherited = { sizeof inherited, NULL, TRUE };
    ULONG_PTR low, high;
    HANDLE handed = CreateFileMappingW(INVALID_HANDLE_VALUE, &inherited, PAGE_READWRITE, 0,
                                       sizeof(struct call), NULL);
    struct call *call = handed ? MapViewOfFile(handed, FILE_MAP_WRITE, 0, 0, sizeof *call) : NULL;
    if (!call)
        return false;
    call->child = child;
    call->argument = argument;
    call->figures = test_figures;
    __builtin_memcpy(call->shared, windows_shared, sizeof windows_shared);
    for (int i = 0; i < SYSTEM_KEPT && system_kept[i].data != NULL; ++i) {
        call->kept[i] = system_kept[i];
        __builtin_memcpy(call->kept_bytes[i], system_kept[i].data, system_kept[i].size);
    }
    system_forget_kept();
    GetCurrentThreadStackLimits(&low, &high);
    if ((uintptr_t)argument >= low && (uintptr_t)argument < high) {
        size_t length = high - (uintptr_t)argument;
        call->stack_length = length < STACK_COPY ? length : STACK_COPY;
        __builtin_memcpy(call->stack, argument, call->stack_length);
    }
    wchar_t *at = put(command, "\"");
    at += GetModuleFileNameW(NULL, at, 900);
    at = put(put(at, "\" "), option);
    char digits[24];
    size_t count = 0;
    uintptr_t number = (uintptr_t)handed;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    while (count > 0)
        *at++ = (wchar_t)digits[--count];
    *at = 0;
    bool done = run(command, timeout_ms, result);
    UnmapViewOfFile(call);
    CloseHandle(handed);
    return done;
}

bool system_run_program(const char *path, char *const *argv, uint32_t timeout_ms,
                        struct system_child *result)
{
    static wchar_t command[2048];
    wchar_t *at = put(put(put(command, "\""), path), "\"");
    for (size_t i = 1; argv[0] && argv[i]; ++i) {
        at = put(at, " \"");
        size_t slashes = 0; /* just before: doubled before a quote, also before the last one */
        for (const char *from = argv[i]; *from; ++from) {
            for (size_t j = 0; *from == '"' && j <= slashes; ++j)
                *at++ = '\\';
            slashes = *from == '\\' ? slashes + 1 : 0;
            *at++ = (wchar_t)*from;
        }
        for (; slashes > 0; --slashes)
            *at++ = '\\';
        at = put(at, "\"");
    }
    return run(command, timeout_ms, result);
}
