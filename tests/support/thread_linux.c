/* thread_system.h on Linux. */
#include "linux.h"
#include "thread_system.h"

#if defined(__x86_64__)
#include "thread_linux_x86_64.h"
#endif

enum { PROT_READ_WRITE = 3, MAP_SHARED_ANONYMOUS = 0x21 };

/* --- the own process -------------------------------------------------------------------------- */

void *system_map_shared(size_t size)
{
    long address = call6(CALL_MMAP, 0, (long)size, PROT_READ_WRITE, MAP_SHARED_ANONYMOUS, -1, 0);
    return refused(address) ? NULL : (void *)address;
}

bool system_is_mapped(const void *address, size_t size)
{
    uintptr_t page_size = system_page_size();
    uintptr_t page = (uintptr_t)address & ~(page_size - 1);
    for (; page < (uintptr_t)address + size; page += page_size) {
        unsigned char resident;
        if (refused(call3(CALL_MINCORE, (long)page, (long)page_size, (long)&resident)))
            return false;
    }
    return true;
}

static bool read_text(const char *path, char *text, size_t capacity)
{
    size_t length = system_read_file(path, text, capacity - 1);
    text[length == SIZE_MAX ? 0 : length] = 0;
    return length != SIZE_MAX;
}

size_t system_thread_count(void)
{
    char status[4096];
    read_text("/proc/self/status", status, sizeof status);
    return (size_t)text_number_of(status, "Threads:");
}

void system_thread_name(uint64_t thread_id, char name[32])
{
    char path[64] = "/proc/self/task/";
    static const char last[] = "/comm";
    size_t length = text_length(path);
    length += text_number(thread_id, path + length);
    for (size_t i = 0; i < sizeof last; ++i)
        path[length + i] = last[i];
    read_text(path, name, 32);
    length = text_length(name);
    if (length > 0)
        name[length - 1] = 0; /* the newline */
}

uint64_t system_now(void)
{
    long time[2] = { 0, 0 };
    call2(CALL_CLOCK_GETTIME, 1, (long)time);
    return (uint64_t)time[0] * 1000000000u + (uint64_t)time[1];
}

size_t system_affinity(unsigned *cpus, size_t capacity)
{
    enum { WORD_BITS = 8 * sizeof(unsigned long), WORDS = 1024 };
    unsigned long mask[WORDS];
    long bytes = call3(CALL_SCHED_GETAFFINITY, 0, sizeof mask, (long)mask);
    size_t count = 0;
    for (unsigned cpu = 0; bytes > 0 && cpu < (unsigned)bytes * 8; ++cpu) {
        if (!(mask[cpu / WORD_BITS] >> cpu % WORD_BITS & 1))
            continue;
        if (count < capacity)
            cpus[count] = cpu;
        ++count;
    }
    return count;
}

void system_end_after(unsigned seconds)
{
    system_alarm(seconds, NULL);
}

/* --- limits ----------------------------------------------------------------------------------- */

bool system_limit_locked_memory(uint64_t bytes)
{
    enum { LIMIT_MEMLOCK = 8 };
    uint64_t limits[2];
    if (call4(CALL_PRLIMIT64, 0, LIMIT_MEMLOCK, 0, (long)limits) != 0)
        return false;
    limits[0] = bytes < limits[1] ? bytes : limits[1];
    return call4(CALL_PRLIMIT64, 0, LIMIT_MEMLOCK, (long)limits, 0) == 0;
}

bool system_lock_future_memory(bool lock)
{
    enum { FUTURE = 2 };
    return call1(lock ? CALL_MLOCKALL : CALL_MUNLOCKALL, lock ? FUTURE : 0) == 0;
}

bool system_become_user(unsigned user)
{
    return call3(CALL_SETRESGID, user, user, user) == 0 &&
           call3(CALL_SETRESUID, user, user, user) == 0;
}

static bool write_number(const char *path, uint64_t number)
{
    enum { AT_FDCWD_NUMBER = -100, WRITE_ONLY = 1 };
    char text[24];
    size_t length = text_number(number, text);
    long fd = call4(CALL_OPENAT, AT_FDCWD_NUMBER, (long)path, WRITE_ONLY, 0);
    if (refused(fd))
        return false;
    long done = call3(CALL_WRITE, fd, (long)text, (long)length);
    system_close((int)fd);
    return done == (long)length;
}

/* "/sys/fs/cgroup/cpu/GROUPfile": version 1, whose groups need no preparation. */
static const char *group_path(char path[128], const char *group, const char *file)
{
    const char *const parts[] = { "/sys/fs/cgroup/cpu/", group, file };
    size_t length = 0;
    for (int i = 0; i < 3; ++i)
        for (const char *from = parts[i]; *from && length < 127; ++from)
            path[length++] = *from;
    path[length] = 0;
    return path;
}

bool system_join_cpu_quota(const char *group, uint32_t percent)
{
    char path[128];
    if (call2(CALL_MKDIR, (long)group_path(path, group, ""), 0755) != 0)
        return false;
    if (write_number(group_path(path, group, "/cpu.cfs_period_us"), 100000) &&
        write_number(group_path(path, group, "/cpu.cfs_quota_us"), percent * 1000u) &&
        write_number(group_path(path, group, "/cgroup.procs"), system_process_id()))
        return true;
    system_remove_cpu_quota(group);
    return false;
}

bool system_remove_cpu_quota(const char *group)
{
    char path[128];
    return call1(CALL_RMDIR, (long)group_path(path, group, "")) == 0;
}

bool system_set_next_id(uint64_t id)
{
    return write_number("/proc/sys/kernel/ns_last_pid", id - 1);
}

bool system_set_highest_id(uint64_t id)
{
    return write_number("/proc/sys/kernel/pid_max", id);
}

/* --- a namespace of ids ----------------------------------------------------------------------- */

struct alone {
    void (*child)(void *argument);
    void *argument;
    uint32_t timeout_ms;
    struct system_child *result; /* shared with the process that asked */
    bool permitted;
};

/* /proc shows the ids of the namespace it was mounted in; with no right to mount, none of ours. */
static void start_alone(void *argument)
{
    enum { RECURSIVE_PRIVATE = 0x44000 };
    const struct alone *alone = argument;
    if (call6(CALL_MOUNT, 0, (long)"/", 0, RECURSIVE_PRIVATE, 0, 0) == 0)
        call6(CALL_MOUNT, (long)"proc", (long)"/proc", (long)"proc", 0, 0, 0);
    alone->child(alone->argument);
}

/* The namespace is made by a child, for its children, so that the test's own process stays out. */
static void run_alone(void *argument)
{
    enum { NEW_IDS_AND_MOUNTS = 0x20020000 };
    struct alone *alone = argument;
    alone->permitted = call1(CALL_UNSHARE, NEW_IDS_AND_MOUNTS) == 0 &&
                       system_run(start_alone, alone, alone->timeout_ms, alone->result);
}

bool system_run_alone(void (*child)(void *argument), void *argument, uint32_t timeout_ms,
                      struct system_child *result)
{
    struct shared {
        struct alone alone;
        struct system_child inner;
    } *shared = system_map_shared(sizeof *shared);
    if (!shared)
        return false;
    shared->alone = (struct alone){ child, argument, timeout_ms, &shared->inner, false };
    bool ran =
        system_run(run_alone, &shared->alone, timeout_ms + 1000, result) && shared->alone.permitted;
    if (ran)
        *result = shared->inner;
    system_unmap(shared, sizeof *shared);
    return ran;
}
