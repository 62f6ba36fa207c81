/* thread_system.h on Linux. */
#include <asm/resource.h>
#include <linux/mman.h>

#include "../thread_system.h"
#include "linux.h"

/* --- the own process -------------------------------------------------------------------------- */

const char *system_own_path(void)
{
    enum { AUXV_PATH = 31 };
    return (const char *)linux_auxiliary(AUXV_PATH);
}

void *system_map_shared(size_t size)
{
    long address = thrum_linux_mmap(size, PROT_READ_AND_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    return refused(address) ? NULL : (void *)address;
}

bool system_is_mapped(const void *address, size_t size)
{
    uintptr_t page_size = system_page_size();
    uintptr_t page = (uintptr_t)address & ~(page_size - 1);
    for (; page < (uintptr_t)address + size; page += page_size) {
        unsigned char resident[64]; /* an emulator may count in smaller pages of its own */
        if (refused(thrum_linux_call3(THRUM_LINUX_MINCORE, page, page_size, resident)))
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

bool system_chooses_cpus(void)
{
    return true;
}

bool system_tells_resident_pages(void)
{
    return true;
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

static struct thrum_linux_timespec clock_time(int clock)
{
    struct thrum_linux_timespec time = { 0, 0 };
    if (thrum_linux_call2(THRUM_LINUX_CLOCK_GETTIME, clock, &time) != 0) { /* before Linux 5.1 */
        struct thrum_linux_old_timespec old = { 0, 0 };
        thrum_linux_call2(THRUM_LINUX_OLD_CLOCK_GETTIME, clock, &old);
        time = (struct thrum_linux_timespec){ (uint32_t)old.seconds, old.nanoseconds };
    }
    return time;
}

uint64_t system_now(void)
{
    struct thrum_linux_timespec time = clock_time(1);
    return (uint64_t)time.seconds * 1000000000u + (uint64_t)time.nanoseconds;
}

uint64_t system_wall_clock(void)
{
    struct thrum_linux_timespec time = clock_time(0);
    return (uint64_t)time.seconds * 1000000000u + (uint64_t)time.nanoseconds;
}

size_t system_affinity(unsigned *cpus, size_t capacity)
{
    enum { WORD_BITS = 8 * sizeof(unsigned long), WORDS = 1024 };
    unsigned long mask[WORDS];
    long bytes = thrum_linux_call3(THRUM_LINUX_SCHED_GETAFFINITY, 0, sizeof mask, mask);
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

size_t system_variable_alignment(void)
{
    return SIZE_MAX;
}

bool system_main_stack_grows_on(void)
{
    thrum_stack info = { .size = 0 };
    uint64_t limits[2] = { 0, 0 };
    thrum_linux_call4(THRUM_LINUX_PRLIMIT64, 0, RLIMIT_STACK, NULL, limits);
    thrum_stack_info(thrum_self(), &info); /* main's: it runs the tests */
    return limits[0] > info.size && limits[0] - info.size >= system_page_size();
}

size_t system_stack_excess(void)
{
    return 2 * system_page_size();
}

size_t system_signal_frame(void)
{
    enum { AUXV_SIGNAL_FRAME = 51 };
    return linux_auxiliary(AUXV_SIGNAL_FRAME);
}

bool system_thread_segment(unsigned *number, uintptr_t *base)
{
#ifdef __i386__
    struct { /* struct user_desc, asm/ldt.h */
        unsigned number;
        uint32_t base, limit, flags;
    } segment = { 0, 0, 0, 0 };
    uint32_t selector;
    __asm__("mov %%gs, %0" : "=r"(selector));
    segment.number = (selector & 0xffff) >> 3;
    *number = segment.number;
    bool known = thrum_linux_call1(__NR_get_thread_area, &segment) == 0;
    *base = segment.base;
    return known;
#else
    *number = 0;
    *base = 0;
    return false;
#endif
}

/* --- limits ----------------------------------------------------------------------------------- */

bool system_limit_locked_memory(uint64_t bytes)
{
    return linux_limit(RLIMIT_MEMLOCK, bytes);
}

bool system_lock_future_memory(bool lock)
{
    return thrum_linux_call1(lock ? __NR_mlockall : __NR_munlockall, lock ? MCL_FUTURE : 0) == 0;
}

bool system_become_user(unsigned user)
{
#ifdef __NR_setresuid32 /* the others are given 16 bits there */
    enum { SET_USER = __NR_setresuid32, SET_GROUP = __NR_setresgid32 };
#else
    enum { SET_USER = __NR_setresuid, SET_GROUP = __NR_setresgid };
#endif
    return thrum_linux_call3(SET_GROUP, user, user, user) == 0 &&
           thrum_linux_call3(SET_USER, user, user, user) == 0;
}

static bool write_text(const char *path, const char *text, size_t length)
{
    enum { WRITE_ONLY = 1 };
    long fd = linux_open(path, WRITE_ONLY);
    if (refused(fd))
        return false;
    long done = thrum_linux_call3(THRUM_LINUX_WRITE, fd, text, length);
    system_close((int)fd);
    return done == (long)length;
}

static bool write_number(const char *path, uint64_t number)
{
    char text[24];
    return write_text(path, text, text_number(number, text));
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
    char path[128], own[16];
    if (!read_text("/proc/self/cgroup", own, sizeof own)) /* then nobody can know it */
        return false;
    if (thrum_linux_call3(__NR_mkdirat, LINUX_AT_FDCWD, group_path(path, group, ""), 0755) != 0)
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
    enum { REMOVE_FOLDER = 0x200 };
    char path[128];
    return thrum_linux_call3(__NR_unlinkat, LINUX_AT_FDCWD, group_path(path, group, ""),
                             REMOVE_FOLDER) == 0;
}

bool system_set_next_id(uint64_t id)
{
    return write_number("/proc/sys/kernel/ns_last_pid", id - 1);
}

bool system_set_highest_id(uint64_t id)
{
    return write_number("/proc/sys/kernel/pid_max", id);
}

/* --- namespaces ------------------------------------------------------------------------------- */

/* A namespace is made by a child, for its children, so that the test's own process stays out. */
struct alone {
    bool (*enter)(const struct alone *alone);
    void (*child)(void *argument);
    void *argument;
    uint64_t seconds;
    uint32_t timeout_ms;
    struct system_child *result; /* shared with the process that asked */
    bool permitted;
};

static void run_alone(void *argument)
{
    struct alone *alone = argument;
    alone->permitted = alone->enter(alone) &&
                       system_run(alone->child, alone->argument, alone->timeout_ms, alone->result);
}

static bool run_in_namespace(struct alone wanted, struct system_child *result)
{
    struct shared {
        struct alone alone;
        struct system_child inner;
    } *shared = system_map_shared(sizeof *shared);
    if (!shared)
        return false;
    shared->alone = wanted;
    shared->alone.result = &shared->inner;
    bool ran = system_run(run_alone, &shared->alone, wanted.timeout_ms + 1000, result) &&
               shared->alone.permitted;
    if (ran)
        *result = shared->inner;
    system_unmap(shared, sizeof *shared);
    return ran;
}

static bool enter_ids(const struct alone *alone)
{
    enum { NEW_IDS_AND_MOUNTS = 0x20020000 };
    (void)alone;
    return thrum_linux_call1(__NR_unshare, NEW_IDS_AND_MOUNTS) == 0;
}

struct process_1 {
    void (*child)(void *argument);
    void *argument;
};

/* /proc shows the ids of the namespace it was mounted in; with no right to mount, none of ours. */
static void start_process_1(void *argument)
{
    enum { RECURSIVE_PRIVATE = 0x44000 };
    const struct process_1 *process = argument;
    if (thrum_linux_call4(__NR_mount, "", "/", "", RECURSIVE_PRIVATE) == 0)
        thrum_linux_call4(__NR_mount, "proc", "/proc", "proc", 0);
    process->child(process->argument);
}

bool system_run_alone(void (*child)(void *argument), void *argument, uint32_t timeout_ms,
                      struct system_child *result)
{
    struct process_1 process = { child, argument };
    return run_in_namespace((struct alone){ .enter = enter_ids,
                                            .child = start_process_1,
                                            .argument = &process,
                                            .timeout_ms = timeout_ms },
                            result);
}

/* time_namespaces(7) */
static bool enter_time(const struct alone *alone)
{
    enum { NEW_TIME = 0x80 };
    char text[64] = "monotonic ";
    size_t length = text_length(text);
    length += text_number(alone->seconds, text + length);
    text[length++] = ' ';
    text[length++] = '0';
    return thrum_linux_call1(__NR_unshare, NEW_TIME) == 0 &&
           write_text("/proc/self/timens_offsets", text, length);
}

bool system_run_later(uint64_t seconds, void (*child)(void *argument), void *argument,
                      uint32_t timeout_ms, struct system_child *result)
{
    return run_in_namespace((struct alone){ .enter = enter_time,
                                            .child = child,
                                            .argument = argument,
                                            .seconds = seconds,
                                            .timeout_ms = timeout_ms },
                            result);
}

/* --- a kernel that knows less ----------------------------------------------------------------- */

/* seccomp(2): a filter that looks at the number and answers or lets go. */
bool system_refuse_calls(const uint32_t *numbers, size_t count, uint32_t error)
{
    enum { MOST = 8, SET_NO_NEW_PRIVILEGES = 38, SET_SECCOMP = 22, FILTER = 2 };
    enum { LOAD = 0x20, JUMP_IF_EQUAL = 0x15, RETURN = 0x06 };
    const uint32_t refuse = 0x00050000u | error, allow = 0x7fff0000u;
    struct step {
        uint16_t code;
        uint8_t if_equal, if_not;
        uint32_t value;
    } steps[MOST + 3] = { { LOAD, 0, 0, 0 } };
    struct {
        unsigned short length;
        struct step *steps;
    } program = { (unsigned short)(count + 3), steps };
    if (count > MOST)
        return false;
    for (size_t i = 0; i < count; ++i)
        steps[1 + i] = (struct step){ JUMP_IF_EQUAL, (uint8_t)(count - i), 0, numbers[i] };
    steps[1 + count] = (struct step){ RETURN, 0, 0, allow };
    steps[2 + count] = (struct step){ RETURN, 0, 0, refuse };
    return thrum_linux_call(THRUM_LINUX_PRCTL, SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0, 0) == 0 &&
           thrum_linux_call(THRUM_LINUX_PRCTL, SET_SECCOMP, FILTER, (long)&program, 0, 0, 0) == 0;
}
