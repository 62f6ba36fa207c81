/* FreeBSD 13. */
#include "foreign.h"

enum { WAIT = 2, WAKE = 3, WAIT_UINT = 11, WAIT_UINT_PRIVATE = 15, WAKE_PRIVATE = 16 };
enum { MONOTONIC = 4, ABSOLUTE = 1, FIRST_TID = 100000, ENOTSUP = 45 };
enum { MOST_SECONDS = 0x7fffffff }; /* kern_umtx.c, umtx_abs_timeout_getsbt */

struct thr_param {
    uint64_t start, argument, stack, stack_size, tls, tls_size;
    int64_t *child_tid, *parent_tid;
    int flags;
    void *priority, *spare[3];
};

static long thr_new(struct thread *self, const uint64_t *a)
{
    const struct thr_param *param = (const void *)a[0];
    if ((int)a[1] < 0 || (unsigned)a[1] > sizeof *param || (unsigned)a[1] < 64)
        return -EINVAL;
    struct thread *thread = thread_new(self);
    if (thread == NULL)
        return -ENOMEM;
    uint64_t registers[REGISTERS] = { 0 };
    cpu_set_birth(registers, param->start, param->argument,
                  (param->stack + param->stack_size) & ~(uint64_t)15);
    int64_t *child_tid = param->child_tid, *parent_tid = param->parent_tid;
    long result = thread_start(thread, registers, self->context->mask, true, param->tls);
    if (result < 0)
        return result;
    if (child_tid != NULL)
        *child_tid = thread->tid;
    if (parent_tid != NULL)
        *parent_tid = thread->tid;
    thread_go(thread);
    return 0;
}

static long thr_exit(struct thread *self, const uint64_t *a)
{
    if (a[0] != 0) {
        __atomic_store_n((int64_t *)a[0], 1, __ATOMIC_SEQ_CST);
        queue_wake(self, (const void *)a[0], 0x7fffffff);
    }
    if (__atomic_load_n(&thread_count, __ATOMIC_SEQ_CST) == 1)
        return 0;
    thread_end(self, true);
}

static long thr_self(struct thread *self, const uint64_t *a)
{
    *(int64_t *)a[0] = self->tid;
    return 0;
}

static long thr_kill(struct thread *self, const uint64_t *a)
{
    (void)self;
    return signal_thread((int64_t)a[0], (int)a[1]);
}

static long thr_set_name(struct thread *self, const uint64_t *a)
{
    (void)self;
    threads_lock();
    struct thread *thread = thread_find((int64_t)a[0]);
    long result = thread != NULL ? name_thread(thread, (const char *)a[1]) : -ESRCH;
    threads_unlock();
    return result;
}

struct umtx_time {
    struct host_timespec time;
    uint32_t flags, clock;
};

/* False: EINVAL. A time of two words alone is relative; of the clocks only the monotonic one is known
 * here. `*timed` false: there is no timeout. That is so for an absolute time of 0, and from 2^31 - 1
 * seconds on: both become a sleep of no length, which msleep_sbt takes for one without an end. */
static bool read_time(const uint64_t *a, struct host_timespec *until, bool *timed)
{
    const struct umtx_time *time = (const void *)a[4];
    *timed = a[4] != 0;
    if (!*timed)
        return true;
    if (time->time.nanoseconds < 0 || time->time.nanoseconds >= 1000000000 ||
        time->time.seconds < 0)
        return false;
    if (a[3] <= sizeof(struct host_timespec)) {
        *until = host_after(&time->time);
        return true;
    }
    if (time->clock != MONOTONIC || time->flags & ~(uint32_t)ABSOLUTE)
        return false;
    *until = time->flags & ABSOLUTE ? time->time : host_after(&time->time);
    if ((until->seconds == 0 && until->nanoseconds == 0) || until->seconds >= MOST_SECONDS)
        *timed = false;
    return true;
}

static long umtx_op(struct thread *self, const uint64_t *a)
{
    const int operation = (int)a[1];
    struct host_timespec until;
    bool timed;
    if (operation == WAKE || operation == WAKE_PRIVATE) {
        queue_wake(self, (const void *)a[0], (uint32_t)a[2]);
        return 0;
    }
    if (operation != WAIT && operation != WAIT_UINT && operation != WAIT_UINT_PRIVATE)
        return -EINVAL;
    if (!read_time(a, &until, &timed))
        return -EINVAL;
    int error = queue_wait(self, (const void *)a[0], operation == WAIT ? 64 : 32, a[2],
                           timed ? &until : NULL);
    return error == EAGAIN ? 0 : -error; /* another value is no error */
}

static long sysarch(struct thread *self, const uint64_t *a)
{
    (void)self;
    if (!FREEBSD_HAS_SYSARCH)
        return -ENOTSUP;
    if (a[0] == 129)
        return cpu_set_thread_pointer(*(uint64_t *)a[1]);
    if (a[0] != 128)
        return -EINVAL;
    *(uint64_t *)a[1] = cpu_thread_pointer();
    return 0;
}

static long map(struct thread *self, const uint64_t *a)
{
    (void)self;
    return guest_map(a[0], a[1], (int)a[2], (int)a[3] & ~GUEST_MAP_STACK);
}

/* The kernel's own size, or larger up to its limit. */
static long cpuset(const uint64_t *a, bool set)
{
    struct thread *thread = (int64_t)a[2] == -1 ? thread_self() : thread_find((int64_t)a[2]);
    if ((int)a[0] != 3 || (int)a[1] != 1)
        return -EINVAL;
    if (a[3] != 32)
        return -ERANGE;
    if (thread == NULL)
        return -ESRCH;
    if (!set)
        memset((void *)a[4], 0, a[3]);
    long result = answer(
        host3(set ? __NR_sched_setaffinity : __NR_sched_getaffinity, thread->host_tid, a[3], a[4]));
    return result == -EINVAL ? -EDEADLK : result > 0 ? 0 : result;
}

static long get_cpus(struct thread *self, const uint64_t *a)
{
    (void)self;
    threads_lock();
    long result = cpuset(a, false);
    threads_unlock();
    return result;
}

static long set_cpus(struct thread *self, const uint64_t *a)
{
    (void)self;
    threads_lock();
    long result = cpuset(a, true);
    threads_unlock();
    return result;
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
    { 165, sysarch },
    { 194, call_getrlimit },
    { 195, call_setrlimit },
    { 202, call_sysctl },
    { 209, call_poll },
    { 232, call_clock_gettime },
    { 240, call_nanosleep },
    { 331, call_yield },
    { 340, call_sigprocmask_pointer },
    { 416, call_sigaction_bsd4 },
    { 417, call_sigreturn },
    { 431, thr_exit },
    { 432, thr_self },
    { 433, thr_kill },
    { 454, umtx_op },
    { 455, thr_new },
    { 464, thr_set_name },
    { 475, call_pread },
    { 477, map },
    { 487, get_cpus },
    { 488, set_cpus },
    { 499, call_openat },
    { 542, call_pipe2 },
    { 551, call_fstat },
    { 563, call_random },
};

const struct guest freebsd = { .name = "freebsd",
                               .calls = calls,
                               .call_count = sizeof calls / sizeof *calls,
                               .note = "FreeBSD",
                               .first_tid = FIRST_TID,
                               .auxv = true,
                               .sigreturn = 417,
                               .code_user = 0x10001,
                               .code_thread = 0x10007,
                               .stat_size = 224,
                               .mode_at = 24,
                               .mode_at_16 = true,
                               .size_at = 112 };
