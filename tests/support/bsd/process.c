/* system.h on the BSDs: child processes and descriptors. */
#include "bsd.h"

bool system_pipe(int fds[2])
{
    return test_bsd_pipe2(fds, 0) == 0;
}

size_t system_read(int fd, char *buffer, size_t size)
{
    long got;
    do
        got = test_bsd_read(fd, buffer, size);
    while (got == -THRUM_BSD_EINTR);
    return got < 0 ? 0 : (size_t)got;
}

void system_close(int fd)
{
    test_bsd_close(fd);
}

size_t system_read_file(const char *path, char *buffer, size_t size)
{
    long fd = test_bsd_open(path, 0, 0);
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

/* --- children --------------------------------------------------------------------------------- */

/* Which of the two it is was told in another register by some: an id that has changed tells. */
static long make_child(void)
{
    long before = thrum_bsd_getpid();
    long child = test_bsd_fork();
    return thrum_bsd_getpid() == before ? child : 0;
}

static long start_child(int fds[2])
{
    if (!system_pipe(fds))
        return -1;
    long child = make_child();
    if (child == 0) {
        test_bsd_dup2(fds[1], 1);
        test_bsd_dup2(fds[1], 2);
        for (int i = 0; i < 2; ++i)
            if (fds[i] > 2)
                system_close(fds[i]);
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
    return test_bsd_poll(&wanted, 1, (int)(length / 1000000) + 1) > 0;
}

/* Reads until the end or the deadline; false if that came first. */
static bool collect(int fd, thrum_time deadline, struct system_child *result)
{
    char rest[512];
    for (;;) {
        thrum_time now = thrum_now();
        if (now >= deadline)
            return false;
        if (!readable(fd, deadline - now))
            continue;
        size_t room = sizeof result->output - 1 - result->length;
        size_t got = system_read(fd, room ? result->output + result->length : rest,
                                 room ? room : sizeof rest);
        if (got == 0)
            return true;
        result->length += room ? got : 0;
    }
}

static bool end_child(long child, int fd, uint32_t timeout_ms, struct system_child *result)
{
    int status = 0;
    if (child < 0)
        return false;
    result->length = 0;
    /* three times as long: a guard on a machine that others use too */
    result->killed = !collect(fd, thrum_after(test_child_limit(timeout_ms)), result);
    result->output[result->length] = 0;
    if (result->killed)
        test_bsd_kill((int)child, SYSTEM_SIGNAL_KILL);
    system_close(fd);
    while (test_bsd_wait4((int)child, &status, 0, NULL) == -THRUM_BSD_EINTR) {
    }
    result->signal = status & 0x7f;
    result->exit_status = result->signal == 0 ? status >> 8 & 0xff : -1;
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

/* The suite is to run where there is no file but itself, or none at all. */
bool system_run_program(const char *path, char *const *argv, uint32_t timeout_ms,
                        struct system_child *result)
{
    (void)path, (void)argv, (void)timeout_ms, (void)result;
    return false;
}
