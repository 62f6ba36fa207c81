/* The CPU quota of the cgroup this process is in, versions 1 and 2 (cgroups(7), Linux's
 * Documentation/admin-guide/cgroup-v2.rst, "cpu.max"; scheduler/sched-bwc.rst). */
#include "diagnose/format.h"
#include "os/linux/linux.h"

enum { AT_FDCWD = -100, MOST_CPUS = 1 << 16 };

/* --- files ------------------------------------------------------------------------------------ */

static long open_at(long folder, const char *path)
{
    return thrum_linux_call4(THRUM_LINUX_OPENAT, folder, path, THRUM_LINUX_O_CLOEXEC, 0);
}

static long read_some(long fd, char *text, size_t size)
{
    long got;
    do
        got = thrum_linux_call3(THRUM_LINUX_READ, fd, text, size);
    while (got == -THRUM_LINUX_EINTR);
    return got;
}

/* The whole file as text that ends with a NUL; false if it cannot be read, or does not fit. */
static bool read_file(long folder, const char *path, char *text, size_t size)
{
    size_t length = 0;
    long fd = open_at(folder, path), got = 1;
    if (fd < 0)
        return false;
    while (got > 0 && length < size) {
        got = read_some(fd, text + length, size - length);
        length += got > 0 ? (size_t)got : 0;
    }
    thrum_linux_call1(THRUM_LINUX_CLOSE, fd);
    if (got != 0) /* an error, or no room for the end */
        return false;
    text[length] = '\0';
    return true;
}

/* A file read character by character: its lines may have any length. */
struct stream {
    long fd;
    size_t at, length;
    char text[256];
};

enum { END_OF_FILE = -1, FAILED = -2 };

static int next(struct stream *stream)
{
    if (stream->at == stream->length) {
        long got = read_some(stream->fd, stream->text, sizeof stream->text);
        if (got <= 0)
            return got == 0 ? END_OF_FILE : FAILED;
        stream->at = 0;
        stream->length = (size_t)got;
    }
    return (unsigned char)stream->text[stream->at++];
}

static bool ends_line(int character)
{
    return character == '\n' || character < 0;
}

/* --- the quota of one group ------------------------------------------------------------------- */

/* A group's folder where one version of cgroups is mounted, or a controller's. A group's path may be
 * longer than what the kernel takes as one: then it starts at a folder that is open. */
struct folder {
    long at; /* AT_FDCWD: the path is absolute */
    bool v2;
    bool there;
    struct thrum_text path;
    char space[512];
};

/* A component, and what is added to a path at once: '/', one of them, the name of a file in it. */
enum { COMPONENT_SIZE = 256, ROOM = COMPONENT_SIZE + 32 };

/* Decimal digits at *text, moved past them and a following space; false if there are none, or too
 * many. */
static bool number(const char **text, uint64_t *value)
{
    const char *at = *text;
    *value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (*value > (UINT64_MAX - 9) / 10)
            return false;
        *value = thrum_multiply(*value, 10) + (uint64_t)(*at - '0');
    }
    bool found = at != *text;
    *text = *at == ' ' ? at + 1 : at;
    return found;
}

static bool read_in(struct folder *folder, const char *name, char *text, size_t size)
{
    size_t length = folder->path.length;
    /* relative to a folder that is open, nothing stands before the name */
    thrum_text_string(&folder->path, length == 0 ? name + 1 : name);
    bool read =
        !folder->path.cut && read_file(folder->at, thrum_text_end(&folder->path), text, size);
    folder->path.length = length;
    folder->path.cut = false;
    return read;
}

/* The quota that one group sets, in CPUs rounded up; 0: none. */
static unsigned group_quota(struct folder *folder)
{
    char text[64];
    const char *at = text;
    uint64_t quota, period;
    if (folder->v2) {
        if (!read_in(folder, "/cpu.max", text, sizeof text) || !number(&at, &quota) ||
            !number(&at, &period)) /* "max 100000" */
            return 0;
    } else {
        if (!read_in(folder, "/cpu.cfs_quota_us", text, sizeof text) ||
            !number(&at, &quota)) /* "-1" */
            return 0;
        at = text;
        if (!read_in(folder, "/cpu.cfs_period_us", text, sizeof text) || !number(&at, &period))
            return 0;
    }
    if (period == 0 || quota == 0)
        return 0;
    /* by steps, because 32-bit CPUs have no division of 64 bits */
    unsigned cpus = 1;
    for (; quota > period; quota -= period)
        if (++cpus > MOST_CPUS)
            return 0;
    return cpus;
}

