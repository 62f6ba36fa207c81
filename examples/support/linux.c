/* support.h on Linux: system calls, nothing else. The numbers and structures are those of the
 * kernel's own headers; the instruction is the CPU's, in the file that thrum itself has for it.
 * SPDX-License-Identifier: MIT */
#include "support.h"

#include <asm/errno.h>
#include <asm/poll.h>
#include <asm/signal.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/stat.h>
#include <linux/time.h>
#include <linux/uio.h>

#include "os/linux/cpu.h"

/* A call that a signal interrupted is made again. */
static long call(long number, long a, long b, long c, long d, long e)
{
    long result;
    do
        result = thrum_linux_call(number, a, b, c, d, e, 0);
    while (result == -EINTR);
    return result;
}

static long word(const void *pointer)
{
    return (long)(uintptr_t)pointer;
}

const char *error_text(long error)
{
    switch (-error) {
    case ENOENT: return "no such file";
    case EACCES:
    case EPERM: return "permission denied";
    case EISDIR: return "is a directory";
    case ENOTDIR: return "a part of the path is not a directory";
    case ENAMETOOLONG: return "the name is too long";
    case ELOOP: return "too many symbolic links";
    case EMFILE:
    case ENFILE: return "too many open files";
    case ENXIO:
    case ENODEV: return "no such device";
    case ENOMEM: return "out of memory";
    case EIO: return "input/output error";
    default: return "the system refused";
    }
}

long file_open(const char *path)
{
    return call(__NR_openat, AT_FDCWD, word(path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0,
                0);
}

void file_close(int file)
{
    (void)thrum_linux_call(__NR_close, file, 0, 0, 0, 0, 0);
}

long file_facts(int file, struct file_facts *facts)
{
    struct statx about = { 0 };
    long result = thrum_linux_call(__NR_statx, file, word(""), AT_EMPTY_PATH,
                                   STATX_TYPE | STATX_SIZE, word(&about), 0);
    if (result < 0)
        return result;
    unsigned type = about.stx_mode & 0170000u;
    facts->kind = type == 0100000u ? FILE_REGULAR : type == 0040000u ? FILE_DIRECTORY : FILE_OTHER;
    facts->size = about.stx_size;
    return 0;
}

long file_read_at(int file, void *buffer, size_t size, uint64_t offset)
{
    /* preadv, because it takes the offset the same way on every CPU: as two longs, low and high. */
    struct iovec part = { .iov_base = buffer, .iov_len = size };
    return call(__NR_preadv, file, word(&part), 1, (long)offset, (long)(offset >> 16 >> 16));
}

long file_read(int file, void *buffer, size_t size)
{
    return call(__NR_read, file, word(buffer), (long)size, 0, 0);
}

bool file_write(int file, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        long written = call(__NR_write, file, word(at), (long)size, 0, 0);
        if (written <= 0)
            return false;
        at += written;
        size -= (size_t)written;
    }
    return true;
}

static void *map(size_t size, long flags)
{
    long result =
        thrum_linux_mmap(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags);
    return result < 0 && result > -4096 ? NULL : (void *)(uintptr_t)result;
}

void *memory_map(size_t size)
{
    return map(size, 0);
}

void *memory_map_filled(size_t size)
{
    return map(size, MAP_POPULATE);
}

void memory_unmap(void *memory, size_t size)
{
    (void)thrum_linux_call(__NR_munmap, word(memory), (long)size, 0, 0, 0, 0);
}

void random_bytes(void *buffer, size_t size)
{
    (void)call(__NR_getrandom, word(buffer), (long)size, 0, 0, 0);
}

uint64_t process_cpu_time(void)
{
    struct {
        int64_t seconds, nanoseconds;
    } time = { 0, 0 };
    (void)thrum_linux_call(THRUM_LINUX_CLOCK_GETTIME, CLOCK_PROCESS_CPUTIME_ID, word(&time), 0, 0,
                           0, 0);
    return (uint64_t)time.seconds * 1000000000u + (uint64_t)time.nanoseconds;
}

/* 0 in the child, the child's id in the parent. */
static long copy_process(void)
{
    /* Which of the two it is stands in another register on some CPUs: an id that has changed
     * tells. */
    long parent = thrum_linux_call(THRUM_LINUX_GETPID, 0, 0, 0, 0, 0, 0);
#ifdef __NR_fork
    long child = thrum_linux_call(__NR_fork, 0, 0, 0, 0, 0, 0);
#else
    long child = thrum_linux_call(__NR_clone, SIGCHLD, 0, 0, 0, 0, 0);
#endif
    return thrum_linux_call(THRUM_LINUX_GETPID, 0, 0, 0, 0, 0, 0) == parent ? child : 0;
}

long process_start(void (*run)(void *context), void *context, const char *argument, int *errors)
{
    int ends[2] = { -1, -1 };
    (void)argument;
    long result = thrum_linux_call(__NR_pipe2, word(ends), O_CLOEXEC, 0, 0, 0, 0);
    if (result < 0)
        return result;
    long child = copy_process();
    if (child == 0) {
        (void)call(__NR_dup3, ends[1], PRINT_ERROR, 0, 0, 0);
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
    int word_of_it = 0;
    long result = call(__NR_wait4, child, word(&word_of_it), 0, 0, 0);
    *signal = word_of_it & 0x7f;
    *status = *signal == 0 ? (word_of_it >> 8) & 0xff : 0;
    return result < 0 ? result : 0;
}

void process_kill(long child)
{
    (void)thrum_linux_call(__NR_kill, child, SIGKILL, 0, 0, 0, 0);
}

_Noreturn void process_exit(int status)
{
    for (;;)
        (void)thrum_linux_call(__NR_exit_group, status, 0, 0, 0, 0, 0);
}

bool file_wait_readable(int file, int milliseconds)
{
    struct pollfd wanted = { .fd = file, .events = POLLIN };
    struct {
        long seconds, nanoseconds;
    } time = { milliseconds / 1000, milliseconds % 1000 * 1000000l };
    return call(__NR_ppoll, word(&wanted), 1, word(&time), 0, 0) > 0;
}
