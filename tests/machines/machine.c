/* Starts a program as if on another machine:
 *
 *   machine [OPTION…] -- PROGRAM [ARGUMENT…]
 *
 * The options are listed in options.c. The exit status is the program's. Where this system does not
 * permit what is asked for, the output is one skipped TAP case with the reason, and the status is 0. */
#define _GNU_SOURCE
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 126, REASON_SIZE = 256 };

/* From the process that becomes the program, once: that it is ready, or why it cannot be. */
struct message {
    bool ready;
    int listener;
    char reason[REASON_SIZE];
};

static int to_simulator = -1; /* set in the program's process only */

static void send_message(const struct message *message)
{
    if (write(to_simulator, message, sizeof *message) != sizeof *message)
        _exit(FAILED);
}

static _Noreturn void end_with_skip(const char *reason)
{
    printf("TAP version 13\n1..1\nok 1 - this machine can be simulated # SKIP %s\n", reason);
    fflush(stdout);
    _exit(0);
}

_Noreturn void skip(const char *format, ...)
{
    struct message message = { .ready = false };
    va_list list;
    va_start(list, format);
    vsnprintf(message.reason, sizeof message.reason, format, list);
    va_end(list);
    if (to_simulator < 0)
        end_with_skip(message.reason);
    send_message(&message);
    _exit(0);
}

_Noreturn void fail(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("machine: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    _exit(FAILED);
}

static _Noreturn void become_program(const struct machine *machine, char **words, pid_t simulator)
{
    extern char **environ;
    static char *no_environment[] = { NULL };
    enter_setting(machine);
    /* Not before the user has changed, which takes it back. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != simulator)
        _exit(FAILED);
    struct message message = { .ready = true, .listener = install_filter(machine) };
    send_message(&message);
    if (machine->auxiliaries > 0 && ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        fail("cannot be traced: %s", strerror(errno));
    execve(words[0], words, machine->no_environment ? no_environment : environ);
    fail("cannot start %s: %s", words[0], strerror(errno));
}

/* As fork, but with one table of descriptors, in which the filter's listener is the simulator's too. The
 * exec gives the program a table of its own. */
static pid_t fork_with_descriptors(void)
{
    return (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
}

static int end_as(pid_t program)
{
    int status;
    while (waitpid(program, &status, 0) < 0) {
        if (errno != EINTR)
            fail("cannot wait for the program: %s", strerror(errno));
    }
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    fprintf(stderr, "machine: signal %d ended the program\n", WTERMSIG(status));
    return 128 + WTERMSIG(status);
}

int main(int count, char **words)
{
    struct machine machine = { .hogs = 0 };
    int first = read_options(&machine, count, words);
    if (first >= count)
        fail("usage: machine [OPTION…] -- PROGRAM [ARGUMENT…]");
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        fail("no pipe: %s", strerror(errno));
    start_hogs(machine.hogs);
    const pid_t simulator = getpid();
    pid_t program = fork_with_descriptors();
    if (program < 0)
        fail("cannot fork: %s", strerror(errno));
    if (program == 0) {
        to_simulator = ends[1];
        become_program(&machine, &words[first], simulator);
    }
    struct message message;
    if (read(ends[0], &message, sizeof message) != sizeof message)
        fail("the program's process has ended early");
    if (!message.ready)
        skip("%s", message.reason);
    if (machine.auxiliaries > 0)
        write_auxiliary(program, &machine);
    if (message.listener >= 0)
        answer_calls(message.listener, program, &machine);
    return end_as(program);
}
