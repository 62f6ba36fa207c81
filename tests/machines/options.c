/* What a machine is made of, as options:
 *
 *   --signal-frame=BYTES     the kernel says that a signal's frame takes so many bytes (AT_MINSIGSTKSZ);
 *                            skipped where it says more
 *   --without=ENTRY[,…]      no such entry in the auxiliary vector: vdso, random, minsigstksz, execfn
 *   --cpus=N                 N CPUs: by affinity where there are as many, else the calls of affinity are
 *                            answered by the simulator
 *   --quota=VERSION:QUOTA/PERIOD   the control group may use so much CPU time (1 or 2; microseconds)
 *   --no-cgroups             there are no control groups
 *   --file=PATH=TEXT         the file has this text; \n is a line's end
 *   --missing=PATH           neither this path nor any below it exists
 *   --refuse=CALL[.ARGUMENT=VALUE]:ERROR[,…]   the kernel refuses these calls
 *   --limit=RESOURCE:N       data, stack, nofile, as: bytes or descriptors, or "unlimited"
 *   --no-environment, --no-network, --no-proc, --closed-input
 *   --user=UID               that user, without any privilege
 *   --hogs=N                 beside it, N processes on each CPU that only use the CPU */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "machine.h"

struct name {
    const char *name;
    uint64_t number;
};

static const struct name entries[] = {
    { "vdso", AT_SYSINFO_EHDR },
    { "random", AT_RANDOM },
    { "minsigstksz", AT_MINSIGSTKSZ },
    { "execfn", AT_EXECFN },
};

static const struct name calls[] = {
    { "clone3", SYS_clone3 },
    { "membarrier", SYS_membarrier },
    { "rseq", SYS_rseq },
    { "getrandom", SYS_getrandom },
    { "madvise", SYS_madvise },
    { "prctl", SYS_prctl },
    { "mincore", SYS_mincore },
    { "prlimit64", SYS_prlimit64 },
    { "statx", SYS_statx },
    { "futex_waitv", SYS_futex_waitv },
    { "openat2", SYS_openat2 },
    { "sched_setaffinity", SYS_sched_setaffinity },
    { "pidfd_open", SYS_pidfd_open },
    { "sigaltstack", SYS_sigaltstack },
    { "ptrace", SYS_ptrace },
    { "unshare", SYS_unshare },
    { "mount", SYS_mount },
    { "sched_setscheduler", SYS_sched_setscheduler },
};

static const struct name errors[] = {
    { "ENOSYS", ENOSYS },
    { "EPERM", EPERM },
    { "EINVAL", EINVAL },
};

static const struct name resources[] = {
    { "data", RLIMIT_DATA },
    { "stack", RLIMIT_STACK },
    { "nofile", RLIMIT_NOFILE },
    { "as", RLIMIT_AS },
};

#define FIND(table, name) find(table, sizeof table / sizeof *table, name)
static uint64_t find(const struct name *table, size_t count, const char *name)
{
    for (size_t i = 0; i < count; ++i) {
        if (strcmp(table[i].name, name) == 0)
            return table[i].number;
    }
    fail("there is no %s here", name);
}

static uint64_t number_in(const char *text)
{
    char *end;
    errno = 0;
    uint64_t number = strtoull(text, &end, 0);
    if (end == text || *end || errno)
        fail("%s is no number", text);
    return number;
}

/* The text before the separator; what follows it is left in *text, NULL if there is none. */
static char *part(char **text, char separator)
{
    char *first = *text, *at = strchr(first, separator);
    *text = at ? at + 1 : NULL;
    if (at)
        *at = 0;
    return first;
}

static char *required(char *text, const char *option)
{
    if (!text)
        fail("%s has too few parts", option);
    return text;
}

#define ADD(list, count) (&(list)[(count) < MOST ? (count)++ : too_many()])
static size_t too_many(void)
{
    fail("too many options of one kind");
}

static void add_file(struct machine *machine, const char *path, const char *text)
{
    *ADD(machine->files, machine->file_count) = (struct file){ path, text };
}

static void signal_frame(struct machine *machine, char *text)
{
    uint64_t bytes = number_in(text), real = getauxval(AT_MINSIGSTKSZ);
    if (real > bytes)
        skip("this machine's signal frame takes %llu bytes", (unsigned long long)real);
    *ADD(machine->auxiliary, machine->auxiliaries) =
        (struct auxiliary){ .type = AT_MINSIGSTKSZ, .value = bytes };
}

static void without(struct machine *machine, char *text)
{
    enum { FRAME_OF_THOSE_KERNELS = 4096 }; /* AVX-512 without tiles, which came with the entry */
    while (text) {
        uint64_t type = FIND(entries, part(&text, ','));
        if (type == AT_MINSIGSTKSZ && getauxval(AT_MINSIGSTKSZ) > FRAME_OF_THOSE_KERNELS)
            skip("no kernel with frames as large as this machine's lacks AT_MINSIGSTKSZ");
        *ADD(machine->auxiliary, machine->auxiliaries) =
            (struct auxiliary){ .type = type, .remove = true };
    }
}

