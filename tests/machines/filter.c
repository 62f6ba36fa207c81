/* The filter (seccomp(2)) through which the kernel refuses calls, or reports them to the simulator. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "machine.h"

struct program {
    struct sock_filter steps[8 * MOST];
    unsigned short length;
};

static void add(struct program *program, struct sock_filter step)
{
    if (program->length == sizeof program->steps / sizeof *program->steps)
        fail("the filter is too long");
    program->steps[program->length++] = step;
}

static void load(struct program *program, size_t offset)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

/* The next `skipped` steps are for this value only. */
static void only_for(struct program *program, uint32_t value, unsigned char skipped)
{
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped));
}

static void answer(struct program *program, uint32_t result)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, result));
}

static void load_number(struct program *program)
{
    load(program, offsetof(struct seccomp_data, nr));
}

static void add_refusal(struct program *program, const struct refusal *refusal)
{
    const uint32_t result = SECCOMP_RET_ERRNO | (uint32_t)refusal->error;
    load_number(program);
    if (refusal->argument == ANY_ARGUMENTS) {
        only_for(program, (uint32_t)refusal->call, 1);
        answer(program, result);
        return;
    }
    only_for(program, (uint32_t)refusal->call, 3);
    load(program, offsetof(struct seccomp_data, args) + 8 * (size_t)refusal->argument);
    only_for(program, refusal->value, 1);
    answer(program, result);
}

static void add_report(struct program *program, int call)
{
    load_number(program);
    only_for(program, (uint32_t)call, 1);
    answer(program, SECCOMP_RET_USER_NOTIF);
}

int install_filter(const struct machine *machine)
{
    struct program program = { .length = 0 };
    const bool reports = machine_answers(machine);
    if (machine->refusal_count == 0 && !reports)
        return -1;
    load(&program, offsetof(struct seccomp_data, arch));
    only_for(&program, AUDIT_ARCH_X86_64, 1);
    add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0));
    answer(&program, SECCOMP_RET_ALLOW);
    for (size_t i = 0; i < machine->refusal_count; ++i)
        add_refusal(&program, &machine->refusals[i]);
    if (machine->file_count > 0) {
        add_report(&program, SYS_openat);
        add_report(&program, SYS_open);
    }
    if (reports && machine->cpus > 0) {
        add_report(&program, SYS_sched_getaffinity);
        add_report(&program, SYS_sched_setaffinity);
    }
    answer(&program, SECCOMP_RET_ALLOW);
    struct sock_fprog filter = { program.length, program.steps };
    /* With the privilege this is not needed, and programs that set their user's id keep working. */
    if (geteuid() != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        skip("no filter of system calls can be had here: %s", strerror(errno));
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                          reports ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0, &filter);
    if (result < 0)
        skip("no filter of system calls can be had here: %s", strerror(errno));
    return reports ? (int)result : -1;
}
