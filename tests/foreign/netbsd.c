/* NetBSD 10, and with --old NetBSD 9, which has no __futex. */
#include "foreign.h"

enum { WAIT = 0, WAKE = 1, WAIT_BITSET = 9, PRIVATE = 128 };
enum { UC_SIGMASK = 1, UC_CPU = 4, UC_TLSBASE = 0x80000, MASK_SIZE = 32 };
enum { LWP_DETACHED = 0x40, LWP_SUSPENDED = 0x80, TIMER_ABSTIME = 1, MONOTONIC = 3 };

static long getcontext(struct thread *self, const uint64_t *a)
{
    struct netbsd_context_head *context = (void *)a[0];
    uint64_t mask = guest_mask(self->context->mask);
    cpu_get_netbsd_context(self->context->registers, context);
    context->flags = UC_SIGMASK | UC_CPU | UC_TLSBASE;
    context->mask[0] = (uint32_t)mask;
    context->mask[1] = (uint32_t)(mask >> 32);
    return 0;
}

/* From NetBSD 10 on (kern_lwp.c, lwp_start and lwp_userret) a thread that is to be suspended starts, and
 * suspends itself on its way to the program: it looks at the flag, and then, under the lock, sets its
 * state. A continue in between clears the flag, finds a thread that is not suspended, and reports
 * success: the thread never begins. */
static bool suspend_before_start(struct thread *self)
{
    if (!__atomic_load_n(&self->suspended, __ATOMIC_SEQ_CST))
        return false;
    __atomic_store_n(&self->looked, 1, __ATOMIC_SEQ_CST);
    for (int i = 0;
         self->loses_start && i < 1000 && __atomic_load_n(&self->suspended, __ATOMIC_SEQ_CST);
         i++) {
        const struct host_timespec pause = { 0, 10000 };
        host2(__NR_nanosleep, &pause, NULL);
    }
    threads_lock();
    self->stopped = true;
    threads_unlock();
    return true;
}

void netbsd_before_start(struct thread *self)
{
    if (!old_kernel && suspend_before_start(self))
        while (__atomic_load_n(&self->continued, __ATOMIC_ACQUIRE) == 0)
            host4(__NR_futex, &self->continued, 0, 0, NULL);
}

/* Until NetBSD 9 (sys_lwp.c, do_lwp_create) a thread that is to be suspended is so at once, and one
 * that is not may run before its id is stored. From NetBSD 10 on the id is stored first. */
static void start(struct thread *self, struct thread *thread, int32_t *id)
{
    const int32_t tid = (int32_t)thread->tid;
    const struct host_timespec pause = { 0, 200000 };
    if (!old_kernel) {
        const bool loses = thread->loses_start;
        *id = tid;
        thread_go(thread);
        for (int i = 0;
             loses && i < 1000 && __atomic_load_n(&thread->looked, __ATOMIC_SEQ_CST) == 0; i++)
            host1(__NR_sched_yield, 0);
        return;
    }
    if (!thread->suspended) {
        thread_go(thread); /* from here on it may be gone */
        if (chance(self, 4))
            host2(__NR_nanosleep, &pause, NULL);
    }
    *id = tid;
}

static long lwp_create(struct thread *self, const uint64_t *a)
{
    const struct netbsd_context_head *context = (const void *)a[0];
    uint64_t registers[REGISTERS] = { 0 }, tls = 0, mask = self->context->mask;
    if (!(context->flags & UC_CPU) || !cpu_read_netbsd_context(context, registers, &tls))
        return -EINVAL;
    if (context->flags & UC_SIGMASK && !old_kernel)
        mask = host_mask(context->mask[0] | (uint64_t)context->mask[1] << 32);
    struct thread *thread = thread_new(self);
    if (thread == NULL)
        return -ENOMEM;
    thread->chosen = self->chosen;
    thread->detached = a[1] & LWP_DETACHED;
    thread->suspended = a[1] & LWP_SUSPENDED;
    thread->loses_start = thread->suspended && chance(self, 32);
    long result = thread_start(thread, registers, mask, context->flags & UC_TLSBASE, tls);
    if (result < 0)
        return result;
    start(self, thread, (int32_t *)a[2]);
    return 0;
}

static long lwp_continue(struct thread *self, const uint64_t *a)
{
    (void)self;
    threads_lock();
    struct thread *thread = thread_find((int)a[0]);
    if (thread != NULL && thread->suspended) {
        __atomic_store_n(&thread->suspended, false, __ATOMIC_SEQ_CST);
        if (old_kernel) {
            thread_go(thread);
        } else if (thread->stopped) {
            __atomic_store_n(&thread->continued, 1, __ATOMIC_RELEASE);
            host3(__NR_futex, &thread->continued, 1, 1);
        }
    }
    threads_unlock();
    return thread != NULL ? 0 : -ESRCH;
}

