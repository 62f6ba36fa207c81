/* The CPU quota of the cgroup this process is in, versions 1 and 2 (cgroups(7), Linux's
 * Documentation/admin-guide/cgroup-v2.rst, "cpu.max"; scheduler/sched-bwc.rst). */
#include "diagnose/format.h"
#include "os/linux/linux.h"

enum { AT_FDCWD = -100, PATH_SIZE = 512, MOST_CPUS = 1 << 16 };

size_t thrum_linux_read_file(const char *path, char *text, size_t size)
{
    long fd = thrum_linux_call4(THRUM_LINUX_OPENAT, AT_FDCWD, path, THRUM_LINUX_O_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    size_t length = 0;
    while (length < size - 1) {
        long got = thrum_linux_call3(THRUM_LINUX_READ, fd, text + length, size - 1 - length);
        if (got == -THRUM_LINUX_EINTR)
            continue;
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    thrum_linux_call1(THRUM_LINUX_CLOSE, fd);
    text[length] = '\0';
    return length;
}

/* Decimal digits at *text, moved past them and a following space; false if there are none. */
static bool number(const char **text, uint64_t *value)
{
    const char *at = *text;
    *value = 0;
    while (*at >= '0' && *at <= '9')
        *value = thrum_multiply(*value, 10) + (uint64_t)(*at++ - '0');
    bool found = at != *text;
    *text = *at == ' ' ? at + 1 : at;
    return found;
}

static bool read_at(const char *root, const char *middle, const char *group, size_t length,
                    const char *name, char *text, size_t size)
{
    char space[PATH_SIZE];
    struct thrum_text path = thrum_text(space, sizeof space);
    thrum_text_string(&path, root);
    thrum_text_string(&path, middle);
    thrum_text_bytes(&path, group, length);
    thrum_text_string(&path, name);
    return !path.cut && thrum_linux_read_file(thrum_text_end(&path), text, size) > 0;
}

/* The quota that one group sets, in CPUs rounded up; 0: none. */
static unsigned group_quota(const char *root, const char *middle, bool v2, const char *group,
                            size_t length)
{
    char text[64];
    const char *at = text;
    uint64_t quota, period;
    if (v2) {
        if (!read_at(root, middle, group, length, "/cpu.max", text, sizeof text) ||
            !number(&at, &quota) || !number(&at, &period)) /* "max 100000" */
            return 0;
    } else {
        if (!read_at(root, middle, group, length, "/cpu.cfs_quota_us", text, sizeof text) ||
            !number(&at, &quota)) /* "-1" */
            return 0;
        at = text;
        if (!read_at(root, middle, group, length, "/cpu.cfs_period_us", text, sizeof text) ||
            !number(&at, &period))
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

/* The least of the group's quota and those of all above it. */
static unsigned path_quota(const char *root, const char *middle, bool v2, const char *group,
                           size_t length)
{
    unsigned least = 0;
    for (;;) {
        while (length > 0 && group[length - 1] == '/')
            length--;
        unsigned quota = group_quota(root, middle, v2, group, length);
        if (quota != 0 && (least == 0 || quota < least))
            least = quota;
        if (length == 0)
            return least;
        while (length > 0 && group[length - 1] != '/')
            length--;
    }
}

/* Whether the comma-separated list [at, end) holds "cpu". */
static bool names_cpu(const char *at, const char *end)
{
    while (at < end) {
        const char *item = at;
        while (at < end && *at != ',')
            at++;
        if (at - item == 3 && item[0] == 'c' && item[1] == 'p' && item[2] == 'u')
            return true;
        at++;
    }
    return false;
}

static unsigned lesser(unsigned a, unsigned b)
{
    if (a == 0 || b == 0)
        return a + b;
    return a < b ? a : b;
}

/* A line of /proc/self/cgroup is "0::/group" (version 2) or "4:cpu,cpuacct:/group". */
unsigned thrum_linux_cgroup_quota(const char *root, const char *own)
{
    unsigned quota = 0;
    while (*own != '\0') {
        const char *first = own;
        while (*first != ':' && *first != '\n' && *first != '\0')
            first++;
        const char *second = *first == ':' ? first + 1 : first;
        while (*second != ':' && *second != '\n' && *second != '\0')
            second++;
        const char *end = second;
        while (*end != '\n' && *end != '\0')
            end++;
        if (*second == ':') {
            const char *group = second + 1;
            size_t length = (size_t)(end - group);
            if (second == first + 1) {
                quota = lesser(quota, path_quota(root, "", true, group, length));
                quota = lesser(quota, path_quota(root, "/unified", true, group, length));
            } else if (names_cpu(first + 1, second)) {
                quota = lesser(quota, path_quota(root, "/cpu", false, group, length));
                quota = lesser(quota, path_quota(root, "/cpu,cpuacct", false, group, length));
            }
        }
        own = *end == '\n' ? end + 1 : end;
    }
    return quota;
}
