/* Where each of the guest's calls arrives, and those that mean the same on all systems. */
#include "foreign.h"

enum { MONOTONIC = 1, CLONE_AND_SIGCHLD = 17 };

uint32_t pins[400];

long answer(long result)
{
    static const unsigned char others[] = {
        [11] = EAGAIN, [35] = EDEADLK, [36] = ENAMETOOLONG, [38] = ENOSYS, [40] = ELOOP
    };
    if (result >= 0 || result < -4095)
        return result;
    if (result == -HOST_ETIMEDOUT)
        return -ETIMEDOUT;
    if (-result < (long)sizeof others && others[-result] != 0)
        return -others[-result];
    return result; /* the first 34 are the same */
}

void end_silently(int signal)
{
    struct host_action fallback = { 0 };
    uint64_t none = 0;
    host4(__NR_rt_sigaction, host_signal(signal), &fallback, NULL, 8);
    host3(__NR_tgkill, host1(__NR_getpid, 0), host1(__NR_gettid, 0), host_signal(signal));
    host4(__NR_rt_sigprocmask, 2, &none, NULL, 8);
    die("it did not end by signal", (uint64_t)signal);
}

void end_by(struct thread *self, int signal, const char *why, uint64_t number)
{
    say("foreign: the program ");
    say(why);
    say(" ");
    say_number(number);
    say(", at ");
    say_number(self->context != NULL ? self->context->registers[PC] : 0);
    say("\n");
    end_silently(signal);
}

long host_sleep(struct thread *self, long number, long a, long b, long c, long d, long e, long f)
{
    const long arguments[7] = { number, a, b, c, d, e, f };
    const uint64_t all = ~((uint64_t)1 << (HOST_SIGCALL - 1));
    host4(__NR_rt_sigprocmask, 2, &self->context->mask, NULL, 8);
    long result = sleep_call(arguments, &self->pending);
    host4(__NR_rt_sigprocmask, 2, &all, NULL, 8);
    return result;
}

static void check(struct thread *self, const struct made_call *made)
{
    uint64_t stack = self->context->registers[SP];
    int number = made->number;
    if (guest->wants_stack && !memory_is_stack(self, stack))
        end_by(self, SIGSEGV, "makes a call with its stack pointer outside MAP_STACK,", stack);
    if (!guest->wants_pins || made->at == guest_sigreturn)
        return;
    if (number < 0 || number >= 331 || pins[number] == PIN_NONE)
        end_by(self, SIGABRT, "makes a call that is not in its table, number", (uint64_t)number);
    if (pins[number] != PIN_ANYWHERE && pins[number] != made->at)
        end_by(self, SIGABRT, "makes a call from another place than its table says, number",
               (uint64_t)number);
}

static const struct call *find(int number)
{
    for (size_t i = 0; i < guest->call_count; i++)
        if (guest->calls[i].number == number)
            return &guest->calls[i];
    return NULL;
}

/* The signal that stands for a call, which may be one of the guest's too. */
static void on_no_call(int signal, struct host_siginfo *info, struct host_context *context)
{
    struct thread *self = thread_self();
    if (actions[GUEST_SIGCALL].handler > 1)
        on_signal(signal, info, context);
    else if (info->code > 0 || actions[GUEST_SIGCALL].handler == 0)
        end_by(self, GUEST_SIGCALL, "ends by signal", GUEST_SIGCALL);
}

void on_call(int signal, struct host_siginfo *info, struct host_context *context)
{
    struct thread *self = thread_self();
    uint64_t *registers = context->registers;
    struct made_call made;
    if (!cpu_read_call(info, context, &made)) {
        on_no_call(signal, info, context);
        return;
    }
    self->context = context;
    self->call_at = made.at;
    self->restart = false;
    check(self, &made);
    const struct call *call = find(made.number);
    if (call == NULL)
        end_by(self, SIGSYS, "makes a call that the runner does not know, number",
               (uint64_t)made.number);
    uint64_t behind = registers[PC];
    long result = call->run(self, made.arguments);
    if (call->run != call_sigreturn) {
        if (self->restart && self->pending != 0 && registers[PC] == behind)
            registers[PC] = made.at; /* the same call again, after the handler */
        else
            cpu_answer(registers, result);
        cpu_after_call(registers);
    }
    if (self->pending != 0) {
        uint32_t pending = self->pending;
        self->pending = 0;
        deliver(self, context, pending, &self->pending_info);
    }
}

