/* system.h on Linux: output, memory, signals. The kernel's own interface, from its manual pages. */
#include <asm/resource.h>
#include <asm/signal.h>
#include <linux/mman.h>
#include <linux/time.h>

#include "linux.h"
#include "step.h"

void system_write(int fd, const char *text, size_t length)
{
    while (length > 0) {
        long done = thrum_linux_call3(THRUM_LINUX_WRITE, fd, text, length);
        if (done == -THRUM_LINUX_EINTR)
            continue;
        if (done <= 0)
            return;
        text += done;
        length -= (size_t)done;
    }
}

void system_exit(int status)
{
    for (;;)
        thrum_linux_call1(THRUM_LINUX_EXIT_GROUP, status);
}

uint64_t system_process_id(void)
{
    return (uint64_t)thrum_linux_call1(THRUM_LINUX_GETPID, 0);
}

uint64_t system_thread_id(void)
{
    return (uint64_t)thrum_linux_call1(THRUM_LINUX_GETTID, 0);
}

/* Emulators of Linux on Linux answer 0 to advice that they do not know, the kernel EINVAL. */
bool system_emulated(void)
{
    enum { NOTHING_KNOWS_THIS = 0x7ffffff0, UNKNOWN = 0, NO, YES };
    static uint32_t known;
    uint32_t answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (answer == UNKNOWN) {
        uintptr_t page = (uintptr_t)&known & ~(uintptr_t)(system_page_size() - 1);
        long result = thrum_linux_call3(THRUM_LINUX_MADVISE, page, 1, NOTHING_KNOWS_THIS);
        answer = result == 0 ? YES : NO;
        __atomic_store_n(&known, answer, __ATOMIC_RELAXED);
    }
    return answer == YES;
}

const char *system_lacks(const char *test)
{
    (void)test;
    return NULL;
}

bool system_waits_exactly(void)
{
    return true;
}

bool system_interrupts_soundly(void)
{
#if defined(__hexagon__) || defined(__sh__)
    return !system_emulated();
#else
    return true;
#endif
}

/* --- memory ----------------------------------------------------------------------------------- */

/* From the auxiliary vector, which follows the environment. */
uintptr_t linux_auxiliary(uintptr_t type)
{
    char **end = test_envp;
    while (*end)
        ++end;
    const uintptr_t *pair = (const uintptr_t *)(const void *)(end + 1);
    while (pair[0] != 0 && pair[0] != type)
        pair += 2;
    return pair[0] == type ? pair[1] : 0;
}

size_t system_page_size(void)
{
    enum { AUXV_PAGE_SIZE = 6 };
    static size_t known;
    size_t size = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (size != 0)
        return size;
    size = linux_auxiliary(AUXV_PAGE_SIZE);
    size = size != 0 ? size : 4096;
    __atomic_store_n(&known, size, __ATOMIC_RELAXED);
    return size;
}

static void *as_pointer(long result)
{
    return refused(result) ? NULL : (void *)result;
}

void *system_map(size_t size)
{
    return as_pointer(thrum_linux_mmap(size, PROT_READ_AND_WRITE, MAP_PRIVATE | MAP_ANONYMOUS));
}

static long map_at(void *address, size_t size, long flags)
{
    long arguments[6] = { (long)address, (long)size, PROT_READ_AND_WRITE, flags, -1, 0 };
#ifdef THRUM_LINUX_OWN_MMAP /* the old call, which is given them in memory */
    return thrum_linux_call1(THRUM_LINUX_MMAP, arguments);
#else
    return thrum_linux_call(THRUM_LINUX_MMAP, arguments[0], arguments[1], arguments[2],
                            arguments[3], arguments[4], arguments[5]);
#endif
}

void *system_map_at(void *address, size_t size)
{
    void *got =
        as_pointer(map_at(address, size, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE));
    if (got && got != address) { /* a kernel before 4.17 takes it for a hint */
        system_unmap(got, size);
        return NULL;
    }
    return got;
}

bool system_unmap(void *address, size_t size)
{
    return thrum_linux_call2(THRUM_LINUX_MUNMAP, address, size) == 0;
}

bool system_forbid(void *address, size_t size)
{
    return thrum_linux_call3(THRUM_LINUX_MPROTECT, address, size, 0) == 0;
}

bool system_allow(void *address, size_t size)
{
    return thrum_linux_call3(THRUM_LINUX_MPROTECT, address, size, PROT_READ_AND_WRITE) == 0;
}

/* --- signals ---------------------------------------------------------------------------------- */

