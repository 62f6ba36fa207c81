/* The calls and numbers of kernel32 and ntdll that this folder uses, declared here: it needs no
 * system header, so a compiler for any of the CPUs will do. Structures and numbers are compared with
 * the system's own headers by tests/os/windows/numbers.c. */
#ifndef THRUM_OS_WINDOWS_WINDOWS_H
#define THRUM_OS_WINDOWS_WINDOWS_H

#include "os/os.h"

#define THRUM_WINDOWS_IMPORT __declspec(dllimport)
#if defined(__i386__)
/* Called by the system, whose stack is a multiple of 4 only. */
#define THRUM_WINDOWS_CALL __attribute__((stdcall))
#define THRUM_WINDOWS_CALLED __attribute__((stdcall, force_align_arg_pointer))
#define THRUM_WINDOWS_ENTRY __attribute__((force_align_arg_pointer))
#else
#define THRUM_WINDOWS_CALL
#define THRUM_WINDOWS_CALLED
#define THRUM_WINDOWS_ENTRY
#endif

/* --- numbers ---------------------------------------------------------------------------------- */

enum {
    THRUM_WINDOWS_STACK_IS_RESERVATION = 0x10000,
    THRUM_WINDOWS_MEM_COMMIT = 0x1000,
    THRUM_WINDOWS_MEM_RESERVE = 0x2000,
    THRUM_WINDOWS_MEM_RELEASE = 0x8000,
    THRUM_WINDOWS_MEM_FREE = 0x10000,
    THRUM_WINDOWS_PAGE_NOACCESS = 1,
    THRUM_WINDOWS_PAGE_READWRITE = 4,
    THRUM_WINDOWS_PAGE_GUARD = 0x100,
    THRUM_WINDOWS_SAME_ACCESS = 2,
    THRUM_WINDOWS_PIN_BY_ADDRESS = 5, /* GET_MODULE_HANDLE_EX_FLAG_PIN | …_FROM_ADDRESS */
    THRUM_WINDOWS_UTF8 = 65001,
    THRUM_WINDOWS_ALL_GROUPS = 0xffff,
    THRUM_WINDOWS_NO_SLOT = -1, /* TLS_OUT_OF_INDEXES, FLS_OUT_OF_INDEXES */
    THRUM_WINDOWS_DIRECT_SLOTS = 64,
    THRUM_WINDOWS_QUERY_LIMITED = 0x800, /* THREAD_QUERY_LIMITED_INFORMATION */
    THRUM_WINDOWS_STANDARD_OUTPUT = -11,
    THRUM_WINDOWS_STANDARD_ERROR = -12,
    THRUM_WINDOWS_JOB_CPU_RATE = 15,
    THRUM_WINDOWS_PROCESS_COOKIE = 36
};

/* Of NTSTATUS, and of GetLastError. */
enum { THRUM_WINDOWS_STATUS_TIMEOUT = 0x102 };
enum {
    THRUM_WINDOWS_ERROR_NOT_ENOUGH_MEMORY = 8,
    THRUM_WINDOWS_ERROR_INVALID_PARAMETER = 87,
    THRUM_WINDOWS_ERROR_MAX_THREADS = 164,
    THRUM_WINDOWS_ERROR_NO_RESOURCES = 1450,
    THRUM_WINDOWS_ERROR_COMMITMENT_LIMIT = 1455
};

/* Of exceptions. */
#define THRUM_WINDOWS_STACK_OVERFLOW 0xc00000fdu
#define THRUM_WINDOWS_FAIL_FAST 0xc0000602u
enum { THRUM_WINDOWS_CONTINUE_SEARCH = 0 };

/* --- structures ------------------------------------------------------------------------------- */

struct thrum_windows_memory { /* MEMORY_BASIC_INFORMATION */
    void *base, *allocation;
    uint32_t allocation_protect;
#if UINTPTR_MAX > UINT32_MAX
    uint32_t partition;
#endif
    uintptr_t size;
    uint32_t state, protect, type;
};

