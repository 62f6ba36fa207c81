/* What the files of this folder share: system calls with short argument lists, times, and what the
 * process was told at its start. */
#ifndef THRUM_OS_LINUX_LINUX_H
#define THRUM_OS_LINUX_LINUX_H

#include "arch/divide.h"
#include "os/linux/cpu.h"
#include "os/os.h"

#define thrum_linux_call1(n, a) thrum_linux_call(n, (long)(a), 0, 0, 0, 0, 0)
#define thrum_linux_call2(n, a, b) thrum_linux_call(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define thrum_linux_call3(n, a, b, c) thrum_linux_call(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define thrum_linux_call4(n, a, b, c, d) \
    thrum_linux_call(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

enum { THRUM_LINUX_CLOCK_REALTIME = 0, THRUM_LINUX_CLOCK_MONOTONIC = 1 };

enum {
    THRUM_LINUX_EPERM = 1,
    THRUM_LINUX_ESRCH = 3,
    THRUM_LINUX_EINTR = 4,
    THRUM_LINUX_EBADF = 9,
    THRUM_LINUX_ENOMEM = 12,
    THRUM_LINUX_EINVAL = 22,
    THRUM_LINUX_MAP_PRIVATE = 2,
    THRUM_LINUX_SIGABRT = 6,
    THRUM_LINUX_SIGPIPE = 13,
    THRUM_LINUX_SIGSEGV = 11
};

/* struct __kernel_timespec: 64 bits on every CPU. */
struct thrum_linux_timespec {
    int64_t seconds, nanoseconds;
};

/* struct __kernel_old_timespec, for the calls of 32-bit kernels before 5.1. */
struct thrum_linux_old_timespec {
    long seconds, nanoseconds;
};

static inline struct thrum_linux_timespec thrum_linux_timespec(thrum_time time)
{
    uint32_t nanoseconds;
    struct thrum_linux_timespec spec = { (int64_t)thrum_seconds(time, &nanoseconds), 0 };
    spec.nanoseconds = nanoseconds;
    return spec;
}

/* Whether the kernel knows no call with 64-bit times. The seccomp filters of older container runtimes
 * answer EPERM to each call that is newer than they are; these calls have no EPERM of their own. */
static inline bool thrum_linux_unknown(long result)
{
    return result == -THRUM_LINUX_ENOSYS || result == -THRUM_LINUX_EPERM;
}

/* What a kernel that knows no 64-bit times is told: one beyond 2^31 seconds of uptime as the last
 * that it can name. */
static inline struct thrum_linux_old_timespec
thrum_linux_old_timespec(const struct thrum_linux_timespec *spec)
{
    struct thrum_linux_old_timespec old = { (long)spec->seconds, (long)spec->nanoseconds };
    if (spec->seconds > 0x7fffffff)
        old.seconds = 0x7fffffff;
    return old;
}

/* From the auxiliary vector, see getauxval(3); written once by thrum_os_start. */
struct thrum_linux_process {
    size_t page_size;
    size_t signal_stack;         /* AT_MINSIGSTKSZ */
    unsigned long hwcap[4];      /* AT_HWCAP to AT_HWCAP4 */
    const unsigned char *random; /* AT_RANDOM: 16 bytes */
    const unsigned char *vdso;   /* AT_SYSINFO_EHDR */
    const char *name;            /* AT_EXECFN: the program's */
};
extern struct thrum_linux_process thrum_linux_process;

/* The end of main's stack, where it grows down: the kernel puts the program's name (AT_EXECFN) last, and one
 * word after it (fs/exec.c, bprm_mm_init and copy_string_kernel). `start`, an address in that stack, if the name
 * is not beyond it: all strings together have 6 MiB at most (bprm_stack_limits). */
static inline const char *thrum_linux_stack_end(const char *start, const char *name)
{
    if ((uintptr_t)name < (uintptr_t)start || (uintptr_t)name - (uintptr_t)start >= 8u << 20)
        return start;
    while (*name++ != '\0') {
    }
    return name + sizeof(void *);
}

/* `int clock_gettime(clock, spec)` in the vDSO, or NULL. */
typedef int thrum_linux_clock_function(int clock, struct thrum_linux_timespec *spec);
thrum_linux_clock_function *thrum_linux_vdso_clock(const unsigned char *vdso);

/* futex(2): thrum_os_wait and thrum_os_wake, within the process, or as the kernel itself wakes. */
thrum_status thrum_linux_wait(const uint32_t *address, uint32_t expected, thrum_time deadline,
                              bool shared);
void thrum_linux_wake(const uint32_t *address, uint32_t count, bool shared);

/* CPUs' worth of time that the cgroup of this process may use, rounded up; 0: no limit. `root` is
 * the place of the cgroup file systems, `own` the path of /proc/self/cgroup. */
unsigned thrum_linux_cgroup_quota(const char *root, const char *own);

#endif
