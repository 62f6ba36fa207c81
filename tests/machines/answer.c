/* Answers calls that the filter reports: files that have another text or are not there, and the affinity
 * of threads on a machine with more CPUs than this one. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "machine.h"

struct answering {
    const struct machine *machine;
    int listener;
    struct seccomp_notif *call;
    struct seccomp_notif_resp *response;
};

static void respond(struct answering *answering, int64_t value, int error, uint32_t flags)
{
    struct seccomp_notif_resp *response = answering->response;
    memset(response, 0, sizeof *response);
    response->id = answering->call->id;
    response->val = value;
    response->error = -error;
    response->flags = flags;
    /* ENOENT: the thread has ended, or a signal has come first */
    if (ioctl(answering->listener, SECCOMP_IOCTL_NOTIF_SEND, response) != 0 && errno != ENOENT)
        fail("cannot answer a call: %s", strerror(errno));
}

static void let_through(struct answering *answering)
{
    respond(answering, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

static bool still_waits(struct answering *answering)
{
    return ioctl(answering->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &answering->call->id) == 0;
}

static bool copy(struct answering *answering, void *ours, uint64_t theirs, size_t size, bool write)
{
    struct iovec here = { ours, size }, there = { (void *)(uintptr_t)theirs, size };
    pid_t thread = (pid_t)answering->call->pid;
    ssize_t done = write ? process_vm_writev(thread, &here, 1, &there, 1, 0)
                         : process_vm_readv(thread, &here, 1, &there, 1, 0);
    return done == (ssize_t)size;
}

/* --- files ------------------------------------------------------------------------------------ */

/* A path that ends before the end of its page or of the buffer; "" if it cannot be read. */
static void read_path(struct answering *answering, uint64_t address, char path[256])
{
    memset(path, 0, 256);
    for (size_t i = 0; i < 255; ++i) {
        if (!copy(answering, &path[i], address + i, 1, false) || path[i] == 0)
            break;
    }
    if (!still_waits(answering))
        path[0] = 0;
}

static const struct file *find_file(const struct machine *machine, const char *path)
{
    for (size_t i = 0; i < machine->file_count; ++i) {
        const struct file *file = &machine->files[i];
        size_t length = strlen(file->path);
        if (strncmp(path, file->path, length) != 0)
            continue;
        if (path[length] == 0 || (!file->text && path[length] == '/'))
            return file;
    }
    return NULL;
}

/* The program's new descriptor is that of a file in memory. */
static void open_text(struct answering *answering, const char *text, uint64_t flags)
{
    int ours = memfd_create("text", MFD_CLOEXEC);
    if (ours < 0 || write(ours, text, strlen(text)) != (ssize_t)strlen(text) ||
        lseek(ours, 0, SEEK_SET))
        fail("cannot make a file: %s", strerror(errno));
    struct seccomp_notif_addfd added = {
        .id = answering->call->id,
        .srcfd = (uint32_t)ours,
        .newfd_flags = flags & O_CLOEXEC,
    };
    int theirs = ioctl(answering->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &added);
    if (theirs >= 0)
        respond(answering, theirs, 0, 0);
    else if (errno != ENOENT)
        respond(answering, 0, errno, 0); /* it may have none left */
    close(ours);
}

static void open_file(struct answering *answering, uint64_t path_at, uint64_t flags)
{
    char path[256];
    read_path(answering, path_at, path);
    const struct file *file = path[0] ? find_file(answering->machine, path) : NULL;
    if (!file)
        let_through(answering);
    else if (!file->text)
        respond(answering, 0, ENOENT, 0);
    else if ((flags & O_ACCMODE) != O_RDONLY)
        respond(answering, 0, EACCES, 0);
    else
        open_text(answering, file->text, flags);
}

/* --- affinity --------------------------------------------------------------------------------- */

/* A new thread has its creator's CPUs, but which thread that was is not reported. So a set is kept where
 * the kernel itself makes the new thread's copy: in the thread's timer slack, as 50000 ns, the usual one,
 * and the set's number in the table. */
enum { MOST_SETS = 4096, SLACK = 50000 };

static cpu_set_t sets[MOST_SETS];
static unsigned set_count;

static void fill_first_set(unsigned cpus)
{
    for (unsigned cpu = 0; cpu < cpus; ++cpu)
        CPU_SET(cpu, &sets[0]);
    set_count = 1;
}

static bool slack_path(pid_t thread, char path[64])
{
    snprintf(path, 64, "/proc/%d/timerslack_ns", (int)thread);
    return access(path, F_OK) == 0;
}

/* NULL: there is no such thread. */
static cpu_set_t *set_of(pid_t thread)
{
    char path[64], text[32] = "";
    if (!slack_path(thread, path))
        return NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0 && read(file, text, sizeof text - 1) < 0)
        text[0] = 0;
    if (file >= 0)
        close(file);
    unsigned long slack = strtoul(text, NULL, 10);
    return &sets[slack > SLACK && slack - SLACK < set_count ? slack - SLACK : 0];
}

/* False if it has ended. */
static bool keep_set(pid_t thread, const cpu_set_t *set)
{
    unsigned number = 0;
    char path[64], text[32];
    while (number < set_count && !CPU_EQUAL(&sets[number], set))
        ++number;
    if (number == MOST_SETS)
        fail("too many sets of CPUs");
    if (number == set_count)
        sets[set_count++] = *set;
    slack_path(thread, path);
    int file = open(path, O_WRONLY | O_CLOEXEC);
    int length = snprintf(text, sizeof text, "%u", SLACK + number);
    bool kept = file >= 0 && write(file, text, (size_t)length) == length;
    if (!kept && errno != ENOENT && errno != ESRCH)
        fail("cannot keep a thread's CPUs: %s", strerror(errno));
    if (file >= 0)
        close(file);
    return kept;
}

static void get_affinity(struct answering *answering, const __u64 *arguments, pid_t thread)
{
    /* As the kernel: whole words, as many as the highest CPU needs; a smaller buffer is refused. */
    const size_t size = (answering->machine->cpus + 63) / 64 * 8;
    const cpu_set_t *set = set_of(thread);
    if (!set)
        respond(answering, 0, ESRCH, 0);
    else if (arguments[1] < size || arguments[1] % 8 != 0)
        respond(answering, 0, EINVAL, 0);
    else if (!copy(answering, (void *)(uintptr_t)set, arguments[2], size, true))
        respond(answering, 0, EFAULT, 0);
    else
        respond(answering, (int64_t)size, 0, 0);
}

static void set_affinity(struct answering *answering, const __u64 *arguments, pid_t thread)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    size_t size = arguments[1] < sizeof set ? arguments[1] : sizeof set;
    if (!copy(answering, &set, arguments[2], size, false)) {
        respond(answering, 0, EFAULT, 0);
        return;
    }
    CPU_AND(&set, &set, &sets[0]);
    if (!set_of(thread)) {
        respond(answering, 0, ESRCH, 0);
    } else if (CPU_COUNT(&set) == 0) {
        respond(answering, 0, EINVAL, 0);
    } else {
        respond(answering, 0, keep_set(thread, &set) ? 0 : ESRCH, 0);
    }
}

