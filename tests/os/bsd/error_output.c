/* The error output of a program that ends by misuse, where nobody reads it, or where the program was
 * started without one. */
#include "../../support/bsd/bsd.h"

static thrum_mutex mutex;

static void misuse_without_reader(void *unused)
{
    int ends[2];
    (void)unused;
    CHILD_CHECK(system_pipe(ends));
    CHILD_CHECK(test_bsd_dup2(ends[1], 2) == 2);
    system_close(ends[0]);
    system_close(ends[1]);
    system_handle(THRUM_BSD_SIGPIPE, NULL, 0);
    thrum_set_fatal_hook(NULL);
    thrum_mutex_unlock(&mutex);
}

TEST(fatal_line_that_nobody_reads_aborts, 10)
{
    struct system_child *child = test_child();
    if (CHECK(system_run(misuse_without_reader, NULL, 5000, child)))
        CHECK_EQ(child->signal, SYSTEM_SIGNAL_ABORT);
}

/* The exit status: bit N is set if descriptor N is open, of those below 4. */
static void hold_error_output(void *closed)
{
    int open = 0;
    const int copy = 40, copies = 64;
    CHILD_CHECK(test_bsd_dup2((int)test_bsd_open("/dev/null", 0, 0), copy) == copy);
    for (int fd = 0; fd < copies; ++fd) {
        if (fd < 3 && (*(unsigned *)closed >> fd & 1) == 0)
            test_bsd_dup2(copy, fd);
        else if (fd != copy)
            test_bsd_close(fd);
    }
    thrum_os_hold_error_output();
    for (int fd = 0; fd < 4; ++fd) {
        if (!refused(test_bsd_dup2(fd, copy)))
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