/* For calls that begin again after a handler that says so. */
static long restartable(struct thread *self, long result)
{
    if (result != -HOST_EINTR)
        return answer(result);
    self->restart = signal_restarts(self);
    return -EINTR;
}

/* --- descriptors ------------------------------------------------------------------------------ */

long call_read(struct thread *self, const uint64_t *a)
{
    return restartable(self,
                       host_sleep(self, __NR_read, (long)a[0], (long)a[1], (long)a[2], 0, 0, 0));
}

long call_write(struct thread *self, const uint64_t *a)
{
    return restartable(self,
                       host_sleep(self, __NR_write, (long)a[0], (long)a[1], (long)a[2], 0, 0, 0));
}

long call_open(struct thread *self, const uint64_t *a)
{
    (void)self; /* only to read, and O_NONBLOCK */
    return answer(host4(__NR_openat, -100, a[0], (a[1] & 3) | (a[1] & 4 ? 04000 : 0), 0));
}

/* A path from the root alone, for which the folder is not looked at. */
long call_openat(struct thread *self, const uint64_t *a)
{
    return *(const char *)a[1] == '/' ? call_open(self, a + 1) : -EINVAL;
}

/* F_GETFD alone, which has Linux's number. */
long call_fcntl(struct thread *self, const uint64_t *a)
{
    (void)self;
    return a[1] == 1 ? answer(host3(__NR_fcntl, a[0], a[1], 0)) : -EINVAL;
}

/* struct stat of each: where type and size are. */
long call_fstat(struct thread *self, const uint64_t *a)
{
    uint64_t about[18]; /* the host's: size is the seventh word */
    (void)self;
    long result = answer(host2(__NR_fstat, a[0], about));
    if (result < 0)
        return result;
    char *to = (char *)a[1];
    uint32_t mode = (uint32_t)about[HOST_STAT_MODE];
    memset(to, 0, guest->stat_size);
    if (guest->mode_at_16)
        memcpy(to + guest->mode_at, &mode, 2);
    else
        memcpy(to + guest->mode_at, &mode, 4);
    memcpy(to + guest->size_at, &about[6], 8);
    return 0;
}

/* Two times come first everywhere; the rest is not looked at. */
long call_getrusage(struct thread *self, const uint64_t *a)
{
    (void)self;
    return answer(host2(__NR_getrusage, (int)a[0], a[1]));
}

long call_close(struct thread *self, const uint64_t *a)
{
    (void)self;
    return answer(host1(__NR_close, a[0]));
}

long call_pread(struct thread *self, const uint64_t *a)
{
    (void)self;
    return answer(host4(__NR_pread64, a[0], a[1], a[2],
                        guest == &freebsd || guest == &openbsd ? a[3] : a[4]));
}

/* DragonFly (sys_pipe.c, kern_pipe) writes no array: the descriptors are its two results. */
long call_pipe2(struct thread *self, const uint64_t *a)
{
    int ends[2];
    bool results = guest == &dragonfly;
    long result =
        answer(host2(__NR_pipe2, results ? (uint64_t)ends : a[0], a[1] != 0 ? 02000000 : 0));
    if (!results || result < 0)
        return result;
    self->context->registers[ANSWER_2] = (uint64_t)ends[1];
    return ends[0];
}

long call_dup2(struct thread *self, const uint64_t *a)
{
    (void)self;
    if (a[0] == a[1]) /* which dup3 refuses */
        return (long)a[0];
    return answer(host3(__NR_dup3, a[0], a[1], 0));
}

long call_poll(struct thread *self, const uint64_t *a)
{
    const int length_ms = (int)a[2];
    struct host_timespec length = { length_ms / 1000, length_ms % 1000 * 1000000l };
    return answer(host_sleep(self, __NR_ppoll, (long)a[0], (long)a[1],
                             length_ms >= 0 ? (long)&length : 0, 0, 0, 0));
}

/* --- processes -------------------------------------------------------------------------------- */

long call_exit(struct thread *self, const uint64_t *a)
{
    (void)self;
    return host1(__NR_exit_group, a[0]);
}

long call_getpid(struct thread *self, const uint64_t *a)
{
    (void)self, (void)a;
    return host1(__NR_getpid, 0);
}

long call_getppid(struct thread *self, const uint64_t *a)
{
    (void)self, (void)a;
    return host1(__NR_getppid, 0);
}

long call_fork(struct thread *self, const uint64_t *a)
{
    (void)a;
    threads_lock();
    memory_lock();
    long child = host(__NR_clone, CLONE_AND_SIGCHLD, 0, 0, 0, 0, 0);
    memory_unlock();
    if (child != 0) {
        threads_unlock();
        return answer(child);
    }
    threads_after_fork(self);
    queue_after_fork();
    catch_calls();
    self->context->registers[ANSWER_2] = 1;
    return 0;
}