/* --- all -------------------------------------------------------------------------------------- */

static void answer_call(struct answering *answering)
{
    const struct seccomp_data *data = &answering->call->data;
    pid_t thread = data->args[0] != 0 ? (pid_t)data->args[0] : (pid_t)answering->call->pid;
    switch (data->nr) {
    case SYS_openat: open_file(answering, data->args[1], data->args[2]); break;
    case SYS_open: open_file(answering, data->args[0], data->args[1]); break;
    case SYS_sched_getaffinity: get_affinity(answering, data->args, thread); break;
    case SYS_sched_setaffinity: set_affinity(answering, data->args, thread); break;
    default: let_through(answering);
    }
}

void answer_calls(int listener, pid_t program, const struct machine *machine)
{
    struct seccomp_notif_sizes sizes;
    if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) != 0)
        fail("the kernel does not say how large a report is: %s", strerror(errno));
    struct answering answering = {
        .machine = machine,
        .listener = listener,
        .call = calloc(1, sizes.seccomp_notif),
        .response = calloc(1, sizes.seccomp_notif_resp + sizeof(struct seccomp_notif_resp)),
    };
    int end = (int)syscall(SYS_pidfd_open, program, 0);
    if (end < 0 || !answering.call || !answering.response)
        fail("cannot wait for reports: %s", strerror(errno));
    fill_first_set(machine->cpus);
    struct pollfd events[] = { { listener, POLLIN, 0 }, { end, POLLIN, 0 } };
    for (;;) {
        if (poll(events, 2, -1) < 0 && errno != EINTR)
            fail("cannot poll: %s", strerror(errno));
        if (events[1].revents || events[0].revents & POLLHUP)
            return;
        if (!(events[0].revents & POLLIN))
            continue;
        memset(answering.call, 0, sizes.seccomp_notif);
        if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, answering.call) == 0)
            answer_call(&answering);
        else if (errno != ENOENT && errno != EINTR)
            fail("cannot receive a report: %s", strerror(errno));
    }
}
