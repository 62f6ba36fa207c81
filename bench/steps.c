/* steps: how many instructions a function executes, counted one by one: `steps ADDRESS PROGRAM`.
 * SPDX-License-Identifier: MIT
 *
 * A tool of bench/run, built with the system's libc, for x86-64 alone: sets a breakpoint at the
 * function, then steps through its first call until it has returned (ptrace(2)). Prints the count
 * without the return itself. The program must not be position-independent. Exit status 3: the system
 * allows no tracing. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BREAKPOINT = 0xcc, NOT_ALLOWED = 3 };

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static long peek(pid_t thread, uintptr_t address)
{
    return ptrace(PTRACE_PEEKTEXT, thread, (void *)address, NULL);
}

static void poke(pid_t thread, uintptr_t address, long word)
{
    if (ptrace(PTRACE_POKETEXT, thread, (void *)address, (void *)word) != 0)
        die("ptrace");
}

static struct user_regs_struct registers(pid_t thread)
{
    struct user_regs_struct all;
    if (ptrace(PTRACE_GETREGS, thread, NULL, &all) != 0)
        die("ptrace");
    return all;
}

/* Waits until some thread of the program stands behind the breakpoint; the others run on. */
static pid_t wait_for_breakpoint(uintptr_t address)
{
    for (;;) {
        int status;
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0) {
            fputs("steps: the function was not called\n", stderr);
            exit(1);
        }
        if (!WIFSTOPPED(status))
            continue;
        if (WSTOPSIG(status) == SIGTRAP && status >> 16 == 0 &&
            registers(thread).rip == address + 1)
            return thread;
        ptrace(PTRACE_CONT, thread, NULL, NULL);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: steps ADDRESS PROGRAM\n", stderr);
        return 2;
    }
    uintptr_t address = strtoul(argv[1], NULL, 16);
    pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
            perror("steps: ptrace");
            _exit(NOT_ALLOWED);
        }
        execl(argv[2], argv[2], (char *)NULL);
        perror(argv[2]);
        _exit(1);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        die("steps");
    if (!WIFSTOPPED(status))
        return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL));
    long word = peek(child, address);
    poke(child, address, (word & ~0xffl) | BREAKPOINT);
    ptrace(PTRACE_CONT, child, NULL, NULL);

    pid_t thread = wait_for_breakpoint(address);
    poke(thread, address, word);
    struct user_regs_struct at = registers(thread);
    at.rip = address;
    ptrace(PTRACE_SETREGS, thread, NULL, &at);
    uintptr_t back = (uintptr_t)peek(thread, at.rsp);
    unsigned steps = 0;
    for (; registers(thread).rip != back; steps++) {
        ptrace(PTRACE_SINGLESTEP, thread, NULL, NULL);
        if (waitpid(thread, &status, __WALL) != thread || !WIFSTOPPED(status))
            die("steps");
    }
    printf("%u\n", steps - 1);
    return 0;
}