long call_wait4(struct thread *self, const uint64_t *a)
{
    int status = 0;
    long result = host_sleep(self, __NR_wait4, (int)a[0], (long)&status, (long)a[2], 0, 0, 0);
    if (result < 0)
        return restartable(self, result);
    if ((status & 0x7f) != 0)
        status = (status & ~0x7f) | guest_signal(status & 0x7f);
    if (a[1] != 0 && result > 0)
        *(int *)a[1] = status;
    return result;
}

long call_kill(struct thread *self, const uint64_t *a)
{
    (void)self;
    return answer(host2(__NR_kill, (int)a[0], host_signal((int)a[1])));
}

long call_setitimer(struct thread *self, const uint64_t *a)
{
    (void)self;
    return answer(host3(__NR_setitimer, a[0], a[1], a[2]));
}

static int host_limit(uint64_t limit)
{
    static const signed char numbers[] = { 0, 1, 2, 3, 4, 5, 8, 6, 7, -1, 9 };
    return limit < sizeof numbers ? numbers[limit] : -1;
}

long call_getrlimit(struct thread *self, const uint64_t *a)
{
    (void)self;
    int number = host_limit(a[0]);
    return number < 0 ? -EINVAL : answer(host2(__NR_getrlimit, number, a[1]));
}

long call_setrlimit(struct thread *self, const uint64_t *a)
{
    (void)self;
    int number = host_limit(a[0]);
    return number < 0 ? -EINVAL : answer(host2(__NR_setrlimit, number, a[1]));
}

/* --- time, CPUs, random ----------------------------------------------------------------------- */

/* DragonFly's monotonic clock may start anywhere. */
long call_clock_gettime(struct thread *self, const uint64_t *a)
{
    (void)self;
    int monotonic = guest == &freebsd || guest == &dragonfly ? 4 : 3;
    if ((int)a[0] != 0 && (int)a[0] != monotonic)
        return -EINVAL;
    long result = answer(host2(__NR_clock_gettime, a[0] == 0 ? 0 : MONOTONIC, a[1]));
    if (result == 0 && a[0] != 0 && guest == &dragonfly)
        ((struct host_timespec *)a[1])->seconds += clock_start;
    return result;
}

long call_nanosleep(struct thread *self, const uint64_t *a)
{
    return answer(host_sleep(self, __NR_nanosleep, (long)a[0], (long)a[1], 0, 0, 0, 0));
}

long call_yield(struct thread *self, const uint64_t *a)
{
    (void)self, (void)a;
    return answer(host1(__NR_sched_yield, 0));
}

long call_random(struct thread *self, const uint64_t *a)
{
    (void)self;
    if (guest == &dragonfly && old_kernel) {
        if (actions[SIGSYS].handler != 1)
            end_by(self, SIGSYS, "makes a call that the kernel has not yet, number", 550);
        return -ENOSYS;
    }
    long result = answer(host3(__NR_getrandom, a[0], a[1], 0));
    return guest == &openbsd && result > 0 ? 0 : result;
}

/* kern.arandom, kern.osrevision, hw.ncpu, hw.ncpuonline. */
long call_sysctl(struct thread *self, const uint64_t *a)
{
    const int *name = (const int *)a[0];
    uint64_t mask[16] = { 0 }, *size = (uint64_t *)a[3];
    int number = 0;
    (void)self;
    if ((unsigned)a[1] != 2 || a[2] == 0 || a[4] != 0)
        return -EINVAL;
    if (name[0] == 1 && (name[1] == 37 || name[1] == 81))
        return host3(__NR_getrandom, a[2], *size, 0) == (long)*size ? 0 : -EINVAL;
    if (name[0] == 1 && name[1] == 3 && guest->revision[0] != 0) {
        number = guest->revision[old_kernel];
    } else if (name[0] == 6 && (name[1] == 3 || name[1] == 16 || name[1] == 25)) {
        long bytes = host3(__NR_sched_getaffinity, 0, sizeof mask, mask);
        for (long i = 0; i < bytes / 8; i++)
            for (uint64_t word = mask[i]; word != 0; word &= word - 1)
                number++;
    } else {
        return -ENOENT;
    }
    if (*size < sizeof number)
        return -ENOMEM;
    memcpy((void *)a[2], &number, sizeof number);
    *size = sizeof number;
    return 0;
}
