/* The error output of a program that ends by misuse, where nobody reads it, or where the program was started
 * without one. */
#include <asm/fcntl.h>

#include "../../support/linux/linux.h"
#include "../../support/thread_system.h"
#include "../../test.h"

enum { PIPE_SIGNAL = 13 };

static thrum_mutex mutex;

static void misuse(void)
{
    system_handle(PIPE_SIGNAL, NULL, 0);
    thrum_set_fatal_hook(NULL);
    thrum_mutex_unlock(&mutex);
}

/* The error output becomes a pipe's end for writing; returns that for reading. */
static int write_to_pipe(long flags)
{
    int ends[2] = { -1, -1 };
    CHILD_CHECK(thrum_linux_call2(__NR_pipe2, ends, flags) == 0);
    CHILD_CHECK(thrum_linux_call3(__NR_dup3, ends[1], 2, 0) == 2);
    thrum_linux_call1(THRUM_LINUX_CLOSE, ends[1]);
    return ends[0];
}

static void misuse_without_reader(void *unused)
{
    (void)unused;
    thrum_linux_call1(THRUM_LINUX_CLOSE, write_to_pipe(0));
    misuse();
}

static void misuse_with_full_pipe(void *unused)
{
    (void)unused;
    (void)write_to_pipe(O_NONBLOCK); /* a number of each CPU's own */
    while (!refused(thrum_linux_call3(THRUM_LINUX_WRITE, 2, &mutex, 1)))
        continue;
    misuse();
}

static void check_aborts(void (*program)(void *unused))
{
    struct system_child *child = test_child();
    if (CHECK(system_run(program, NULL, 5000, child)))
        CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
}

TEST(fatal_line_that_nobody_reads_aborts, 10)
{
    check_aborts(misuse_without_reader);
}

TEST(fatal_line_that_a_full_pipe_refuses_aborts, 10)
{
    check_aborts(misuse_with_full_pipe);
}

/* The exit status: bit N is set if descriptor N is open, of those below 4. */
static void hold_error_output(void *closed)
{
    int open = 0;
    const int copy = 40, copies = 64;
    CHILD_CHECK(thrum_linux_call3(__NR_dup3, linux_open("/dev/null", 0), copy, 0) == copy);
    for (int fd = 0; fd < copies; ++fd) {
        if (fd < 3 && (*(unsigned *)closed >> fd & 1) == 0)
            thrum_linux_call3(__NR_dup3, copy, fd, 0);
        else if (fd != copy)
            thrum_linux_call1(THRUM_LINUX_CLOSE, fd);
    }
    thrum_os_hold_error_output();
    for (int fd = 0; fd < 4; ++fd) {
        if (!refused(thrum_linux_call3(__NR_dup3, fd, copy, 0)))
            open |= 1 << fd;
    }
    system_exit(open);
}

/* A closed error output is held, with what is below it; nothing else, and nothing is left open. */
TEST(closed_error_output_is_held, 20)
{
    for (unsigned closed = 0; closed < 8; ++closed) {
        struct system_child *child = test_child();
        static unsigned which;
        which = closed;
        if (!CHECK(system_run(hold_error_output, &which, 5000, child)))
            return;
        CHECK_EQ(child->exit_status, (closed & 4) != 0 ? 7 : 7 & ~(int)closed);
    }
}
