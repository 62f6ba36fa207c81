/* How much CPU time threads had, and how long they were ready but had none: /proc/PID/task/TID/schedstat
 * (Linux's Documentation/scheduler/sched-stats.rst). */
#include "../thread_system.h"
#include "linux.h"

enum { PATH_SIZE = 96, MOST_DEPTH = 4 };

static void add_text(char path[PATH_SIZE], const char *text)
{
    size_t length = text_length(path);
    for (; *text && length < PATH_SIZE - 1; ++text)
        path[length++] = *text;
    path[length] = 0;
}

static void add_number(char path[PATH_SIZE], uint64_t number)
{
    char text[24];
    text_number(number, text);
    add_text(path, text);
}

/* Moves *text past blanks and a decimal number; false if there is none. */
static bool next_number(const char **text, uint64_t *number)
{
    const char *at = *text;
    while (*at == ' ')
        ++at;
    const char *digits = at;
    for (*number = 0; *at >= '0' && *at <= '9'; ++at)
        *number = *number * 10 + (uint64_t)(*at - '0');
    *text = at;
    return at != digits;
}

static bool read_file_of(const char *folder, const char *name, char *text, size_t size)
{
    char path[PATH_SIZE] = "";
    add_text(path, folder);
    add_text(path, name);
    size_t length = system_read_file(path, text, size - 1);
    text[length == SIZE_MAX ? 0 : length] = 0;
    return length != SIZE_MAX && length != 0;
}

static void add_process(uint64_t process, unsigned depth, struct system_share *share);

/* `folder` is that of one thread, with a slash at its end. Its children are processes. */
static void add_thread(const char *folder, unsigned depth, struct system_share *share)
{
    char text[512];
    uint64_t ran, waited, child;
    const char *at = text;
    if (read_file_of(folder, "schedstat", text, sizeof text) && next_number(&at, &ran) &&
        next_number(&at, &waited)) {
        share->ran += ran;
        share->waited += waited;
    }
    at = text;
    if (depth == MOST_DEPTH || !read_file_of(folder, "children", text, sizeof text))
        return;
    while (next_number(&at, &child))
        add_process(child, depth + 1, share);
}

/* struct linux_dirent64 of getdents64(2): inode, offset, 2 bytes of length, 1 of type, the name. */
static void add_process(uint64_t process, unsigned depth, struct system_share *share)
{
    enum { LENGTH_AT = 16, NAME_AT = 19 };
    char folder[PATH_SIZE] = "/proc/", entries[1024];
    add_number(folder, process);
    add_text(folder, "/task/");
    long fd = linux_open(folder, 0);
    if (refused(fd))
        return;
    for (;;) {
        long length = thrum_linux_call3(__NR_getdents64, fd, entries, sizeof entries);
        if (length <= 0)
            break;
        for (long at = 0; at < length;) {
            unsigned short step;
            __builtin_memcpy(&step, &entries[at + LENGTH_AT], sizeof step);
            if (entries[at + NAME_AT] != '.') {
                char thread[PATH_SIZE] = "";
                add_text(thread, folder);
                add_text(thread, &entries[at + NAME_AT]);
                add_text(thread, "/");
                add_thread(thread, depth, share);
            }
            at += step;
        }
    }
    system_close((int)fd);
}

struct system_share system_share(uint64_t process)
{
    struct system_share share = { 0, 0 };
    add_process(process, 0, &share);
    return share;
}
