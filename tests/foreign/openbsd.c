/* OpenBSD 7.6. */
#include "foreign.h"

enum { WAIT = 1, WAKE = 2, PRIVATE = 128 };
enum { FIRST_TID = 100000, MAXCOMLEN = 24, PAGE = 4096 };

struct tfork {
    uint64_t tcb;
    int32_t *tid;
    uint64_t stack;
};

/* The new thread is where its maker is, with the same registers, but for the answer and the stack.
 */
static long tfork(struct thread *self, const uint64_t *a)
{
    const struct tfork *param = (const void *)a[0];
    if (a[1] != sizeof *param)
        return -EINVAL;
    if (!memory_is_stack(self, param->stack)) /* at its first page fault; the end is outside */
        end_by(self, SIGSEGV, "starts a thread with its stack pointer outside MAP_STACK,",
               param->stack);
    struct thread *thread = thread_new(self);
    if (thread == NULL)
        return -ENOMEM;
    uint64_t registers[REGISTERS];
    memcpy(registers, self->context->registers, sizeof registers);
    registers[ANSWER] = 0;
    registers[SP] = param->stack;
    int32_t *tid = param->tid;
    long result = thread_start(thread, registers, self->context->mask, true, param->tcb);
    if (result < 0)
        return result;
    int64_t number = thread->tid;
    if (tid != NULL)
        *tid = (int32_t)number;
    thread_go(thread);
    return number;
}

/* Tells by a word, and wakes nobody. */
static long threxit(struct thread *self, const uint64_t *a)
{
    const struct host_timespec pause = { 0, 200000 };
    if (chance(self, 8)) /* it may wait for a CPU before */
        host2(__NR_nanosleep, &pause, NULL);
    bool last = __atomic_load_n(&thread_count, __ATOMIC_SEQ_CST) == 1;
    if (a[0] != 0)
        __atomic_store_n((int32_t *)a[0], 0, __ATOMIC_SEQ_CST);
    if (last)
        host1(__NR_exit_group, 0);
    thread_end(self, true);
}

static long getthrid(struct thread *self, const uint64_t *a)
{
    (void)a;
    return self->tid;
}

static long thrkill(struct thread *self, const uint64_t *a)
{
    return signal_thread((int)a[0] == 0 ? self->tid : (int)a[0], (int)a[1]);
}

static void need_names(struct thread *self, uint64_t number)
{
    if (old_kernel)
        end_by(self, SIGSYS, "makes a call that the kernel has not yet, number", number);
}

static long setthrname(struct thread *self, const uint64_t *a)
{
    const char *name = (const char *)a[1];
    size_t length = 0;
    need_names(self, 143);
    while (name[length] != '\0')
        length++;
    if (length >= MAXCOMLEN)
        return -EINVAL;
    threads_lock();
    struct thread *thread = (int)a[0] == 0 ? self : thread_find((int)a[0]);
    long result = thread != NULL ? name_thread(thread, name) : -ESRCH;
    threads_unlock();
    return result;
}

static long getthrname(struct thread *self, const uint64_t *a)
{
    need_names(self, 142);
    threads_lock();
    struct thread *thread = (int)a[0] == 0 ? self : thread_find((int)a[0]);
    if (thread != NULL)
        for (size_t i = 0; i < a[2] && i < sizeof thread->name; i++)
            ((char *)a[1])[i] = thread->name[i];
    threads_unlock();
    return thread != NULL ? 0 : -ESRCH;
}

/* Numbers of its own; times are relative. A handler with SA_RESTART makes it another error. */
static long futex(struct thread *self, const uint64_t *a)
{
    const struct host_timespec *length = (const void *)a[3];
    struct host_timespec until;
    int operation = (int)a[1] & ~PRIVATE;
    if (operation == WAKE)
        return queue_wake(self, (const void *)a[0], (uint32_t)a[2]);
    if (operation != WAIT)
        return -ENOSYS;
    if (length != NULL) {
        if (length->seconds < 0 || length->nanoseconds < 0 || length->nanoseconds >= 1000000000)
            return -EINVAL;
        until = host_after(length);
        end_early(self, &until);
    }
    int error =
        queue_wait(self, (const void *)a[0], 32, (uint32_t)a[2], length != NULL ? &until : NULL);
    if (error == EINTR && signal_restarts(self))
        error = ECANCELED;
    return -error;
}

