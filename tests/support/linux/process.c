/* system.h on Linux: child processes, descriptors, and what /proc tells. */
#include <asm/siginfo.h>
#include <asm/signal.h>

#include "linux.h"

bool system_pipe(int fds[2])
{
    return thrum_linux_call2(__NR_pipe2, fds, THRUM_LINUX_O_CLOEXEC) == 0;
}

size_t system_read(int fd, char *buffer, size_t size)
{
    long got;
    do
        got = thrum_linux_call3(THRUM_LINUX_READ, fd, buffer, size);
    while (got == -THRUM_LINUX_EINTR);
    return got < 0 ? 0 : (size_t)got;
}

void system_close(int fd)
{
    thrum_linux_call1(THRUM_LINUX_CLOSE, fd);
}

size_t system_read_file(const char *path, char *buffer, size_t size)
{
    long fd = linux_open(path, 0);
    if (refused(fd))
        return SIZE_MAX;
    size_t length = 0;
    while (length < size) {
        size_t got = system_read((int)fd, buffer + length, size - length);
        if (got == 0)
            break;
        length += got;
    }
    system_close((int)fd);
    return length;
}

/* --- /proc ------------------------------------------------------------------------------------ */

/* A checker's own memory comes and goes with threads, too: then nothing is told. */
size_t system_mapping_count(void)
{
    if (system_checker() != 0)
        return 0;
    char buffer[4096];
    size_t lines = 0;
    long fd = linux_open("/proc/self/maps", 0);
    if (refused(fd))
        return 0;
    for (size_t got; (got = system_read((int)fd, buffer, sizeof buffer)) > 0;) {
        for (size_t i = 0; i < got; ++i)
            lines += buffer[i] == '\n';
    }
    system_close((int)fd);
    return lines;
}

bool linux_mapping(uintptr_t address, uintptr_t ends[2], char *name, size_t size)
{
    static char text[1 << 16];
    size_t length = 0;
    long fd = linux_open("/proc/self/maps", 0), got;
    if (refused(fd))
        return false;
    while (length < sizeof text - 1 && (got = thrum_linux_call3(THRUM_LINUX_READ, fd, text + length,
                                                                sizeof text - 1 - length)) > 0)
        length += (size_t)got;
    system_close((int)fd);
    while (length > 0 && text[length - 1] != '\n') /* a line that is cut is no line */
        --length;
    text[length] = 0;
    for (const char *at = text; *at;) {
        ends[0] = ends[1] = 0;
        for (int i = 0; i < 2; ++i, ++at)
            for (; (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'f'); ++at)
                ends[i] = ends[i] * 16 + (uintptr_t)(*at <= '9' ? *at - '0' : *at - 'a' + 10);
        const char *bracket = NULL;
        for (; *at && *at != '\n'; ++at)
            bracket = *at == '[' ? at : bracket;
        if (address >= ends[0] && address < ends[1]) {
            size_t n = 0;
            for (; bracket && n < size - 1 && bracket[n] != '\n'; ++n)
                name[n] = bracket[n];
            name[n] = 0;
            return true;
        }
        at += *at == '\n';
    }
    return false;
}

/* The number at `index` of /proc/self/statm, in bytes. */
static size_t memory_pages(unsigned index)
{
    char text[256];
    size_t length = system_read_file("/proc/self/statm", text, sizeof text - 1);
    if (length == SIZE_MAX)
        return 0;
    text[length] = 0;
    const char *at = text;
    for (; index > 0; --index) {
        while (*at && *at != ' ')
            ++at;
        at += *at == ' ';
    }
    size_t pages = 0;
    for (; *at >= '0' && *at <= '9'; ++at)
        pages = pages * 10 + (size_t)(*at - '0');
    return pages * system_page_size();
}

/* Under an emulator they are the emulator's. */
size_t system_address_space(void)
{
    return system_emulated() || system_checker() != 0 ? 0 : memory_pages(0);
}

size_t system_resident(void)
{
    return system_emulated() || system_checker() != 0 ? 0 : memory_pages(1);
}

/* Reads /proc/self/task/ID/NAME, ended by 0. */
static bool read_task_file(uint64_t id, const char *name, char *text, size_t size)
{
    char path[64] = "/proc/self/task/", digits[20];
    size_t at = sizeof "/proc/self/task/" - 1, count = 0;
    do
        digits[count++] = (char)('0' + id % 10);
    while ((id /= 10) != 0);
    while (count > 0)
        path[at++] = digits[--count];
    path[at++] = '/';
    while (*name)
        path[at++] = *name++;
    path[at] = 0;
    size_t length = system_read_file(path, text, size - 1);
    if (length == SIZE_MAX || length == 0)
        return false;
    text[length] = 0;
    return true;
}

/* "12 (name) S …": the name may hold anything. */
bool system_thread_sleeps(uint64_t thread_id)
{
    char text[512];
    if (!read_task_file(thread_id, "stat", text, sizeof text)) {
        thrum_sleep_until(thrum_after(test_ms(20)));
        return true;
    }
    const char *state = text;
    for (const char *at = text; *at; ++at) {
        if (*at == ')')
            state = at;
    }
    return state[0] == ')' && state[1] == ' ' && state[2] == 'S';
}

uint64_t system_thread_sleep_count(uint64_t thread_id)
{
    static const char wanted[] = "\nvoluntary_ctxt_switches:\t";
    char text[4096];
    if (!read_task_file(thread_id, "status", text, sizeof text))
        return UINT64_MAX;
    for (const char *at = text; *at; ++at) {
        size_t i = 0;
        while (wanted[i] && at[i] == wanted[i])
            ++i;
        if (wanted[i])
            continue;
        uint64_t number = 0;
        for (at += i; *at >= '0' && *at <= '9'; ++at)
            number = number * 10 + (uint64_t)(*at - '0');
        return number;
    }
    return UINT64_MAX;
}