const unsigned SYSTEM_SIGNALS = 64;
const int SYSTEM_SIGNAL_A = SIGUSR1, SYSTEM_SIGNAL_B = SIGUSR2, SYSTEM_SIGNAL_ALARM = SIGALRM,
          SYSTEM_SIGNAL_ABORT = SIGABRT, SYSTEM_SIGNAL_SEGV = SIGSEGV, SYSTEM_SIGNAL_BUS = SIGBUS,
          SYSTEM_SIGNAL_NO_FRAME = SIGSEGV, SYSTEM_SIGNAL_KILL = SIGKILL;

bool system_handle(int signal, void (*handler)(int signal), unsigned flags)
{
    return linux_handle(signal, handler, flags);
}

bool system_signal(uint64_t thread_id, int signal)
{
    return thrum_linux_call3(THRUM_LINUX_TGKILL, system_process_id(), thread_id, signal) == 0;
}

static const int crashes[] = { SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV };

void system_catch_crashes(void (*handler)(int signal))
{
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; ++i)
        system_handle(crashes[i], handler, 0);
}

void system_default_crashes(void)
{
    system_catch_crashes(NULL);
}

/* The first 64 signals: one word or two, the lower half first whatever the byte order. */
enum { MASK_WORDS = 64 / (8 * sizeof(unsigned long)) };

uint64_t system_signal_mask(void)
{
    struct thrum_linux_sigset set = { { 0 } };
    uint64_t mask = 0;
    thrum_linux_call4(THRUM_LINUX_RT_SIGPROCMASK, THRUM_LINUX_SIG_SETMASK, NULL, &set, sizeof set);
    for (size_t i = 0; i < MASK_WORDS; ++i)
        mask |= (uint64_t)set.words[i] << 32 * i;
    return mask;
}

void system_set_signal_mask(uint64_t mask)
{
    struct thrum_linux_sigset set = { { 0 } };
    for (size_t i = 0; i < MASK_WORDS; ++i)
        set.words[i] = (unsigned long)(mask >> 32 * i);
    thrum_linux_call4(THRUM_LINUX_RT_SIGPROCMASK, THRUM_LINUX_SIG_SETMASK, &set, NULL, sizeof set);
}

static struct timeval old_time(uint32_t seconds, uint32_t microseconds)
{
    struct timeval time = { 0, 0 };
    time.tv_sec = (__kernel_old_time_t)seconds;
    time.tv_usec = (__kernel_suseconds_t)microseconds;
    return time;
}

static void set_timer(struct timeval interval, struct timeval first)
{
    struct itimerval timer = { interval, first };
    thrum_linux_call3(__NR_setitimer, ITIMER_REAL, &timer, NULL);
}

void system_storm(uint32_t interval_us)
{
    struct timeval interval = old_time(interval_us / 1000000, interval_us % 1000000);
    set_timer(interval, interval);
}

void system_alarm(unsigned seconds, void (*handler)(int signal))
{
    if (seconds != 0)
        system_handle(SYSTEM_SIGNAL_ALARM, handler, SYSTEM_RESTART);
    set_timer(old_time(0, 0), old_time(seconds, 0));
}

/* --- stepping --------------------------------------------------------------------------------- */

static struct {
    void (*between)(void *argument);
    void *argument;
    uint64_t count;
} stepping;

static void on_trap(int signal)
{
    (void)signal; /* the kernel has cleared the flag for the handler, and sets it again after */
    ++stepping.count;
    stepping.between(stepping.argument);
}

uint64_t system_step(void (*run)(void *argument), void (*between)(void *argument), void *argument)
{
    /* the trap would come in the midst of their own code */
    const unsigned never = SYSTEM_THREAD_SANITIZER | SYSTEM_VALGRIND;
    if (!LINUX_STEPS || system_emulated() || (system_checker() & never)) {
        run(argument);
        return 0;
    }
    void (*old)(int signal) = linux_handler(SIGTRAP);
    stepping.between = between;
    stepping.argument = argument;
    stepping.count = 0;
    system_handle(SIGTRAP, on_trap, 0);
    set_stepping(true);
    run(argument);
    set_stepping(false);
    system_handle(SIGTRAP, old, 0);
    return stepping.count;
}

/* --- limits ----------------------------------------------------------------------------------- */

bool linux_limit(int resource, uint64_t value)
{
    uint64_t limits[2];
    if (thrum_linux_call4(THRUM_LINUX_PRLIMIT64, 0, resource, NULL, limits) != 0)
        return false;
    limits[0] = value < limits[1] ? value : limits[1];
    return thrum_linux_call4(THRUM_LINUX_PRLIMIT64, 0, resource, limits, NULL) == 0;
}

bool system_limit_address_space(uint64_t bytes)
{
    return linux_limit(RLIMIT_AS, bytes);
}

bool system_limit_threads(uint64_t count)
{
    return linux_limit(RLIMIT_NPROC, count);
}
