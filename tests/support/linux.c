/* system.h on Linux: output, memory, signals. The kernel's own interface, from its manual pages. */
#include "linux.h"

void system_write(int fd, const char *text, size_t length)
{
    while (length > 0) {
        long done = call3(CALL_WRITE, fd, (long)text, (long)length);
        if (done == -EINTR_NUMBER)
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
        call1(CALL_EXIT_GROUP, status);
}

uint64_t system_process_id(void)
{
    return (uint64_t)call1(CALL_GETPID, 0);
}

uint64_t system_thread_id(void)
{
    return (uint64_t)call1(CALL_GETTID, 0);
}

/* --- memory ----------------------------------------------------------------------------------- */

enum { PROT_READ_WRITE = 3, MAP_PRIVATE_ANONYMOUS = 0x22, MAP_FIXED_NOREPLACE = 0x100000 };

/* From the auxiliary vector, which follows the environment. */
size_t system_page_size(void)
{
    enum { AT_PAGESZ = 6 };
    static size_t known;
    size_t size = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (size != 0)
        return size;
    char **end = test_envp;
    while (*end)
        ++end;
    const uintptr_t *pair = (const uintptr_t *)(const void *)(end + 1);
    while (pair[0] != 0 && pair[0] != AT_PAGESZ)
        pair += 2;
    size = pair[0] == AT_PAGESZ ? pair[1] : 4096;
    __atomic_store_n(&known, size, __ATOMIC_RELAXED);
    return size;
}

static void *as_pointer(long result)
{
    return refused(result) ? NULL : (void *)result;
}

void *system_map(size_t size)
{
    return as_pointer(
        call6(CALL_MMAP, 0, (long)size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0));
}

void *system_map_at(void *address, size_t size)
{
    void *got = as_pointer(call6(CALL_MMAP, (long)address, (long)size, PROT_READ_WRITE,
                                 MAP_PRIVATE_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
    if (got && got != address) { /* a kernel before 4.17 takes it for a hint */
        system_unmap(got, size);
        return NULL;
    }
    return got;
}

bool system_unmap(void *address, size_t size)
{
    return call2(CALL_MUNMAP, (long)address, (long)size) == 0;
}

bool system_forbid(void *address, size_t size)
{
    return call3(CALL_MPROTECT, (long)address, (long)size, 0) == 0;
}

bool system_allow(void *address, size_t size)
{
    return call3(CALL_MPROTECT, (long)address, (long)size, PROT_READ_WRITE) == 0;
}

/* --- signals ---------------------------------------------------------------------------------- */

struct action { /* the kernel's struct sigaction */
    void (*handler)(int signal);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

bool system_handle(int signal, void (*handler)(int signal), unsigned flags)
{
    struct action action = { handler, ACTION_RESTORER, system_signal_return, 0 };
    if (flags & SYSTEM_RESTART)
        action.flags |= 0x10000000ul;
    if (flags & SYSTEM_ON_ALTERNATE_STACK)
        action.flags |= 0x08000000ul;
    return call4(CALL_RT_SIGACTION, signal, (long)&action, 0, sizeof action.mask) == 0;
}

bool system_signal(uint64_t thread_id, int signal)
{
    return call3(CALL_TGKILL, (long)system_process_id(), (long)thread_id, signal) == 0;
}

static const int crashes[] = {
    4, 5, SYSTEM_SIGNAL_ABORT, SYSTEM_SIGNAL_BUS, 8, SYSTEM_SIGNAL_SEGV
};

void system_catch_crashes(void (*handler)(int signal))
{
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; ++i)
        system_handle(crashes[i], handler, 0);
}

void system_default_crashes(void)
{
    system_catch_crashes(NULL);
}

enum { SET_MASK = 2 };

uint64_t system_signal_mask(void)
{
    uint64_t mask = 0;
    call4(CALL_RT_SIGPROCMASK, SET_MASK, 0, (long)&mask, sizeof mask);
    return mask;
}

void system_set_signal_mask(uint64_t mask)
{
    call4(CALL_RT_SIGPROCMASK, SET_MASK, (long)&mask, 0, sizeof mask);
}

static void set_timer(long interval_us, long first_us)
{
    long timer[4] = { interval_us / 1000000, interval_us % 1000000, first_us / 1000000,
                      first_us % 1000000 };
    call3(CALL_SETITIMER, 0, (long)timer, 0);
}

void system_storm(uint32_t interval_us)
{
    set_timer((long)interval_us, (long)interval_us);
}

void system_alarm(unsigned seconds, void (*handler)(int signal))
{
    if (seconds != 0)
        system_handle(SYSTEM_SIGNAL_ALARM, handler, SYSTEM_RESTART);
    set_timer(0, (long)seconds * 1000000);
}

/* --- stepping --------------------------------------------------------------------------------- */

enum { SIGNAL_TRAP = 5 };

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
    struct action old;
    call4(CALL_RT_SIGACTION, SIGNAL_TRAP, 0, (long)&old, sizeof old.mask);
    stepping.between = between;
    stepping.argument = argument;
    stepping.count = 0;
    system_handle(SIGNAL_TRAP, on_trap, 0);
    set_stepping(true);
    run(argument);
    set_stepping(false);
    call4(CALL_RT_SIGACTION, SIGNAL_TRAP, (long)&old, 0, sizeof old.mask);
    return stepping.count;
}

/* --- limits ----------------------------------------------------------------------------------- */

static bool limit(int resource, uint64_t value)
{
    uint64_t limits[2];
    if (call4(CALL_PRLIMIT64, 0, resource, 0, (long)limits) != 0)
        return false;
    limits[0] = value < limits[1] ? value : limits[1];
    return call4(CALL_PRLIMIT64, 0, resource, (long)limits, 0) == 0;
}

bool system_limit_address_space(uint64_t bytes)
{
    enum { LIMIT_AS = 9 };
    return limit(LIMIT_AS, bytes);
}

bool system_limit_threads(uint64_t count)
{
    enum { LIMIT_NPROC = 6 };
    return limit(LIMIT_NPROC, count);
}
