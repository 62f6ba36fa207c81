/* thread_system.h on Windows. */
#include "../thread_system.h"
#include "windows.h"

#include <tlhelp32.h>

/* --- the own process -------------------------------------------------------------------------- */

struct windows_shared windows_shared[WINDOWS_SHARED];

void *system_map_shared(size_t size)
{
    SECURITY_ATTRIBUTES inherited = { sizeof inherited, NULL, TRUE };
    HANDLE section =
        CreateFileMappingW(INVALID_HANDLE_VALUE, &inherited, PAGE_READWRITE, 0, (DWORD)size, NULL);
    void *address = section ? MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, size) : NULL;
    for (int i = 0; address && i < WINDOWS_SHARED; ++i) {
        if (windows_shared[i].address)
            continue;
        windows_shared[i] = (struct windows_shared){ address, section };
        return address;
    }
    return NULL;
}

bool system_is_mapped(const void *address, size_t size)
{
    const char *at = address, *end = at + size;
    while (at < end) {
        MEMORY_BASIC_INFORMATION memory;
        if (!VirtualQuery(at, &memory, sizeof memory) || memory.State == MEM_FREE)
            return false;
        at = (const char *)memory.BaseAddress + memory.RegionSize;
    }
    return true;
}

bool system_chooses_cpus(void)
{
    return true;
}

bool system_tells_resident_pages(void)
{
    return true;
}

size_t system_thread_count(void)
{
    HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
    THREADENTRY32 entry = { .dwSize = sizeof entry };
    size_t count = 0;
    if (snapshot == INVALID_HANDLE_VALUE)
        return 0;
    for (BOOL more = Thread32First(snapshot, &entry); more; more = Thread32Next(snapshot, &entry))
        count += entry.th32OwnerProcessID == GetCurrentProcessId();
    CloseHandle(snapshot);
    return count;
}

void system_thread_name(uint64_t thread_id, char name[32])
{
    typedef HRESULT(WINAPI get_description)(HANDLE thread, PWSTR * text);
    get_description *get = (get_description *)newer_function("GetThreadDescription");
    HANDLE thread = OpenThread(THREAD_QUERY_LIMITED_INFORMATION, FALSE, (DWORD)thread_id);
    PWSTR text = NULL;
    name[0] = 0;
    if (thread && get && get(thread, &text) >= 0 && text) {
        WideCharToMultiByte(CP_UTF8, 0, text, -1, name, 32, NULL, NULL);
        LocalFree(text);
    }
    if (thread)
        CloseHandle(thread);
}

uint64_t system_now(void)
{
    LARGE_INTEGER counter, frequency;
    QueryPerformanceCounter(&counter);
    QueryPerformanceFrequency(&frequency);
    uint64_t ticks = (uint64_t)counter.QuadPart, second = (uint64_t)frequency.QuadPart;
    return ticks / second * 1000000000u + ticks % second * 1000000000u / second;
}

uint64_t system_wall_clock(void)
{
    FILETIME time;
    GetSystemTimePreciseAsFileTime(&time);
    uint64_t ticks = (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
    return (ticks - 116444736000000000u) * 100;
}

size_t system_affinity(unsigned *cpus, size_t capacity)
{
    enum { GROUP = 8 * sizeof(KAFFINITY) };
    GROUP_AFFINITY affinity = { 0 };
    size_t count = 0;
    if (!GetThreadGroupAffinity(GetCurrentThread(), &affinity))
        return 0;
    for (unsigned cpu = 0; cpu < GROUP; ++cpu) {
        if (!(affinity.Mask >> cpu & 1))
            continue;
        if (count < capacity)
            cpus[count] = affinity.Group * (unsigned)GROUP + cpu;
        ++count;
    }
    return count;
}

static void WINAPI on_end(void *unused, BOOLEAN fired)
{
    (void)unused, (void)fired;
    system_exit(SYSTEM_SIGNAL_ALARM);
}

void system_end_after(unsigned seconds)
{
    HANDLE timer;
    CreateTimerQueueTimer(&timer, NULL, on_end, NULL, seconds * 1000, 0, WT_EXECUTEONLYONCE);
}

/* Wine's loader does not look at the alignment of what compilers have no emulation of. */
size_t system_variable_alignment(void)
{
#ifdef __clang__
    return system_emulated() ? sizeof(void *) : SIZE_MAX;
#else
    return SIZE_MAX;
#endif
}

/* Stacks are multiples of 64 KiB, and their far end is not for use; wine's have at least a megabyte. */
bool system_main_stack_grows_on(void)
{
    return false;
}

size_t system_stack_excess(void)
{
    return system_emulated() ? (1 << 20) + 65536 : 131072;
}

size_t system_signal_frame(void)
{
    return 0;
}

bool system_thread_segment(unsigned *number, uintptr_t *base)
{
    *number = 0;
    *base = 0;
    return false;
}