static long set_tcb(struct thread *self, const uint64_t *a)
{
    (void)self;
    return cpu_set_thread_pointer(a[0]);
}

static long get_tcb(struct thread *self, const uint64_t *a)
{
    (void)self, (void)a;
    return (long)cpu_thread_pointer();
}

static long map(struct thread *self, const uint64_t *a)
{
    (void)self;
    if ((a[2] & 6) == 6)
        return -EINVAL; /* both written and run */
    return guest_map(a[0], a[1], (int)a[2], (int)a[3]);
}

/* With MAP_FIXED: whether nothing is there. */
static long mquery(struct thread *self, const uint64_t *a)
{
    (void)self;
    if (!(a[3] & GUEST_MAP_FIXED))
        return -EINVAL;
    for (uint64_t at = a[0]; at < a[0] + a[1]; at += PAGE) {
        unsigned char resident;
        if (host3(__NR_mincore, at, PAGE, &resident) == 0)
            return -ENOMEM;
    }
    return (long)a[0];
}

struct openbsd_action {
    uint64_t handler;
    uint32_t mask;
    int flags;
};

static long sigaction(struct thread *self, const uint64_t *a)
{
    const struct openbsd_action *wanted = (const void *)a[1];
    struct openbsd_action *out = (void *)a[2];
    struct action action = { 0 }, old = { 0 };
    (void)self;
    if (wanted != NULL)
        action = (struct action){ wanted->handler, wanted->flags, wanted->mask, 0 };
    long result = set_action((int)a[0], wanted != NULL ? &action : NULL, &old);
    if (result == 0 && out != NULL)
        *out = (struct openbsd_action){ old.handler, (uint32_t)old.mask, old.flags };
    return result;
}

/* The mask is the argument, the old one the answer. */
static long sigprocmask(struct thread *self, const uint64_t *a)
{
    const uint32_t words[4] = { (uint32_t)a[1] };
    uint32_t old[4];
    const uint64_t pointers[3] = { a[0], (uint64_t)words, (uint64_t)old };
    long result = call_sigprocmask_pointer(self, pointers);
    return result < 0 ? result : old[0];
}

static const struct call calls[] = {
    { 1, call_exit },           { 2, call_fork },       { 3, call_read },
    { 4, call_write },          { 5, call_open },       { 6, call_close },
    { 7, call_random },         { 8, tfork },           { 11, call_wait4 },
    { 19, call_getrusage },     { 39, call_getppid },   { 20, call_getpid },
    { 46, sigaction },          { 48, sigprocmask },    { 49, map },
    { 53, call_fstat },         { 69, call_setitimer }, { 73, call_munmap },
    { 74, call_mprotect },      { 78, mquery },         { 83, futex },
    { 87, call_clock_gettime }, { 90, call_dup2 },      { 91, call_nanosleep },
    { 92, call_fcntl },         { 101, call_pipe2 },    { 103, call_sigreturn },
    { 119, thrkill },           { 122, call_kill },     { 142, getthrname },
    { 143, setthrname },        { 169, call_pread },    { 194, call_getrlimit },
    { 195, call_setrlimit },    { 202, call_sysctl },   { 252, call_poll },
    { 288, call_sigaltstack },  { 298, call_yield },    { 299, getthrid },
    { 302, threxit },           { 321, call_openat },   { 329, set_tcb },
    { 330, get_tcb },
};

const struct guest openbsd = { .name = "openbsd",
                               .calls = calls,
                               .call_count = sizeof calls / sizeof *calls,
                               .note = "OpenBSD",
                               .first_tid = FIRST_TID,
                               .revision = { 202504, 202210 },
                               .sigreturn = 103,
                               .code_thread = -1,
                               .code_first = true,
                               .wants_stack = true,
                               .wants_pins = true,
                               .stat_size = 128,
                               .mode_at = 0,
                               .size_at = 80 };