static void refuse(struct machine *machine, char *text)
{
    while (text) {
        char *one = part(&text, ','), *error = one;
        char *call = part(&error, ':');
        struct refusal refusal = { .argument = ANY_ARGUMENTS };
        refusal.error = (int)FIND(errors, required(error, "--refuse"));
        char *argument = call;
        char *name = part(&argument, '.');
        refusal.call = (int)FIND(calls, name);
        if (argument) {
            char *value = argument;
            refusal.argument = (int)number_in(part(&value, '='));
            refusal.value = (uint32_t)number_in(required(value, "--refuse"));
        }
        *ADD(machine->refusals, machine->refusal_count) = refusal;
    }
}

static void add_limit(struct machine *machine, char *text)
{
    char *value = text;
    struct limit limit = { .resource = (int)FIND(resources, part(&value, ':')) };
    value = required(value, "--limit");
    limit.value = strcmp(value, "unlimited") == 0 ? RLIM_INFINITY : number_in(value);
    *ADD(machine->limits, machine->limit_count) = limit;
}

static const char *one_line(const char *text)
{
    char *line = NULL;
    if (asprintf(&line, "%s\n", text) < 0)
        fail("no memory");
    return line;
}

/* cgroups(7): the files of one group, where version 2 is mounted, or version 1's controller. */
static void quota(struct machine *machine, char *text)
{
    char *rest = text;
    const bool second = number_in(part(&rest, ':')) == 2;
    char *period = required(rest, "--quota");
    char *most = part(&period, '/');
    char *line = NULL;
    if (asprintf(&line, "%s %s\n", most, required(period, "--quota")) < 0)
        fail("no memory");
    add_file(machine, "/proc/self/cgroup", second ? "0::/machine\n" : "2:cpu,cpuacct:/machine\n");
    if (second) {
        add_file(machine, "/sys/fs/cgroup/machine/cpu.max", line);
    } else {
        add_file(machine, "/sys/fs/cgroup/cpu,cpuacct/machine/cpu.cfs_quota_us", one_line(most));
        add_file(machine, "/sys/fs/cgroup/cpu,cpuacct/machine/cpu.cfs_period_us", one_line(period));
    }
    add_file(machine, "/sys/fs/cgroup", NULL);
}

static void file(struct machine *machine, char *text)
{
    char *rest = text;
    char *path = part(&rest, '=');
    rest = required(rest, "--file");
    char *to = rest;
    for (char *from = rest; *from; ++from) {
        bool end_of_line = from[0] == '\\' && from[1] == 'n';
        *to++ = end_of_line ? '\n' : *from;
        from += end_of_line;
    }
    *to = 0;
    add_file(machine, path, rest);
}

static void cpus(struct machine *machine, char *text)
{
    char *line = NULL;
    machine->cpus = (unsigned)number_in(text);
    if (machine->cpus == 0 || machine->cpus > 1024)
        fail("1 to 1024 CPUs");
    if (machine->cpus <= real_cpus())
        return;
    if (asprintf(&line, "0-%u\n", machine->cpus - 1) < 0)
        fail("no memory");
    add_file(machine, "/sys/devices/system/cpu/online", line);
    add_file(machine, "/sys/devices/system/cpu/possible", line);
    add_file(machine, "/sys/devices/system/cpu/present", line);
}

static bool read_flag(struct machine *machine, const char *word)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        { "--no-environment", &machine->no_environment },
        { "--no-network", &machine->no_network },
        { "--no-proc", &machine->no_proc },
        { "--closed-input", &machine->closed_input },
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; ++i) {
        if (strcmp(flags[i].name, word) == 0)
            return *flags[i].flag = true;
    }
    if (strcmp(word, "--no-cgroups") != 0)
        return false;
    add_file(machine, "/proc/self/cgroup", NULL);
    add_file(machine, "/sys/fs/cgroup", NULL);
    return true;
}

static void user(struct machine *machine, char *text)
{
    machine->user = (uid_t)number_in(text);
}

static void hogs(struct machine *machine, char *text)
{
    machine->hogs = (unsigned)number_in(text);
}

static void missing(struct machine *machine, char *text)
{
    add_file(machine, text, NULL);
}

static bool read_value(struct machine *machine, char *word)
{
    static const struct {
        const char *name;
        void (*read)(struct machine *machine, char *text);
    } options[] = {
        { "--signal-frame", signal_frame },
        { "--without", without },
        { "--cpus", cpus },
        { "--quota", quota },
        { "--file", file },
        { "--missing", missing },
        { "--refuse", refuse },
        { "--limit", add_limit },
        { "--user", user },
        { "--hogs", hogs },
    };
    char *value = word;
    char *name = part(&value, '=');
    for (size_t i = 0; value && i < sizeof options / sizeof *options; ++i) {
        if (strcmp(options[i].name, name) == 0) {
            options[i].read(machine, value);
            return true;
        }
    }
    return false;
}

int read_options(struct machine *machine, int count, char **words)
{
    for (int i = 1; i < count; ++i) {
        if (strcmp(words[i], "--") == 0)
            return i + 1;
        if (!read_flag(machine, words[i]) && !read_value(machine, words[i]))
            fail("unknown option %s", words[i]);
    }
    return count;
}

bool machine_answers(const struct machine *machine)
{
    return machine->file_count > 0 || machine->cpus > real_cpus();
}
