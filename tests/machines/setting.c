/* What a process can have before it starts a program: CPUs, limits, namespaces, a user; and hogs. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "machine.h"

unsigned real_cpus(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

/* The first so many of those that there are. */
static void choose_cpus(unsigned wanted)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        skip("the CPUs of a process are not to be known here: %s", strerror(errno));
    for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (!CPU_ISSET(cpu, &set))
            continue;
        if (wanted == 0)
            CPU_CLR(cpu, &set);
        else
            --wanted;
    }
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        skip("programs may not choose CPUs here: %s", strerror(errno));
}

static void set_limit(const struct limit *wanted)
{
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)wanted->resource, &limit) != 0)
        fail("no limit %d: %s", wanted->resource, strerror(errno));
    if (limit.rlim_max != RLIM_INFINITY && wanted->value > limit.rlim_max)
        skip("the hard limit %d is %llu", wanted->resource, (unsigned long long)limit.rlim_max);
    limit.rlim_cur = wanted->value;
    if (wanted->value != RLIM_INFINITY)
        limit.rlim_max = wanted->value;
    if (setrlimit((__rlimit_resource_t)wanted->resource, &limit) != 0)
        skip("limit %d cannot be set: %s", wanted->resource, strerror(errno));
}

static void hide_proc(void)
{
    if (unshare(CLONE_NEWNS) != 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", "/proc", "tmpfs", MS_RDONLY, NULL) != 0)
        skip("/proc cannot be hidden here: %s", strerror(errno));
}

static void become_user(uid_t user)
{
    if (setgroups(0, NULL) != 0 || setresgid(user, user, user) != 0 ||
        setresuid(user, user, user) != 0)
        skip("another user cannot be had here: %s", strerror(errno));
}

void enter_setting(const struct machine *machine)
{
    if (machine->cpus > 0 && machine->cpus <= real_cpus())
        choose_cpus(machine->cpus);
    for (size_t i = 0; i < machine->limit_count; ++i)
        set_limit(&machine->limits[i]);
    if (machine->no_network && unshare(CLONE_NEWNET) != 0)
        skip("a network namespace cannot be had here: %s", strerror(errno));
    if (machine->no_proc)
        hide_proc();
    if (machine->user != 0)
        become_user(machine->user);
    /* By the exec: until then the simulator's table of descriptors is the same one. */
    if (machine->closed_input && fcntl(0, F_SETFD, FD_CLOEXEC) != 0)
        fail("no standard input to be closed: %s", strerror(errno));
}

/* The program has the hogs' priority, a low one: among them it has its share, and what else runs on this
 * machine is little disturbed. */
void start_hogs(unsigned on_each_cpu)
{
    enum { LOW_PRIORITY = 10 };
    if (on_each_cpu == 0)
        return;
    const pid_t simulator = getpid();
    if (setpriority(PRIO_PROCESS, 0, LOW_PRIORITY) != 0)
        fail("cannot lower the priority: %s", strerror(errno));
    for (unsigned i = 0; i < on_each_cpu * real_cpus(); ++i) {
        pid_t hog = fork();
        if (hog < 0)
            fail("cannot fork: %s", strerror(errno));
        if (hog > 0)
            continue;
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != simulator)
            _exit(0);
        for (;;)
            __asm__ volatile("" ::: "memory");
    }
}