/* --- children --------------------------------------------------------------------------------- */

static long start_child(int fds[2])
{
    if (!system_pipe(fds))
        return -1;
    long child = linux_fork();
    if (child == 0) {
        thrum_linux_call3(__NR_dup3, fds[1], 1, 0);
        thrum_linux_call3(__NR_dup3, fds[1], 2, 0);
        system_close(fds[0]);
        system_close(fds[1]);
        return 0;
    }
    system_close(fds[1]);
    if (child < 0)
        system_close(fds[0]);
    return child;
}

/* Whether there is something to read, or an end. */
static bool readable(int fd, thrum_time length)
{
    struct {
        int fd;
        short events, happened;
    } wanted = { fd, 1, 0 };
    struct thrum_linux_timespec time = thrum_linux_timespec(length);
#ifdef __NR_ppoll_time64
    const long number = __NR_ppoll_time64;
#else
    const long number = __NR_ppoll;
#endif
    return thrum_linux_call4(number, &wanted, 1, &time, NULL) > 0;
}

/* Past the limit, less what others took from the child (frame/late.c); at twenty times as long in any
 * case. */
static bool child_is_late(long child, thrum_time start, thrum_time length)
{
    thrum_time passed = thrum_now() - start;
    if (passed < length)
        return false;
    struct system_share share = system_share((uint64_t)child);
    uint64_t had = share.ran / thrum_cpu_count();
    uint64_t taken = had < passed ? passed - had : 0;
    return passed / 20 >= length ||
           passed - length >= (share.waited < taken ? share.waited : taken);
}

/* Reads until the end; false if the child is late. */
static bool collect(long child, int fd, thrum_time length, struct system_child *result)
{
    char rest[512];
    const thrum_time start = thrum_now(), look = length < 100000000 ? length : 100000000;
    for (;;) {
        if (child_is_late(child, start, length))
            return false;
        if (!readable(fd, look))
            continue;
        size_t room = sizeof result->output - 1 - result->length;
        size_t got = system_read(fd, room ? result->output + result->length : rest,
                                 room ? room : sizeof rest);
        if (got == 0)
            return true;
        result->length += room ? got : 0;
    }
}

static void wait_for(long child, struct system_child *result)
{
    enum { BY_ID = 1, WHEN_ENDED = 4, BY_EXIT = 1 };
    siginfo_t info;
    __builtin_memset(&info, 0, sizeof info);
    while (thrum_linux_call(__NR_waitid, BY_ID, child, (long)&info, WHEN_ENDED, 0, 0) ==
           -THRUM_LINUX_EINTR) {
    }
    bool exited = info.si_code == BY_EXIT;
    result->signal = exited ? 0 : info.si_status;
    result->exit_status = exited ? info.si_status : -1;
}

static bool end_child(long child, int fd, uint32_t timeout_ms, struct system_child *result)
{
    if (child < 0)
        return false;
    result->length = 0;
    /* three times as long: a guard on a machine that others use too */
    result->killed = !collect(child, fd, 3 * test_ms(timeout_ms), result);
    result->output[result->length] = 0;
    if (result->killed)
        thrum_linux_call2(__NR_kill, child, SYSTEM_SIGNAL_KILL);
    system_close(fd);
    wait_for(child, result);
    if (result->signal != 0)
        system_cut_emulators_words(result);
    return true;
}

bool system_run(void (*child)(void *argument), void *argument, uint32_t timeout_ms,
                struct system_child *result)
{
    system_forget_kept(); /* a fork has them all */
    int fds[2];
    long id = start_child(fds);
    if (id == 0) {
        thrum_after_fork();
        system_default_crashes();
        child(argument);
        system_exit(0);
    }
    return end_child(id, fds[0], timeout_ms, result);
}

/* The kernel may not know how to run a program of the emulated CPU, but the emulator does: itself
 * again, with the options it was given. It hides behind /proc/self, not behind
 * /proc/thread-self. */
static void execute_emulated(const char *path, char *const *argv, char *const *environment)
{
    static char words[2048], *arguments[32], option[] = "-0";
    enum { MOST = sizeof arguments / sizeof *arguments - 4 };
    size_t length = system_read_file("/proc/thread-self/cmdline", words, sizeof words - 1),
           count = 0;
    if (length == SIZE_MAX)
        return;
    for (size_t at = 0; at < length && count < MOST; ++at) {
        size_t same = 0;
        while (path[same] && words[at + same] == path[same])
            ++same;
        if (!path[same] && !words[at + same])
            break; /* what follows are its arguments */
        arguments[count++] = &words[at];
        while (words[at])
            ++at;
    }
    arguments[count++] = option;
    arguments[count++] = argv[0];
    arguments[count++] = (char *)(uintptr_t)path;
    for (size_t i = 1; argv[0] && argv[i] && count < MOST; ++i)
        arguments[count++] = argv[i];
    arguments[count] = NULL;
    thrum_linux_call3(__NR_execve, "/proc/thread-self/exe", arguments, environment);
}

bool system_run_program(const char *path, char *const *argv, uint32_t timeout_ms,
                        struct system_child *result)
{
    static char *const no_environment[] = { NULL };
    int fds[2];
    long id = start_child(fds);
    if (id == 0) {
        thrum_linux_call3(__NR_execve, path, argv, no_environment);
        if (system_emulated())
            execute_emulated(path, argv, no_environment);
        system_exit(127);
    }
    return end_child(id, fds[0], timeout_ms, result);
}
