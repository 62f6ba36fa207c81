/* system.h on WASI: files, and children by the grace of the host (host.mjs): WASI itself has none. */
#include "../../test.h"
#include "../system.h"
#include "calls.h"

enum { FIRST_FOLDER = 3, NAME_SIZE = 256 };

static uint32_t generation = 1; /* of copies */

uint64_t system_process_id(void)
{
    return generation;
}

/* --- files ------------------------------------------------------------------------------------ */

size_t system_read(int fd, char *buffer, size_t size)
{
    struct thrum_wasi_bytes part = { buffer, size };
    size_t got = 0;
    return wasi_read(fd, &part, 1, &got) == 0 ? got : 0;
}

void system_close(int fd)
{
    (void)wasi_close(fd);
}

static size_t length_of(const char *text)
{
    size_t length = 0;
    while (text[length])
        ++length;
    return length;
}

/* What of `path` is below the folder, NULL if nothing is. */
static const char *below(const char *path, const char *folder, size_t length)
{
    for (size_t i = 0; i < length; ++i) {
        if (path[i] != folder[i])
            return NULL;
    }
    if (length > 0 && folder[length - 1] == '/')
        return path + length;
    return path[length] == '/' ? path + length + 1 : NULL;
}

int wasi_open_path(const char *path)
{
    enum { FOLLOW = 1 };
    const uint64_t read = 1 << 1 | 1 << 2 | 1 << 21; /* and seek, and ask for its size */
    struct wasi_folder folder;
    char name[NAME_SIZE];
    for (int fd = FIRST_FOLDER; wasi_folder(fd, &folder) == 0; ++fd) {
        if (folder.name_length > sizeof name || wasi_folder_name(fd, name, folder.name_length) != 0)
            continue;
        const char *rest = below(path, name, folder.name_length);
        int file;
        if (rest && wasi_open(fd, FOLLOW, rest, length_of(rest), 0, read, 0, 0, &file) == 0)
            return file;
    }
    return -1;
}

size_t system_read_file(const char *path, char *buffer, size_t size)
{
    int fd = wasi_open_path(path);
    if (fd < 0)
        return SIZE_MAX;
    size_t length = 0;
    for (size_t got; length < size; length += got) {
        got = system_read(fd, buffer + length, size - length);
        if (got == 0)
            break;
    }
    system_close(fd);
    return length;
}

bool system_pipe(int fds[2])
{
    fds[0] = fds[1] = wasi_open_path("/.thrum/pipe");
    return fds[0] >= 0;
}

/* --- children --------------------------------------------------------------------------------- */

struct request {
    void *here[2]; /* stack pointer, thread pointer */
    void (*run)(void *argument);
    void *argument;
    uint32_t timeout_ms;
    char words[1024]; /* of a program's arguments, each ended by 0 */
};

struct answer {
    int32_t status, signal, killed;
    size_t length;
};

/* In child.S. */
void wasi_here(void *place[2]);
_Noreturn void wasi_child(void (*run)(void *argument), void *argument);

void wasi_child(void (*run)(void *argument), void *argument)
{
    ++generation;
    thrum_after_fork();
    run(argument);
    system_exit(0);
}

/* False if this host has no children. */
static bool ask(struct request *request, size_t words, uint32_t timeout_ms,
                struct system_child *result)
{
    int fd = wasi_open_path("/.thrum/child");
    if (fd < 0)
        return false;
    request->timeout_ms = (uint32_t)(test_child_limit(timeout_ms) / 1000000);
    struct thrum_wasi_bytes part = { request, offsetof(struct request, words) + words };
    size_t done;
    struct answer answer;
    bool done_well = thrum_wasi_write(fd, &part, 1, &done) == 0 &&
                     system_read(fd, (char *)&answer, sizeof answer) == sizeof answer;
    if (done_well) {
        result->exit_status = answer.status;
        result->signal = answer.signal;
        result->killed = answer.killed != 0;
        result->length = system_read(fd, result->output, sizeof result->output - 1);
        result->output[result->length] = 0;
    }
    system_close(fd);
    return done_well;
}

bool system_run(void (*child)(void *argument), void *argument, uint32_t timeout_ms,
                struct system_child *result)
{
    struct request request = { .run = child, .argument = argument };
    wasi_here(request.here);
    return ask(&request, 0, timeout_ms, result);
}

bool system_run_program(const char *path, char *const *argv, uint32_t timeout_ms,
                        struct system_child *result)
{
    struct request request = { .run = NULL };
    size_t words = 0;
    for (size_t i = 0; path[i] || test_argv[0][i]; ++i) {
        if (path[i] != test_argv[0][i])
            return false; /* this one alone can be run again */
    }
    for (; *argv; ++argv) {
        size_t size = length_of(*argv) + 1;
        if (size > sizeof request.words - words)
            return false;
        __builtin_memcpy(request.words + words, *argv, size);
        words += size;
    }
    return ask(&request, words, timeout_ms, result);
}