/* --- the way down to it ----------------------------------------------------------------------- */

static void start(struct folder *folder, const char *root, const char *middle, bool v2)
{
    folder->at = AT_FDCWD;
    folder->v2 = v2;
    folder->path = thrum_text(folder->space, sizeof folder->space);
    thrum_text_string(&folder->path, root);
    thrum_text_string(&folder->path, middle);
    folder->there = !folder->path.cut;
}

static void leave(struct folder *folder)
{
    if (folder->at != AT_FDCWD)
        thrum_linux_call1(THRUM_LINUX_CLOSE, folder->at);
    folder->at = AT_FDCWD;
    folder->there = false;
}

static void enter(struct folder *folder, const char *component, size_t length)
{
    if (!folder->there)
        return;
    if (folder->path.size - folder->path.length < ROOM) {
        long fd = open_at(folder->at, thrum_text_end(&folder->path));
        leave(folder);
        if (fd < 0)
            return;
        folder->at = fd;
        folder->there = true;
        folder->path.length = 0;
    }
    if (folder->path.length > 0)
        thrum_text_string(&folder->path, "/");
    thrum_text_bytes(&folder->path, component, length);
}

static unsigned lesser(unsigned a, unsigned b)
{
    if (a == 0 || b == 0)
        return a + b;
    return a < b ? a : b;
}

/* The least quota of the group whose path follows, and of all above it, as far as they are there: in
 * a container the mount is often the group itself, of which the path tells more ("/docker/x"), and a group
 * beyond the mount ("/../x") is not to be seen. Reads to the line's end. */
static unsigned path_quota(struct stream *stream, struct folder folders[2])
{
    char component[COMPONENT_SIZE];
    size_t length = 0;
    unsigned quota = lesser(group_quota(&folders[0]), group_quota(&folders[1]));
    for (bool seen = true;;) {
        int character = next(stream);
        if (character != '/' && !ends_line(character)) {
            if (length == sizeof component) /* no folder has such a name */
                seen = false;
            else
                component[length++] = (char)character;
            continue;
        }
        if (character == FAILED || (length == 2 && component[0] == '.' && component[1] == '.'))
            seen = false;
        for (int i = 0; seen && length > 0 && i < 2; i++) {
            enter(&folders[i], component, length);
            if (folders[i].there)
                quota = lesser(quota, group_quota(&folders[i]));
        }
        length = 0;
        if (ends_line(character))
            break;
    }
    leave(&folders[0]);
    leave(&folders[1]);
    return quota;
}

enum hierarchy { OTHER, VERSION_1, VERSION_2 };

/* Reads "0::" or "4:cpu,cpuacct:"; `last` is the character after which it ended. */
static enum hierarchy hierarchy(struct stream *stream, int *last)
{
    static const char wanted[] = "cpu";
    enum hierarchy found = VERSION_2;
    int character;
    do
        character = next(stream);
    while (character != ':' && !ends_line(character));
    bool matches = character == ':';
    for (unsigned matched = 0; !ends_line(character);) {
        character = next(stream);
        if (character == ',' || character == ':') {
            if (matches && matched == sizeof wanted - 1)
                found = VERSION_1;
            if (character == ':')
                break;
            matches = true;
            matched = 0;
            continue;
        }
        if (found == VERSION_2)
            found = OTHER;
        matches = matches && matched < sizeof wanted - 1 && character == wanted[matched++];
    }
    *last = character;
    return found;
}

/* A line of /proc/self/cgroup is "0::/group" (version 2) or "4:cpu,cpuacct:/group". */
unsigned thrum_linux_cgroup_quota(const char *root, const char *own)
{
    struct folder folders[2];
    unsigned quota = 0;
    struct stream stream;
    stream.fd = open_at(AT_FDCWD, own);
    stream.at = stream.length = 0;
    if (stream.fd < 0)
        return 0;
    for (int last = '\n'; last != END_OF_FILE && last != FAILED;) {
        enum hierarchy its = hierarchy(&stream, &last);
        if (last != ':')
            continue;
        start(&folders[0], root, its == VERSION_2 ? "" : "/cpu", its == VERSION_2);
        start(&folders[1], root, its == VERSION_2 ? "/unified" : "/cpu,cpuacct", its == VERSION_2);
        if (its != OTHER)
            quota = lesser(quota, path_quota(&stream, folders));
        else
            while (!ends_line(last = next(&stream)))
                continue;
    }
    thrum_linux_call1(THRUM_LINUX_CLOSE, stream.fd);
    return quota;
}
