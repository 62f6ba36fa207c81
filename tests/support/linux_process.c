/* system.h on Linux: child processes, descriptors, and what /proc tells. */
#include "linux.h"

enum { AT_FDCWD_NUMBER = -100, CLOSE_ON_EXEC = 02000000, SIGCHLD_NUMBER = 17 };

bool system_pipe(int fds[2])
{
    return call2(CALL_PIPE2, (long)fds, CLOSE_ON_EXEC) == 0;
}

size_t system_read(int fd, char *buffer, size_t size)
{
    long got;
    do
        got = call3(CALL_READ, fd, (long)buffer, (long)size);
    while (got == -EINTR_NUMBER);
    return got < 0 ? 0 : (size_t)got;
}

void system_close(int fd)
{
    call1(CALL_CLOSE, fd);
}

size_t system_read_file(const char *path, char *buffer, size_t size)
{
    long fd = call4(CALL_OPENAT, AT_FDCWD_NUMBER, (long)path, CLOSE_ON_EXEC, 0);
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

size_t system_mapping_count(void)
{
    char buffer[4096];
    size_t lines = 0;
    long fd = call4(CALL_OPENAT, AT_FDCWD_NUMBER, (long)"/proc/self/maps", CLOSE_ON_EXEC, 0);
    if (refused(fd))
        return 0;
    for (size_t got; (got = system_read((int)fd, buffer, sizeof buffer)) > 0;) {
        for (size_t i = 0; i < got; ++i)
            lines += buffer[i] == '\n';
    }
    system_close((int)fd);
    return lines;
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

size_t system_address_space(void)
{
    return memory_pages(0);
}

size_t system_resident(void)
{
    return memory_pages(1);
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
    long child = call6(CALL_CLONE, SIGCHLD_NUMBER, 0, 0, 0, 0, 0); /* a fork */
    if (child == 0) {
        call3(CALL_DUP3, fds[1], 1, 0);
        call3(CALL_DUP3, fds[1], 2, 0);
        system_close(fds[0]);
        system_close(fds[1]);
        return 0;
    }
    system_close(fds[1]);
    if (child < 0)
        system_close(fds[0]);
    return child;
}

/* Reads until the end or the deadline; false if that came first. */
static bool collect(int fd, thrum_time deadline, struct system_child *result)
{
    struct {
        int fd;
        short events, happened;
    } poll = { fd, 1, 0 };
    char rest[512];
    for (;;) {
        thrum_time now = thrum_now();
        if (now >= deadline)
            return false;
        if (call3(CALL_POLL, (long)&poll, 1, (long)((deadline - now) / 1000000 + 1)) <= 0)
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
    int status = 0;
    while (call4(CALL_WAIT4, child, (long)&status, 0, 0) == -EINTR_NUMBER) {
    }
    result->signal = status & 0x7f;
    result->exit_status = result->signal ? -1 : (status >> 8) & 0xff;
}

static bool end_child(long child, int fd, uint32_t timeout_ms, struct system_child *result)
{
    if (child < 0)
        return false;
    result->length = 0;
    result->killed = !collect(fd, thrum_after(test_ms(timeout_ms)), result);
    result->output[result->length] = 0;
    if (result->killed)
        call2(CALL_KILL, child, SYSTEM_SIGNAL_KILL);
    system_close(fd);
    wait_for(child, result);
    return true;
}

bool system_run(void (*child)(void *argument), void *argument, uint32_t timeout_ms,
                struct system_child *result)
{
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

bool system_run_program(const char *path, char *const *argv, uint32_t timeout_ms,
                        struct system_child *result)
{
    static char *const no_environment[] = { NULL };
    int fds[2];
    long id = start_child(fds);
    if (id == 0) {
        call3(CALL_EXECVE, (long)path, (long)argv, (long)no_environment);
        system_exit(127);
    }
    return end_child(id, fds[0], timeout_ms, result);
}