static long lwp_exit(struct thread *self, const uint64_t *a)
{
    const struct host_timespec pause = { 0, 200000 };
    (void)a;
    if (chance(self, 8)) /* it may wait for a CPU before */
        host2(__NR_nanosleep, &pause, NULL);
    if (__atomic_load_n(&thread_count, __ATOMIC_SEQ_CST) == 1)
        host1(__NR_exit_group, 0);
    if (self->detached)
        thread_end(self, true);
    threads_lock();
    thread_count--;
    __atomic_store_n(&self->zombie, true, __ATOMIC_SEQ_CST);
    threads_unlock();
    queue_wake(self, &self->zombie, 0x7fffffff);
    thread_end(self, false);
}

static long lwp_self(struct thread *self, const uint64_t *a)
{
    (void)a;
    return self->tid;
}

/* Returns when it is gone, and can be told once. */
static long lwp_wait(struct thread *self, const uint64_t *a)
{
    threads_lock();
    struct thread *thread = thread_find_any((int)a[0]);
    threads_unlock();
    if (thread == NULL || thread->detached || a[0] == 0)
        return -ESRCH;
    if (thread == self)
        return -EDEADLK;
    while (!__atomic_load_n(&thread->zombie, __ATOMIC_SEQ_CST)) {
        const struct host_timespec pause = { 0, 50000 };
        if (chance(self, 32) ||
            host_sleep(self, __NR_nanosleep, (long)&pause, 0, 0, 0, 0, 0) == -HOST_EINTR)
            return -EINTR;
    }
    int32_t tid = (int32_t)thread->tid;
    thread_reap(thread);
    if (a[1] != 0)
        *(int32_t *)a[1] = tid;
    return 0;
}

