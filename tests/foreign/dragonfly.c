/* DragonFly 5.9. */
#include "foreign.h"

enum { EXTEXIT_LWP = 1 << 16, EXTEXIT_SETINT = 1 };
enum { MOST_US = 2000000, MASK_SIZE = 32 };

struct lwp_params {
    uint64_t start, argument, stack;
    int32_t *tid1, *tid2;
};

/* The thread pointer is the maker's until the thread has set its own. */
static long lwp_create(struct thread *self, const uint64_t *a)
{
    const struct lwp_params params = *(const struct lwp_params *)a[0];
    uint64_t registers[REGISTERS] = { 0 };
    struct thread *thread = thread_new(self);
    if (thread == NULL)
        return -ENOMEM;
    cpu_set_birth(registers, params.start, params.argument, params.stack);
    int32_t tid = (int32_t)thread->tid;
    long result = thread_start(thread, registers, self->context->mask, false, 0);
    if (result < 0)
        return result;
    if (params.tid1 != NULL)
        *params.tid1 = tid;
    if (params.tid2 != NULL)
        *params.tid2 = tid;
    thread_go(thread);
    return 0;
}

/* Tells by a word, and wakes nobody. */
static long extexit(struct thread *self, const uint64_t *a)
{
    const struct host_timespec pause = { 0, 200000 };
    bool last = __atomic_load_n(&thread_count, __ATOMIC_SEQ_CST) == 1;
    if ((int)a[0] != (EXTEXIT_LWP | EXTEXIT_SETINT))
        return -EINVAL;
    if (chance(self, 8)) /* it may wait for a CPU before */
        host2(__NR_nanosleep, &pause, NULL);
    __atomic_store_n((int32_t *)a[2], (int32_t)a[1], __ATOMIC_SEQ_CST);
    if (last)
        host1(__NR_exit_group, 0);
    thread_end(self, true);
}

static long lwp_gettid(struct thread *self, const uint64_t *a)
{
    (void)a;
    return self->tid;
}

static long lwp_kill(struct thread *self, const uint64_t *a)
{
    (void)self;
    return signal_thread((int)a[1], (int)a[2]);
}

static long lwp_setname(struct thread *self, const uint64_t *a)
{
    (void)self;
    threads_lock();
    struct thread *thread = thread_find((int)a[0]);
    long result = thread != NULL ? name_thread(thread, (const char *)a[1]) : -ESRCH;
    threads_unlock();
    return result;
}

/* Never longer than the kernel's limit, which may be any. */
static long umtx_sleep(struct thread *self, const uint64_t *a)
{
    int timeout_us = (int)a[2];
    if (timeout_us < 0)
        return -EINVAL;
    if (timeout_us == 0 || timeout_us > MOST_US)
        timeout_us = MOST_US;
    if (chance(self, 16))
        timeout_us = timeout_us / 64 + 1;
    const struct host_timespec length = { timeout_us / 1000000, timeout_us % 1000000 * 1000 };
    struct host_timespec until = host_after(&length);
    end_early(self, &until);
    if (chance(self, 64)) /* the place in memory was not to be had (kern_umtx.c, "discontinuity") */
        return -EINVAL;
    int error = queue_wait(self, (const void *)a[0], 32, (uint32_t)a[1], &until);
    return error == EAGAIN ? -EBUSY : error == ETIMEDOUT ? -EAGAIN : -error;
}

static long umtx_wakeup(struct thread *self, const uint64_t *a)
{
    queue_wake(self, (const void *)a[0], (int)a[1] == 1 ? 1 : 0x7fffffff);
    return 0;
}

struct tls_info {
    uint64_t base;
    long size;
};

static long set_tls_area(struct thread *self, const uint64_t *a)
{
    const struct tls_info *info = (const void *)a[1];
    (void)self;
    if ((int)a[0] != 0 || a[2] < sizeof *info)
        return -EINVAL;
    return cpu_set_thread_pointer(info->base);
}

static long get_tls_area(struct thread *self, const uint64_t *a)
{
    struct tls_info *info = (void *)a[1];
    (void)self;
    if ((int)a[0] != 0 || a[2] < sizeof *info)
        return -EINVAL;
    info->size = -1;
    info->base = cpu_thread_pointer();
    return 0;
}

static long map(struct thread *self, const uint64_t *a)
{
    (void)self;
    return guest_map(a[0], a[1], (int)a[2], (int)a[3] & ~GUEST_MAP_STACK);
}

static long affinity(const uint64_t *a, bool set)
{
    threads_lock();
    struct thread *thread = thread_find((int)a[1]);
    long result = -ESRCH;
    if (thread != NULL) {
        if (!set)
            memset((void *)a[2], 0, MASK_SIZE);
        result = answer(host3(set ? __NR_sched_setaffinity : __NR_sched_getaffinity,
                              thread->host_tid, MASK_SIZE, a[2]));
    }
    threads_unlock();
    return result > 0 ? 0 : result;
}

static long get_cpus(struct thread *self, const uint64_t *a)
{
    (void)self;
    return affinity(a, false);
}

static long set_cpus(struct thread *self, const uint64_t *a)
{
    (void)self;
    return affinity(a, true);
}

static const struct call calls[] = {
    { 1, call_exit },
    { 2, call_fork },
    { 3, call_read },
    { 4, call_write },
    { 5, call_open },
    { 6, call_close },
    { 7, call_wait4 },
    { 39, call_getppid },
    { 20, call_getpid },
    { 37, call_kill },
    { 53, call_sigaltstack },
    { 73, call_munmap },
    { 74, call_mprotect },
    { 78, call_mincore },
    { 83, call_setitimer },
    { 90, call_dup2 },
    { 92, call_fcntl },
    { 117, call_getrusage },
    { 173, call_pread },
    { 194, call_getrlimit },
    { 195, call_setrlimit },
    { 197, map },
    { 202, call_sysctl },
    { 209, call_poll },
    { 232, call_clock_gettime },
    { 240, call_nanosleep },
    { 331, call_yield },
    { 340, call_sigprocmask_pointer },
    { 342, call_sigaction_bsd4 },
    { 344, call_sigreturn },
    { 469, umtx_sleep },
    { 470, umtx_wakeup },
    { 472, set_tls_area },
    { 473, get_tls_area },
    { 476, call_fstat },
    { 494, extexit },
    { 495, lwp_create },
    { 496, lwp_gettid },
    { 497, lwp_kill },
    { 504, call_openat },
    { 538, call_pipe2 },
    { 542, lwp_setname },
    { 544, set_cpus },
    { 545, get_cpus },
    { 550, call_random },
};

const struct guest dragonfly = { .name = "dragonfly",
                                 .calls = calls,
                                 .call_count = sizeof calls / sizeof *calls,
                                 .note = "DragonFly",
                                 .first_tid = 1,
                                 .auxv = true,
                                 .sigreturn = 344,
                                 .stat_size = 128,
                                 .mode_at = 16,
                                 .mode_at_16 = true,
                                 .size_at = 80 };
