/* The auxiliary vector of a new program, which stands on its stack: argc, argv, NULL, envp, NULL, pairs. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "machine.h"

static uint64_t peek(pid_t process, uint64_t address)
{
    errno = 0;
    long word = ptrace(PTRACE_PEEKDATA, process, address, NULL);
    if (errno)
        fail("cannot read the program's stack: %s", strerror(errno));
    return (uint64_t)word;
}

static void poke(pid_t process, uint64_t address, uint64_t value)
{
    if (ptrace(PTRACE_POKEDATA, process, address, value) != 0)
        fail("cannot write the program's stack: %s", strerror(errno));
}

static uint64_t find_vector(pid_t process)
{
    struct user_regs_struct registers;
    if (ptrace(PTRACE_GETREGS, process, NULL, &registers) != 0)
        fail("cannot read the program's registers: %s", strerror(errno));
    uint64_t at = registers.rsp;
    at += 8 * (2 + peek(process, at)); /* argc, argv and its end */
    while (peek(process, at) != 0)
        at += 8;
    return at + 8;
}

/* True if the vector has the entry. */
static bool write_entry(pid_t process, uint64_t vector, const struct auxiliary *wanted)
{
    enum { IGNORED = 1 };
    for (uint64_t at = vector, type; (type = peek(process, at)) != AT_NULL; at += 16) {
        if (type != wanted->type)
            continue;
        if (wanted->remove)
            poke(process, at, IGNORED);
        else
            poke(process, at + 8, wanted->value);
        return true;
    }
    return false;
}

void write_auxiliary(pid_t process, const struct machine *machine)
{
    int status;
    if (waitpid(process, &status, 0) != process || !WIFSTOPPED(status) ||
        WSTOPSIG(status) != SIGTRAP)
        fail("the program did not stop at its start");
    uint64_t vector = find_vector(process);
    for (size_t i = 0; i < machine->auxiliaries; ++i) {
        const struct auxiliary *wanted = &machine->auxiliary[i];
        if (!write_entry(process, vector, wanted) && !wanted->remove)
            fail("this kernel's auxiliary vector has no entry %d to be changed", (int)wanted->type);
    }
    if (ptrace(PTRACE_DETACH, process, NULL, NULL) != 0)
        fail("cannot let the program go: %s", strerror(errno));
}