static long lwp_kill(struct thread *self, const uint64_t *a)
{
    (void)self;
    return signal_thread((int)a[0], (int)a[1]);
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

static long lwp_getname(struct thread *self, const uint64_t *a)
{
    (void)self;
    threads_lock();
    struct thread *thread = thread_find((int)a[0]);
    if (thread != NULL)
        for (size_t i = 0; i < a[2] && i < sizeof thread->name; i++)
            ((char *)a[1])[i] = thread->name[i];
    threads_unlock();
    return thread != NULL ? 0 : -ESRCH;
}

static long setprivate(struct thread *self, const uint64_t *a)
{
    (void)self;
    return cpu_set_thread_pointer(a[0]);
}

static long getprivate(struct thread *self, const uint64_t *a)
{
    (void)self, (void)a;
    return (long)cpu_thread_pointer();
}

/* Seven arguments; Linux's numbers. A relative time begins anew when SA_RESTART makes the call again
 * (sys_futex.c, sys___futex). What is left of it is rounded down to microseconds before it becomes
 * ticks, and no ticks are no time (futex_wait; subr_time.c, tstohz): with less than 1 us left it is a
 * wait for ever. A kernel may be kept from its CPU until that is so. */
static long futex(struct thread *self, const uint64_t *a)
{
    const struct host_timespec *time = (const void *)a[3];
    struct host_timespec until;
    int operation = (int)a[1] & ~PRIVATE;
    if (old_kernel)
        end_by(self, SIGSYS, "makes a call that the kernel has not yet, number", 166);
    if (operation == WAKE)
        return (int)a[2] < 0 ? -EINVAL : queue_wake(self, (const void *)a[0], (uint32_t)a[2]);
    if (operation != WAIT && operation != WAIT_BITSET)
        return -ENOSYS;
    if (operation == WAIT_BITSET && (uint32_t)a[6] == 0)
        return -EINVAL;
    if (time != NULL) {
        until = operation == WAIT ? host_after(time) : *time;
        if (host_left(&until) > 0 && (host_left(&until) < 1000 || chance(self, 8)))
            time = NULL;
        else
            end_early(self, &until);
    }
    int error =
        queue_wait(self, (const void *)a[0], 32, (uint32_t)a[2], time != NULL ? &until : NULL);
    self->restart = error == EINTR && signal_restarts(self);
    return -error;
}

/* An unpark that comes first is kept, and ends the next park at once; but a time that is over is seen
 * before (sys_lwp.c, lwp_park; subr_time.c, ts2timo). No signal makes the call again. */
static long park(struct thread *self, const uint64_t *a)
{
    const struct host_timespec *time = (const void *)a[2];
    struct host_timespec until;
    if (time != NULL) {
        if ((int)a[0] != MONOTONIC || time->nanoseconds < 0 || time->nanoseconds >= 1000000000)
            return -EINVAL;
        until = a[1] & TIMER_ABSTIME ? *time : host_after(time);
        if (host_left(&until) <= 0)
            return -ETIMEDOUT;
        end_early(self, &until);
    }
    threads_lock();
    self->woken = 0;
    bool early = self->unparked;
    self->unparked = false;
    self->parks = !early;
    threads_unlock();
    if (early)
        return -EALREADY;
    int result = chance(self, 64) ? EINTR : sleep_until(self, time != NULL ? &until : NULL);
    keep_back(self);
    threads_lock();
    self->parks = false;
    if (self->unparked)
        result = 0;
    self->unparked = false;
    threads_unlock();
    return -result;
}

static long unpark(struct thread *self, const uint64_t *a)
{
    (void)self;
    threads_lock();
    struct thread *thread = thread_find((int)a[0]);
    if (thread != NULL) {
        thread->unparked = true;
        if (thread->parks)
            wake_thread(thread);
    }
    threads_unlock();
    return thread != NULL ? 0 : -ESRCH;
}

static long map(struct thread *self, const uint64_t *a)
{
    (void)self;
    return guest_map(a[0], a[1], (int)a[2], (int)a[3] & ~GUEST_MAP_STACK);
}

struct netbsd_action {
    uint64_t handler;
    uint32_t mask[4];
    int flags;
};

static long sigaction(struct thread *self, const uint64_t *a)
{
    const struct netbsd_action *wanted = (const void *)a[1];
    struct netbsd_action *out = (void *)a[2];
    struct action action = { 0 }, old = { 0 };
    (void)self;
    if (wanted != NULL) {
        if (wanted->handler > 1 && (a[3] == 0 || (int)a[4] != 2))
            return -EINVAL;
        action = (struct action){ wanted->handler, wanted->flags,
                                  wanted->mask[0] | (uint64_t)wanted->mask[1] << 32, a[3] };
    }
    long result = set_action((int)a[0], wanted != NULL ? &action : NULL, &old);
    if (result == 0 && out != NULL)
        *out = (struct netbsd_action){ old.handler,
                                       { (uint32_t)old.mask, (uint32_t)(old.mask >> 32) },
                                       old.flags };
    return result;
}

/* Empty until somebody has chosen, which none but root may. */
static long get_cpus(struct thread *self, const uint64_t *a)
{
    (void)self;
    if (a[2] > MASK_SIZE)
        return -EINVAL;
    threads_lock();
    struct thread *thread = thread_find((int)a[1]);
    long result = thread != NULL ? 0 : -ESRCH;
    memset((void *)a[3], 0, a[2]);
    if (thread != NULL && thread->chosen)
        result = answer(host3(__NR_sched_getaffinity, thread->host_tid, a[2], a[3]));
    threads_unlock();
    return result > 0 ? 0 : result;
}

static long set_cpus(struct thread *self, const uint64_t *a)
{
    (void)self;
    if (a[2] > MASK_SIZE)
        return -EINVAL;
    threads_lock();
    struct thread *thread = thread_find((int)a[1]);
    long result = thread != NULL
                      ? answer(host3(__NR_sched_setaffinity, thread->host_tid, a[2], a[3]))
                      : -ESRCH;
    if (result == 0)
        thread->chosen = true;
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
    { 39, call_getppid },
    { 20, call_getpid },
    { 37, call_kill },
    { 73, call_munmap },
    { 74, call_mprotect },
    { 78, call_mincore },
    { 90, call_dup2 },
    { 92, call_fcntl },
    { 166, futex },
    { 173, call_pread },
    { 194, call_getrlimit },
    { 195, call_setrlimit },
    { 197, map },
    { 202, call_sysctl },
    { 209, call_poll },
    { 281, call_sigaltstack },
    { 293, call_sigprocmask_pointer },
    { 307, getcontext },
    { 308, call_sigreturn },
    { 309, lwp_create },
    { 310, lwp_exit },
    { 311, lwp_self },
    { 312, lwp_wait },
    { 314, lwp_continue },
    { 316, getprivate },
    { 317, setprivate },
    { 318, lwp_kill },
    { 321, unpark },
    { 323, lwp_setname },
    { 324, lwp_getname },
    { 340, sigaction },
    { 348, set_cpus },
    { 349, get_cpus },
    { 350, call_yield },
    { 425, call_setitimer },
    { 445, call_getrusage },
    { 427, call_clock_gettime },
    { 430, call_nanosleep },
    { 440, call_fstat },
    { 449, call_wait4 },
    { 453, call_pipe2 },
    { 468, call_openat },
    { 478, park },
};

const struct guest netbsd = { .name = "netbsd",
                              .calls = calls,
                              .call_count = sizeof calls / sizeof *calls,
                              .note = "NetBSD",
                              .revision = { 1000000000, 903000000 },
                              .auxv = true,
                              .code_thread = -5,
                              .code_first = true,
                              .stat_size = 152,
                              .mode_at = 8,
                              .size_at = 112 };
