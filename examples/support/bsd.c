/* support.h on the BSDs: system calls, nothing else. A call is made as thrum makes it, and those
 * that thrum itself has are its own. SPDX-License-Identifier: MIT */
#include "support.h"

#include "os/bsd/bsd.h"

#include EXAMPLE_SYSTEM_FILE
#include THRUM_BSD_CPU_FILE

#define CALL(name, number) \
    __asm__(THRUM_BSD_CALL_ASM(example_##name, number, THRUM_BSD_PIN(example_##name, number)));

EXAMPLE_CALLS(CALL)

long example_fork(void);
long example_read(int file, void *buffer, size_t size);
long example_open(const char *path, int flags, int mode);
long example_close(int file);
long example_fstat(int file, struct stat *about);
long example_wait4(int child, int *status, int options, void *usage);
long example_kill(int process, int signal);
long example_dup2(int file, int target);
long example_getrusage(int who, void *usage);
long example_poll(void *wanted, unsigned count, int milliseconds);
long example_pipe2(int ends[2], int flags);

enum { O_RDONLY = 0, O_NONBLOCK = 4, O_NOCTTY = 0x8000 };

const char *error_text(long error)
{
    switch (-error) {
    case 2: return "no such file";
    case 1:
    case 13: return "permission denied";
    case 21: return "is a directory";
    case 20: return "a part of the path is not a directory";
    case 63: return "the name is too long";
    case 62: return "too many symbolic links";
    case 23:
    case 24: return "too many open files";
    case 6:
    case 19: return "no such device";
    case 12: return "out of memory";
    case 5: return "input/output error";
    default: return "the system refused";
    }
}

long file_open(const char *path)
{
    long file;
    do
        file = example_open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
    while (file == -THRUM_BSD_EINTR);
    return file;
}

void file_close(int file)
{
    (void)example_close(file);
}

long file_facts(int file, struct file_facts *facts)
{
    struct stat about;
    long result = example_fstat(file, &about);
    if (result < 0)
        return result;
    unsigned type = about.mode & 0170000u;
    facts->kind = type == 0100000u ? FILE_REGULAR : type == 0040000u ? FILE_DIRECTORY : FILE_OTHER;
    facts->size = (uint64_t)about.size;
    return 0;
}

long file_read_at(int file, void *buffer, size_t size, uint64_t offset)
{
    long got;
    do
        got = pread_at(file, buffer, size, (int64_t)offset);
    while (got == -THRUM_BSD_EINTR);
    return got;
}

long file_read(int file, void *buffer, size_t size)
{
    long got;
    do
        got = example_read(file, buffer, size);
    while (got == -THRUM_BSD_EINTR);
    return got;
}

bool file_write(int file, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        long written = thrum_bsd_write(file, at, size);
        if (written == -THRUM_BSD_EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        size -= (size_t)written;
    }
    return true;
}

void *memory_map(size_t size)
{
    long result = thrum_bsd_map(NULL, size, THRUM_BSD_PROT_READ_WRITE, 0);
    return result < 0 && result > -4096 ? NULL : (void *)(uintptr_t)result;
}

void *memory_map_filled(size_t size)
{
    volatile char *memory = memory_map(size);
    for (size_t at = 0; memory != NULL && at < size; at += 4096)
        memory[at] = 0;
    return (void *)(uintptr_t)memory;
}

void memory_unmap(void *memory, size_t size)
{
    (void)thrum_bsd_munmap(memory, size);
}

void random_bytes(void *buffer, size_t size)
{
    enum { MOST = 256 };
    for (char *at = buffer; size > 0;) {
        size_t part = size < MOST ? size : MOST;
        (void)thrum_bsd_random(at, part);
        at += part;
        size -= part;
    }
}

uint64_t process_cpu_time(void)
{
    struct {
        struct {
            int64_t seconds, microseconds;
        } user, system;
        long rest[14];
    } usage = { { 0, 0 }, { 0, 0 }, { 0 } };
    (void)example_getrusage(0, &usage);
    return (uint64_t)(usage.user.seconds + usage.system.seconds) * 1000000000u +
           (uint64_t)(usage.user.microseconds + usage.system.microseconds) * 1000u;
}

static long copy_process(void)
{
    /* Which of the two it is was told in another register by some: an id that has changed tells. */
    long parent = thrum_bsd_getpid();
    long child = example_fork();
    return thrum_bsd_getpid() == parent ? child : 0;
}

long process_start(void (*run)(void *context), void *context, const char *argument, int *errors)
{
    int ends[2];
    (void)argument;
    long result = example_pipe2(ends, O_CLOEXEC);
    if (result < 0)
        return result;
    long child = copy_process();
    if (child == 0) {
        (void)example_dup2(ends[1], PRINT_ERROR);
        run(context);
        process_exit(0);
    }
    file_close(ends[1]);
    if (child < 0)
        file_close(ends[0]);
    *errors = ends[0];
    return child;
}

long process_wait(long child, int *status, int *signal)
{
    int word = 0;
    long result;
    do
        result = example_wait4((int)child, &word, 0, NULL);
    while (result == -THRUM_BSD_EINTR);
    *signal = word & 0x7f;
    *status = *signal == 0 ? (word >> 8) & 0xff : 0;
    return result < 0 ? result : 0;
}

void process_kill(long child)
{
    enum { SIGKILL = 9 };
    (void)example_kill((int)child, SIGKILL);
}

_Noreturn void process_exit(int status)
{
    for (;;)
        (void)thrum_bsd_exit(status);
}

bool file_wait_readable(int file, int milliseconds)
{
    struct {
        int file;
        short events, happened;
    } wanted = { file, 1, 0 };
    long result;
    do
        result = example_poll(&wanted, 1, milliseconds);
    while (result == -THRUM_BSD_EINTR);
    return result > 0;
}