struct thrum_windows_exception { /* EXCEPTION_RECORD */
    uint32_t code, flags;
    struct thrum_windows_exception *next;
    void *address;
    uint32_t count;
    uintptr_t information[15];
};

struct thrum_windows_exception_pointers { /* EXCEPTION_POINTERS */
    struct thrum_windows_exception *record;
    void *context;
};

typedef void *thrum_windows_handle;

struct thrum_windows_group { /* GROUP_AFFINITY */
    uintptr_t mask;
    uint16_t group, reserved[3];
};

struct thrum_windows_cpu_rate { /* JOBOBJECT_CPU_RATE_CONTROL_INFORMATION */
    uint32_t flags, rate;
};

#ifndef THRUM_WINDOWS_NO_CALLS /* tests/os/windows/numbers.c has the system's own declarations */

/* --- kernel32 --------------------------------------------------------------------------------- */

typedef uint32_t(THRUM_WINDOWS_CALL thrum_windows_thread_function)(void *argument);
typedef void(THRUM_WINDOWS_CALL thrum_windows_fls_function)(void *value);
typedef int32_t(THRUM_WINDOWS_CALL thrum_windows_exception_function)(
    struct thrum_windows_exception_pointers *pointers);

#define CALL(type) THRUM_WINDOWS_IMPORT type THRUM_WINDOWS_CALL

CALL(thrum_windows_handle)
CreateThread(void *security, size_t stack, thrum_windows_thread_function *function, void *argument,
             uint32_t flags, uint32_t *id);
THRUM_WINDOWS_IMPORT _Noreturn void THRUM_WINDOWS_CALL ExitThread(uint32_t status);
THRUM_WINDOWS_IMPORT _Noreturn void THRUM_WINDOWS_CALL ExitProcess(uint32_t status);
CALL(int) TerminateProcess(thrum_windows_handle process, uint32_t status);
CALL(void) RaiseFailFastException(void *record, void *context, uint32_t flags);
CALL(uint32_t) GetCurrentThreadId(void);
CALL(uint32_t) GetThreadId(thrum_windows_handle thread);
CALL(void) GetCurrentThreadStackLimits(uintptr_t *low, uintptr_t *high);
CALL(int) SetThreadStackGuarantee(uint32_t *size);
CALL(int) SwitchToThread(void);
CALL(int) CloseHandle(thrum_windows_handle handle);
CALL(int)
DuplicateHandle(thrum_windows_handle from_process, thrum_windows_handle from,
                thrum_windows_handle to_process, thrum_windows_handle *to, uint32_t access,
                int inherit, uint32_t options);
CALL(int) GetModuleHandleExW(uint32_t flags, const void *address, thrum_windows_handle *module);
CALL(thrum_windows_handle) GetModuleHandleW(const wchar_t *name);
CALL(void *) GetProcAddress(thrum_windows_handle module, const char *name);

CALL(uint32_t) TlsAlloc(void);
CALL(void *) TlsGetValue(uint32_t index);
CALL(int) TlsSetValue(uint32_t index, void *value);
CALL(uint32_t) FlsAlloc(thrum_windows_fls_function *at_end);
CALL(int) FlsSetValue(uint32_t index, void *value);
CALL(uint32_t) GetLastError(void);
CALL(void) SetLastError(uint32_t error);

CALL(void *) VirtualAlloc(void *address, size_t size, uint32_t type, uint32_t protect);
CALL(int) VirtualFree(void *address, size_t size, uint32_t type);
CALL(int) VirtualProtect(void *address, size_t size, uint32_t protect, uint32_t *old);
CALL(size_t) VirtualQuery(const void *address, struct thrum_windows_memory *memory, size_t size);

CALL(void *) AddVectoredExceptionHandler(uint32_t first, thrum_windows_exception_function *handler);
CALL(thrum_windows_handle) GetStdHandle(uint32_t which);
CALL(int)
WriteFile(thrum_windows_handle file, const void *data, uint32_t size, uint32_t *wrote,
          void *overlapped);
