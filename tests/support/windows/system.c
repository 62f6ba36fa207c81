/* system.h on Windows: output, memory, and what there is not. */
#include "windows.h"

void system_write(int fd, const char *text, size_t length)
{
    while (length > 0) {
        DWORD wrote = 0;
        if (!WriteFile(handle_of(fd), text, (DWORD)length, &wrote, NULL) || wrote == 0)
            return;
        text += wrote;
        length -= wrote;
    }
}

void system_exit(int status)
{
    for (;;)
        TerminateProcess(GetCurrentProcess(), (UINT)status);
}

uint64_t system_process_id(void)
{
    return GetCurrentProcessId();
}

uint64_t system_thread_id(void)
{
    return GetCurrentThreadId();
}

/* Wine says what it is. */
bool system_emulated(void)
{
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    return ntdll && GetProcAddress(ntdll, "wine_get_version");
}

bool system_waits_exactly(void)
{
    return false; /* it may wake a waiter for no reason */
}

bool system_interrupts_soundly(void)
{
    return true;
}

/* --- memory ----------------------------------------------------------------------------------- */

size_t system_page_size(void)
{
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    return info.dwPageSize;
}

void *system_map(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void *system_map_at(void *address, size_t size)
{
    return VirtualAlloc(address, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

/* A part of what was mapped at once stays reserved: any touch is a fault all the same. */
bool system_unmap(void *address, size_t size)
{
    MEMORY_BASIC_INFORMATION memory;
    if (!VirtualQuery(address, &memory, sizeof memory))
        return false;
    bool whole = memory.AllocationBase == address && memory.RegionSize <= size;
    return VirtualFree(address, whole ? 0 : size, whole ? MEM_RELEASE : MEM_DECOMMIT) != 0;
}

bool system_forbid(void *address, size_t size)
{
    DWORD old;
    return VirtualProtect(address, size, PAGE_NOACCESS, &old) != 0;
}

bool system_allow(void *address, size_t size)
{
    DWORD old;
    return VirtualProtect(address, size, PAGE_READWRITE, &old) != 0;
}

/* The system's own come and go with threads (a thread's environment block, the heap's parts), and it
 * keeps some. */
size_t system_mapping_count(void)
{
    return 0;
}

size_t system_address_space(void)
{
    return 0;
}

size_t system_resident(void)
{
    return 0;
}

bool system_limit_address_space(uint64_t bytes)
{
    return bytes == UINT64_MAX;
}

bool system_limit_threads(uint64_t count)
{
    (void)count;
    return false;
}

/* --- signals ---------------------------------------------------------------------------------- */

const unsigned SYSTEM_SIGNALS = 64;
const int SYSTEM_SIGNAL_A = 10, SYSTEM_SIGNAL_B = 12, SYSTEM_SIGNAL_ALARM = 14,
          SYSTEM_SIGNAL_ABORT = 6, SYSTEM_SIGNAL_SEGV = 11, SYSTEM_SIGNAL_BUS = 7,
          SYSTEM_SIGNAL_NO_FRAME = 11, SYSTEM_SIGNAL_KILL = 9;

bool system_handle(int signal, void (*handler)(int signal), unsigned flags)
{
    (void)signal, (void)handler, (void)flags;
    return false;
}

bool system_signal(uint64_t thread_id, int signal)
{
    (void)thread_id, (void)signal;
    return false;
}

static void (*crash_handler)(int signal);

static LONG WINAPI on_crash(EXCEPTION_POINTERS *pointers)
{
    (void)pointers;
    crash_handler(SYSTEM_SIGNAL_SEGV);
    return EXCEPTION_EXECUTE_HANDLER;
}

/* Without the box that wants to be clicked away, and without a debugger. */
void system_catch_crashes(void (*handler)(int signal))
{
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    crash_handler = handler;
    SetUnhandledExceptionFilter(handler ? on_crash : NULL);
}

void system_default_crashes(void)
{
    system_catch_crashes(NULL);
}

uint64_t system_signal_mask(void)
{
    return 0;
}

void system_set_signal_mask(uint64_t mask)
{
    (void)mask;
}

void system_storm(uint32_t interval_us)
{
    (void)interval_us;
}

static void (*alarm_handler)(int signal);
static HANDLE alarm;

static void WINAPI on_time(void *unused, BOOLEAN fired)
{
    (void)unused, (void)fired;
    alarm_handler(SYSTEM_SIGNAL_ALARM);
}

void system_alarm(unsigned seconds, void (*handler)(int signal))
{
    if (alarm)
        DeleteTimerQueueTimer(NULL, alarm, INVALID_HANDLE_VALUE);
    alarm = NULL;
    alarm_handler = handler;
    if (seconds != 0)
        CreateTimerQueueTimer(&alarm, NULL, on_time, NULL, seconds * 1000, 0, WT_EXECUTEONLYONCE);
}

uint64_t system_step(void (*run)(void *argument), void (*between)(void *argument), void *argument)
{
    (void)between;
    run(argument);
    return 0;
}

/* --- threads ---------------------------------------------------------------------------------- */

bool system_thread_sleeps(uint64_t thread_id)
{
    (void)thread_id;
    thrum_sleep_until(thrum_after(test_ms(20)));
    return true;
}

uint64_t system_thread_sleep_count(uint64_t thread_id)
{
    (void)thread_id;
    return UINT64_MAX;
}

/* --- what Windows cannot have ----------------------------------------------------------------- */

const char *system_lacks(const char *test)
{
    static const char fork[] = "Windows has no fork", signals[] = "Windows has no signals",
                      guard[] = "the guard is Windows' own: no size can be wished";
    static const struct system_lack lacks[] = {
        { "fork_*", fork },
        { "signal_*", signals },
        { "storm_of_aimed_signals*", signals },
        { "storm_of_a_timer*", signals },
        { "storm_of_both", signals },
        { "storm_posts_are_counted", signals },
        { "storm_does_not_wake_join_or_sleep", signals },
        { "storm_of_stops", "Windows does not stop processes and let them go on" },
        { "signals_*", signals },
        { "restarting_signals_*", signals },
        { "sem_post_in_a_handler", signals },
        { "event_set_in_a_handler", signals },
        { "wake_in_a_handler", signals },
        { "barrier_late_leaver", signals },
        { "barrier_with_more_threads_than_places", signals },
        { "waitgroup_late_waiter", signals },
        { "dump_from_a_handler_at_any_moment", signals },
        { "dump_in_a_handler_*", signals },
        { "fatal_hook_that_returns_aborts", signals },
        { "overflow_catch_leaves_the_programs_handler", signals },
        { "birth_under_signals*", signals },
        { "birth_inherits_signal_mask", signals },
        { "birth_refused_keeps_signal_mask", signals },
        { "birth_stack_is_aligned", signals },
        { "birth_has_no_pending_signals", signals },
        { "wake_counts*", "Windows may wake a waiter for no reason" },
        { "affinity_is_inherited", "a new thread may use what the process may" },
        { "cpu_count_follows_affinity", "the process's processors count, not the caller's" },
        { "hardened_*", "Windows makes the stacks, apart from all else" },
        { "stack_guard_*", guard },
        { "stack_large_frame_stays_in_its_guard", guard },
    };
    static const struct system_lack under_wine[] = {
        { "stack_overflow_hits_the_guard",
          "wine ends the thread alone at an overflow that nobody catches" },
        { "overflow_of_an_older_thread",
          "wine ends the thread alone at an overflow that nobody catches" },
    };
    const char *reason = system_lack_of(test, lacks, sizeof lacks / sizeof *lacks);
    if (!reason && system_emulated())
        reason = system_lack_of(test, under_wine, sizeof under_wine / sizeof *under_wine);
    return reason;
}
