/* system.h on the BSDs: output, memory, signals. */
#include "bsd.h"

void system_write(int fd, const char *text, size_t length)
{
    while (length > 0) {
        long done = thrum_bsd_write(fd, text, length);
        if (done == -THRUM_BSD_EINTR)
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
        thrum_bsd_exit(status);
}

uint64_t system_process_id(void)
{
    return (uint64_t)thrum_bsd_getpid();
}

/* Told by tests/foreign. */
static bool environment_has(const char *name)
{
    for (char **at = test_envp; at != NULL && *at != NULL; ++at)
        if (text_begins(*at, name))
            return true;
    return false;
}

bool system_emulated(void)
{
    return environment_has("EMULATED=");
}

/* A system of these may have its own. */
__attribute__((weak)) const char *system_lacks(const char *test)
{
    (void)test;
    return NULL;
}

bool system_waits_exactly(void)
{
    return !environment_has("FOREIGN=");
}

bool system_interrupts_soundly(void)
{
    return true;
}

/* Process 1 may be started with no descriptors at all: then they are the console. */
__attribute__((constructor(101))) static void open_console(void)
{
    enum { READ_WRITE = 2, F_WRITE_NOTHING = 0 };
    if (thrum_bsd_write(1, "", F_WRITE_NOTHING) == 0)
        return;
    long fd = test_bsd_open("/dev/console", READ_WRITE, 0);
    for (int target = 0; fd >= 0 && target < 3; ++target)
        if (target != fd)
            test_bsd_dup2((int)fd, target);
}

/* A kernel may let main's stack grow to more than a small machine has (FreeBSD: 512 MiB), which
 * tests of its overflow would use; or a process map less than tests do (OpenBSD: 128 MiB). */
__attribute__((constructor(102))) static void set_limits(void)
{
    enum { DATA = 2, STACK = 3, STACK_BYTES = 16 << 20 };
    uint64_t limit[2];
    if (thrum_bsd_getrlimit(STACK, limit) == 0 && limit[0] > STACK_BYTES) {
        limit[0] = STACK_BYTES;
        test_bsd_setrlimit(STACK, limit);
    }
    if (thrum_bsd_getrlimit(DATA, limit) == 0 && limit[0] < limit[1]) {
        limit[0] = limit[1];
        test_bsd_setrlimit(DATA, limit);
    }
}

/* --- memory ----------------------------------------------------------------------------------- */

size_t system_page_size(void)
{
    return 4096;
}

static void *as_pointer(long result)
{
    return refused(result) ? NULL : (void *)result;
}

void *system_map(size_t size)
{
    return as_pointer(thrum_bsd_map(NULL, size, PROT_READ_AND_WRITE, 0));
}

/* As a hint, which is followed where nothing is. */
void *system_map_at(void *address, size_t size)
{
    void *got = as_pointer(thrum_bsd_map(address, size, PROT_READ_AND_WRITE, 0));
    if (got && got != address) {
        system_unmap(got, size);
        return NULL;
    }
    return got;
}

bool system_unmap(void *address, size_t size)
{
    return thrum_bsd_munmap(address, size) == 0;
}

bool system_forbid(void *address, size_t size)
{
    return thrum_bsd_mprotect(address, size, 0) == 0;
}

bool system_allow(void *address, size_t size)
{
    return thrum_bsd_mprotect(address, size, PROT_READ_AND_WRITE) == 0;
}

/* None of these is told without a file system of the kernel's own, which may not be there. */
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
    (void)bytes;
    return false;
}

bool system_limit_threads(uint64_t count)
{
    (void)count;
    return false;
}

/* --- signals ---------------------------------------------------------------------------------- */

enum { SIGILL = 4, SIGTRAP = 5, SIGFPE = 8, SIGKILL = 9, SIGALRM = 14, SIGUSR1 = 30, SIGUSR2 = 31 };

const unsigned SYSTEM_SIGNALS = TEST_BSD_SIGNALS;
const int SYSTEM_SIGNAL_A = SIGUSR1, SYSTEM_SIGNAL_B = SIGUSR2, SYSTEM_SIGNAL_ALARM = SIGALRM,
          SYSTEM_SIGNAL_ABORT = THRUM_BSD_SIGABRT, SYSTEM_SIGNAL_SEGV = THRUM_BSD_SIGSEGV,
          SYSTEM_SIGNAL_BUS = THRUM_BSD_SIGBUS, SYSTEM_SIGNAL_KILL = SIGKILL,
          SYSTEM_SIGNAL_NO_FRAME = SIGILL;

bool system_handle(int signal, void (*handler)(int signal), unsigned flags)
{
    struct thrum_bsd_sigaction action = { 0 };
    action.handler = (uintptr_t)handler;
    action.flags = (flags & SYSTEM_RESTART ? THRUM_BSD_SA_RESTART : 0) |
                   (flags & SYSTEM_ON_ALTERNATE_STACK ? THRUM_BSD_SA_ONSTACK : 0) |
                   (flags & SYSTEM_ONCE ? THRUM_BSD_SA_RESETHAND : 0);
    return thrum_bsd_set_action(signal, &action, NULL) == 0;
}

static const int crashes[] = { SIGILL,           SIGTRAP, THRUM_BSD_SIGABRT,
                               THRUM_BSD_SIGBUS, SIGFPE,  THRUM_BSD_SIGSEGV };

void system_catch_crashes(void (*handler)(int signal))
{
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; ++i)
        system_handle(crashes[i], handler, 0);
}

void system_default_crashes(void)
{
    system_catch_crashes(NULL);
}

uint64_t system_signal_mask(void)
{
    struct thrum_bsd_sigset set = { { 0 } };
    thrum_bsd_set_mask(THRUM_BSD_SIG_BLOCK, NULL, &set);
    uint64_t mask = set.words[0];
    if (THRUM_BSD_SIGSET_WORDS > 1)
        mask |= (uint64_t)set.words[THRUM_BSD_SIGSET_WORDS > 1] << 32;
    return mask;
}

void system_set_signal_mask(uint64_t mask)
{
    struct thrum_bsd_sigset set = { { (uint32_t)mask } };
    if (THRUM_BSD_SIGSET_WORDS > 1)
        set.words[THRUM_BSD_SIGSET_WORDS > 1] = (uint32_t)(mask >> 32);
    thrum_bsd_set_mask(THRUM_BSD_SIG_SETMASK, &set, NULL);
}

struct time {
    int64_t seconds, microseconds;
};

static void set_timer(struct time interval, struct time first)
{
    struct {
        struct time interval, first;
    } timer = { interval, first };
    test_bsd_setitimer(0, &timer, NULL);
}

void system_storm(uint32_t interval_us)
{
    struct time interval = { interval_us / 1000000, interval_us % 1000000 };
    set_timer(interval, interval);
}

void system_alarm(unsigned seconds, void (*handler)(int signal))
{
    if (seconds != 0)
        system_handle(SYSTEM_SIGNAL_ALARM, handler, SYSTEM_RESTART);
    set_timer((struct time){ 0, 0 }, (struct time){ seconds, 0 });
}

void system_end_after(unsigned seconds)
{
    system_alarm(seconds, NULL);
}

/* The flag for it is the tracer's on some of these kernels. */
uint64_t system_step(void (*run)(void *argument), void (*between)(void *argument), void *argument)
{
    (void)between;
    run(argument);
    return 0;
}
