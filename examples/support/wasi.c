/* support.h on WASI: preview 1's calls, nothing else. Files are found in the folders that the engine
 * gives to the program; there are no processes but this one. SPDX-License-Identifier: MIT */
#include <thrum.h>

#include "support.h"

#define WASI_CALL(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))

struct bytes {
    const void *start;
    size_t size;
};

struct folder {
    uint32_t kind;
    size_t name_length;
};

struct facts {
    uint64_t device, inode;
    uint8_t type;
    uint64_t links, size, times[3];
};
_Static_assert(sizeof(struct facts) == 64, "as WASI has it");

WASI_CALL("fd_prestat_get") uint32_t wasi_folder(int fd, struct folder *folder);
WASI_CALL("fd_prestat_dir_name") uint32_t wasi_folder_name(int fd, char *name, size_t size);
WASI_CALL("path_open")
uint32_t wasi_open(int folder, uint32_t follow, const char *path, size_t length, uint32_t how,
                   uint64_t rights, uint64_t inherited, uint32_t flags, int *fd);
WASI_CALL("fd_close") uint32_t wasi_close(int fd);
WASI_CALL("fd_filestat_get") uint32_t wasi_facts(int fd, struct facts *facts);
WASI_CALL("fd_pread")
uint32_t wasi_read_at(int fd, const struct bytes *parts, size_t count, uint64_t offset,
                      size_t *done);
WASI_CALL("fd_read")
uint32_t wasi_read(int fd, const struct bytes *parts, size_t count, size_t *done);
WASI_CALL("fd_write")
uint32_t wasi_write(int fd, const struct bytes *parts, size_t count, size_t *done);
WASI_CALL("clock_time_get") uint32_t wasi_clock(uint32_t clock, uint64_t precision, uint64_t *time);
WASI_CALL("random_get") uint32_t wasi_random(void *bytes, size_t size);
WASI_CALL("proc_exit") _Noreturn void wasi_exit(uint32_t status);

enum { EACCES = 2, EIO = 29, EISDIR = 31, ELOOP = 32, EMFILE = 33, ENAMETOOLONG = 37, ENFILE = 41 };
enum { ENODEV = 43, ENOENT = 44, ENOMEM = 48, ENOSYS = 52, ENOTDIR = 54, EPERM = 63, ENXIO = 60 };
enum { ENOTCAPABLE = 76 };

const char *error_text(long error)
{
    switch (-error) {
    case ENOENT: return "no such file";
    case EACCES:
    case EPERM:
    case ENOTCAPABLE: return "permission denied";
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
    case ENOSYS: return "not on this system";
    default: return "the system refused";
    }
}

/* --- files ------------------------------------------------------------------------------------ */

/* What of `path` is below the folder, NULL if nothing is. A program stands in the folder ".". */
static const char *below(const char *path, const char *folder, size_t length)
{
    if (length == 1 && folder[0] == '.')
        return path[0] == '/' ? NULL : path;
    for (size_t i = 0; i < length; i++)
        if (path[i] != folder[i])
            return NULL;
    if (length > 0 && folder[length - 1] == '/')
        return path + length;
    return path[length] == '/' ? path + length + 1 : NULL;
}

long file_open(const char *path)
{
    enum { FIRST = 3, FOLLOW = 1, NONBLOCK = 4, NAME_SIZE = 1024 };
    const uint64_t rights = 1 << 1 | 1 << 2 | 1 << 21; /* to read, to seek, to ask for its size */
    uint32_t error = ENOENT;
    struct folder folder;
    char name[NAME_SIZE];
    for (int fd = FIRST; wasi_folder(fd, &folder) == 0; fd++) {
        if (folder.name_length > sizeof name || wasi_folder_name(fd, name, folder.name_length) != 0)
            continue;
        const char *rest = below(path, name, folder.name_length);
        int file;
        if (rest == NULL)
            continue;
        error = wasi_open(fd, FOLLOW, rest, text_length(rest), 0, rights, 0, NONBLOCK, &file);
        if (error == 0)
            return file;
    }
    return -(long)error;
}

void file_close(int file)
{
    (void)wasi_close(file);
}

long file_facts(int file, struct file_facts *facts)
{
    struct facts about = { 0 };
    uint32_t error = wasi_facts(file, &about);
    facts->kind = about.type == 4 ? FILE_REGULAR : about.type == 3 ? FILE_DIRECTORY : FILE_OTHER;
    facts->size = about.size;
    return -(long)error;
}

long file_read_at(int file, void *buffer, size_t size, uint64_t offset)
{
    struct bytes part = { buffer, size };
    size_t done = 0;
    uint32_t error = wasi_read_at(file, &part, 1, offset, &done);
    return error == 0 ? (long)done : -(long)error;
}

long file_read(int file, void *buffer, size_t size)
{
    struct bytes part = { buffer, size };
    size_t done = 0;
    uint32_t error = wasi_read(file, &part, 1, &done);
    return error == 0 ? (long)done : -(long)error;
}

bool file_write(int file, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        struct bytes part = { at, size };
        size_t written = 0;
        if (wasi_write(file, &part, 1, &written) != 0 || written == 0)
            return false;
        at += written;
        size -= written;
    }
    return true;
}

/* --- memory ----------------------------------------------------------------------------------- */

/* Memory grows and never shrinks. What is given back is kept by its size, which here are few: powers of
 * two of pages. */
enum { PAGE = 65536, SIZES = 16 };

static struct piece {
    struct piece *next;
} * kept[SIZES];
static thrum_mutex kept_lock;

static unsigned size_class(size_t size)
{
    unsigned class = 0;
    while (class < SIZES && (size_t)PAGE << class < size)
        class ++;
    return class;
}

void *memory_map(size_t size)
{
    unsigned class = size_class(size);
    if (class == SIZES)
        return NULL;
    thrum_mutex_lock(&kept_lock);
    struct piece *piece = kept[class];
    if (piece != NULL)
        kept[class] = piece->next;
    thrum_mutex_unlock(&kept_lock);
    if (piece != NULL)
        return __builtin_memset(piece, 0, size);
    size_t before = __builtin_wasm_memory_grow(0, (size_t)1 << class);
    return before != SIZE_MAX ? (void *)(before * PAGE) : NULL;
}

void *memory_map_filled(size_t size)
{
    return memory_map(size);
}

void memory_unmap(void *memory, size_t size)
{
    struct piece *piece = memory;
    unsigned class = size_class(size);
    thrum_mutex_lock(&kept_lock);
    piece->next = kept[class];
    kept[class] = piece;
    thrum_mutex_unlock(&kept_lock);
}

/* --- the process ------------------------------------------------------------------------------ */

void random_bytes(void *buffer, size_t size)
{
    (void)wasi_random(buffer, size);
}

/* Of engines hardly one tells it. */
uint64_t process_cpu_time(void)
{
    enum { PROCESS = 2 };
    uint64_t time = 0;
    return wasi_clock(PROCESS, 1, &time) == 0 ? time : 0;
}

_Noreturn void process_exit(int status)
{
    wasi_exit((uint32_t)status);
}

long process_start(void (*run)(void *context), void *context, const char *argument, int *errors)
{
    (void)run, (void)context, (void)argument;
    *errors = -1;
    return -ENOSYS;
}

long process_wait(long child, int *status, int *signal)
{
    (void)child;
    *status = *signal = 0;
    return -ENOSYS;
}

void process_kill(long child)
{
    (void)child;
}

bool file_wait_readable(int file, int milliseconds)
{
    (void)file, (void)milliseconds;
    return false;
}