CALL(int) QueryPerformanceFrequency(int64_t *frequency);
CALL(void) GetSystemTimePreciseAsFileTime(uint64_t *time);

CALL(int)
SetThreadGroupAffinity(thrum_windows_handle thread, const struct thrum_windows_group *affinity,
                       struct thrum_windows_group *before);
CALL(int)
GetThreadGroupAffinity(thrum_windows_handle thread, struct thrum_windows_group *affinity);
CALL(int)
GetProcessAffinityMask(thrum_windows_handle process, uintptr_t *mask, uintptr_t *system);
CALL(int)
GetProcessGroupAffinity(thrum_windows_handle process, uint16_t *count, uint16_t *groups);
CALL(uint32_t) GetActiveProcessorCount(uint16_t group);
CALL(int)
QueryInformationJobObject(thrum_windows_handle job, int what, void *information, uint32_t size,
                          uint32_t *length);

CALL(wchar_t *) GetCommandLineW(void);
CALL(wchar_t *) GetEnvironmentStringsW(void);
CALL(int)
MultiByteToWideChar(uint32_t page, uint32_t flags, const char *text, int length, wchar_t *wide,
                    int room);
CALL(int)
WideCharToMultiByte(uint32_t page, uint32_t flags, const wchar_t *wide, int length, char *text,
                    int room, const char *instead, int *used);

/* --- ntdll ------------------------------------------------------------------------------------ */

/* Times are 100 ns; negative ones are from now. Statuses below 0 are errors. */
CALL(int32_t)
RtlWaitOnAddress(const void *address, const void *expected, size_t size, const int64_t *time);
CALL(void) RtlWakeAddressSingle(const void *address);
CALL(void) RtlWakeAddressAll(const void *address);
CALL(int) RtlQueryPerformanceCounter(int64_t *counter);
CALL(uint8_t) RtlDllShutdownInProgress(void);
CALL(int32_t)
NtWaitForSingleObject(thrum_windows_handle object, uint8_t alertable, const int64_t *time);
CALL(int32_t) NtDelayExecution(uint8_t alertable, const int64_t *time);
CALL(int32_t)
NtGetNextThread(thrum_windows_handle process, thrum_windows_handle thread, uint32_t access,
                uint32_t attributes, uint32_t flags, thrum_windows_handle *next);
CALL(int32_t)
NtQueryInformationProcess(thrum_windows_handle process, int what, void *information, uint32_t size,
                          uint32_t *length);

#undef CALL

#endif

/* GetCurrentProcess, GetCurrentThread. */
static inline thrum_windows_handle thrum_windows_process(void)
{
    return (thrum_windows_handle)(intptr_t)-1;
}

static inline thrum_windows_handle thrum_windows_thread(void)
{
    return (thrum_windows_handle)(intptr_t)-2;
}

/* --- what the files of this folder share ------------------------------------------------------ */

/* Bytes at the far end of every stack that are not for use: the system's guard, and what it keeps back
 * to tell of an overflow. */
enum { THRUM_WINDOWS_GUARANTEE = 16384, THRUM_WINDOWS_GUARD = 16384 + THRUM_WINDOWS_GUARANTEE };

struct thrum_block;

/* self.c: the calling thread's block is this one, and its end is noticed; false if refused. */
bool thrum_windows_attach(struct thrum_block *block);

/* fault.c: the calling thread, which may be on its alternate stack, is about to end: the system is to
 * take back the stack that it gave. */
void thrum_windows_leave_fault_stack(struct thrum_os_thread *thread);

/* thread.c: the calling thread's last step in thrum. */
void thrum_windows_finish(struct thrum_block *block);

/* wait.c: what is left until a deadline as the system wants it, in 100 ns, rounded up, negative; NULL
 * for THRUM_FOREVER. */
const int64_t *thrum_windows_time_left(thrum_time deadline, int64_t *left);

#endif
