/* border.h by ptrace(2), where it is told which register holds a call's number and its answer. */
#include "border.h"

#include <asm/signal.h>
#include <linux/ptrace.h>

#include "../thread_system.h"
#include "linux.h"

/* Offsets in struct user, which PTRACE_POKEUSER takes; both calls of one CPU are seen by programs of
 * that CPU alone. */
#if defined(__x86_64__) && defined(__LP64__)
enum { TRACES = 1, NUMBER_AT = 15 * 8, ANSWER_AT = 10 * 8 };
#elif defined(__i386__)
enum { TRACES = 1, NUMBER_AT = 11 * 4, ANSWER_AT = 6 * 4 };
#else
enum { TRACES = 0, NUMBER_AT = 0, ANSWER_AT = 0 };
#endif

#ifndef __NR_wait4 /* on CPUs that came late: none that is traced */
#define __NR_wait4 -1
#endif

enum { POKE_USER = 6, TRACE_ME = 0, GO_ON = 7, NEXT_CALL = 24 }; /* the same on both */
enum { MARK = SIGUSR2, THREADS = 128, SECONDS = 20 };

/* Shared by the tracing and the traced process. */
static struct border {
    uint32_t open;
    uint32_t refuses;
    uint32_t slept;
} * border;

/* --- names ------------------------------------------------------------------------------------ */

static const struct {
    long number;
    const char *name;
} names[] = {
    { THRUM_LINUX_READ, "read" },
    { THRUM_LINUX_WRITE, "write" },
    { THRUM_LINUX_CLOSE, "close" },
    { THRUM_LINUX_MMAP, "mmap" },
    { THRUM_LINUX_MPROTECT, "mprotect" },
    { THRUM_LINUX_MSEAL, "mseal" },
    { THRUM_LINUX_MUNMAP, "munmap" },
    { THRUM_LINUX_RT_SIGACTION, "rt_sigaction" },
    { THRUM_LINUX_RT_SIGPROCMASK, "rt_sigprocmask" },
    { THRUM_LINUX_SCHED_YIELD, "sched_yield" },
    { THRUM_LINUX_MINCORE, "mincore" },
    { THRUM_LINUX_MADVISE, "madvise" },
    { THRUM_LINUX_GETPID, "getpid" },
    { THRUM_LINUX_EXIT, "exit" },
    { THRUM_LINUX_SIGALTSTACK, "sigaltstack" },
    { THRUM_LINUX_PRCTL, "prctl" },
    { THRUM_LINUX_GETTID, "gettid" },
    { THRUM_LINUX_FUTEX, "futex" },
    { THRUM_LINUX_SCHED_SETAFFINITY, "sched_setaffinity" },
    { THRUM_LINUX_SCHED_GETAFFINITY, "sched_getaffinity" },
    { THRUM_LINUX_CLOCK_GETTIME, "clock_gettime" },
    { THRUM_LINUX_CLOCK_NANOSLEEP, "clock_nanosleep" },
    { THRUM_LINUX_EXIT_GROUP, "exit_group" },
    { THRUM_LINUX_TGKILL, "tgkill" },
    { THRUM_LINUX_OPENAT, "openat" },
    { THRUM_LINUX_PRLIMIT64, "prlimit64" },
    { __NR_clone, "clone" },
#ifdef __NR_clone3
    { __NR_clone3, "clone3" },
#endif
#ifdef __NR_rseq
    { __NR_rseq, "rseq" },
#endif
#ifdef __NR_arch_prctl
    { __NR_arch_prctl, "arch_prctl" },
#endif
#ifdef __NR_set_thread_area
    { __NR_set_thread_area, "set_thread_area" },
#endif
#if THRUM_LINUX_OLD_FUTEX
    { THRUM_LINUX_OLD_FUTEX, "old futex" },
    { THRUM_LINUX_OLD_CLOCK_GETTIME, "old clock_gettime" },
    { THRUM_LINUX_OLD_CLOCK_NANOSLEEP, "old clock_nanosleep" },
#endif
    { __NR_set_robust_list, "set_robust_list" },
    { __NR_set_tid_address, "set_tid_address" },
    { __NR_mremap, "mremap" },
    { __NR_brk, "brk" },
    { __NR_munlock, "munlock" },
    { __NR_getrandom, "getrandom" },
};

const char *border_name(long number)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
        if (names[i].number == number)
            return names[i].name;
    }
    return NULL;
}

bool border_same(const struct border_call *a, const struct border_call *b)
{
    return a->thread == b->thread && a->number == b->number && a->nth == b->nth &&
           a->spared == b->spared;
}

/* --- the traced process ----------------------------------------------------------------------- */

/* A signal stops the process for whoever traces it, though it sees no calls just now; it is never
 * delivered. */
void border_open(bool refuses)
{
    __atomic_store_n(&border->refuses, refuses, __ATOMIC_RELAXED);
    __atomic_store_n(&border->open, 1, __ATOMIC_RELAXED);
    system_signal(system_thread_id(), MARK);
}

void border_close(void)
{
    __atomic_store_n(&border->open, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&border->slept, 0, __ATOMIC_RELAXED);
}

bool border_has_slept(void)
{
    return __atomic_load_n(&border->slept, __ATOMIC_RELAXED) != 0;
}

long border_free_descriptor(void)
{
    long fd = linux_open("/", 0);
    if (!refused(fd))
        system_close((int)fd);
    return fd;
}

bool border_alternate_stack(void **base, size_t *size)
{
    enum { DISABLED = 2 };
    struct thrum_linux_stack stack = { .flags = DISABLED };
    thrum_linux_call2(THRUM_LINUX_SIGALTSTACK, NULL, &stack);
    *base = stack.base;
    *size = stack.size;
    return (stack.flags & DISABLED) == 0;
}

static _Noreturn void be_traced(void (*body)(void *argument), void *argument, char *const *argv,
                                const int fds[2])
{
    thrum_after_fork();
    system_default_crashes();
    thrum_linux_call3(__NR_dup3, fds[1], 1, 0);
    thrum_linux_call3(__NR_dup3, fds[1], 2, 0);
    system_close(fds[0]);
    system_close(fds[1]);
    thrum_linux_call4(__NR_ptrace, TRACE_ME, 0, 0, 0);
    system_signal(system_thread_id(), SIGSTOP);
    if (body) {
        body(argument);
        system_exit(0);
    }
    static char *const no_environment[] = { NULL };
    border_open(true);
    thrum_linux_call3(__NR_execve, argv[0], argv, no_environment);
    system_exit(127);
}

/* --- the tracing process ---------------------------------------------------------------------- */

struct traced {
    long id;
    unsigned place; /* by birth within the border, from 1; 0: none yet */
    bool inside;    /* the border, while that is open */
    bool born;      /* its parent has told, or it is the process's first */
    bool waits;     /* in its first stop, to be told where it stands */
    int answer;     /* of the call it is in: the error, or 0 */
};

struct trace {
    struct border_run *run;
    struct traced threads[THREADS];
    unsigned count, places;
    bool program, entered; /* another program, and it has begun */
};

static long tracee;
static volatile uint32_t late;

static void be_late(int signal)
{
    (void)signal;
    late = 1;
    thrum_linux_call2(__NR_kill, tracee, SIGKILL); /* which ends the wait */
}

static long ptrace(long what, long id, long address, long data)
{
    return thrum_linux_call4(__NR_ptrace, what, id, address, data);
}

/* The last one stands for all that are too many. */
static struct traced *thread_of(struct trace *trace, long id)
{
    for (unsigned i = 0; i < trace->count; ++i) {
        if (trace->threads[i].id == id)
            return &trace->threads[i];
    }
    if (trace->count < THREADS)
        ++trace->count;
    trace->threads[trace->count - 1] = (struct traced){ .id = id };
    return &trace->threads[trace->count - 1];
}

static bool is_call(long number, const char *name)
{
    const char *own = border_name(number);
    return own && text_equal(own, name);
}

static bool is_futex(long number)
{
    return is_call(number, "futex") || is_call(number, "old futex");
}

/* The one way in which the library waits for a word (src/os/linux/wait.c). */
static bool sleeps(uint64_t operation)
{
    enum { WAIT_BITSET = 9, PRIVATE = 128 };
    return (operation & ~(uint64_t)PRIVATE) == WAIT_BITSET;
}

/* The border has been opened: by the first of its threads. */
static void begin(struct trace *trace, struct traced *first)
{
    for (unsigned i = 0; i < trace->count; ++i) {
        trace->threads[i].place = 0;
        trace->threads[i].inside = false;
    }
    first->place = 1;
    first->inside = true;
    trace->places = 1;
}

static struct border_call describe(const struct trace *trace, const struct traced *thread,
                                   long number, const __u64 arguments[6])
{
    struct border_call call = { thread->place - 1, number, 0, false };
    if (is_futex(number))
        call.spared = !sleeps(arguments[1]);
    else if (number == THRUM_LINUX_MMAP)
        call.spared = (arguments[3] & THRUM_LINUX_MAP_NORESERVE) == 0;
    for (unsigned i = 0; i < trace->run->call_count && i < BORDER_CALLS; ++i) {
        const struct border_call *earlier = &trace->run->calls[i];
        call.nth += earlier->thread == call.thread && earlier->number == number &&
                    earlier->spared == call.spared;
    }
    return call;
}

/* The error that this call is to be answered with; 0: the kernel's own answer. */
static int answer_to(struct border_run *run, const struct border_call *call)
{
    int error = 0;
    for (unsigned i = 0; i < run->refusal_count; ++i) {
        if ((run->met & 1u << i) || !border_same(&run->refusals[i].call, call))
            continue;
        if (run->met == 0)
            run->met_at = run->call_count;
        run->met |= 1u << i;
        error = run->refusals[i].error;
    }
    if (error == 0 && run->always && is_call(call->number, run->always))
        error = THRUM_LINUX_ENOSYS;
    return error;
}

/* A name for a mapping (PR_SET_VMA): whether it is asked for again is a matter of the kernel, and nothing comes of
 * a refusal; tests/os/linux/mapping_names.c looks at it. */
static bool names_mapping(const struct ptrace_syscall_info *info)
{
    return (long)info->entry.nr == THRUM_LINUX_PRCTL && info->entry.args[0] == 0x53564d41;
}

/* A thread is about to make a call; it makes one that there is not, where it is to be refused. */
static void enter_call(struct trace *trace, struct traced *thread,
                       const struct ptrace_syscall_info *info)
{
    struct border_run *run = trace->run;
    long number = (long)info->entry.nr;
    if (thread->place == 0)
        thread->place = ++trace->places;
    struct border_call call = describe(trace, thread, number, info->entry.args);
    thread->answer = 0;
    if (number == THRUM_LINUX_EXIT || number == THRUM_LINUX_EXIT_GROUP ||
        number == __NR_rt_sigreturn || number == THRUM_LINUX_SCHED_YIELD || number == __NR_execve ||
        names_mapping(info))
        return;
    if (border->refuses) {
        thread->answer = answer_to(run, &call);
        if (run->call_count < BORDER_CALLS)
            run->calls[run->call_count] = call;
        ++run->call_count;
    }
    if (thread->answer != 0)
        ptrace(POKE_USER, thread->id, NUMBER_AT, -1);
    if (is_futex(number) && !call.spared)
        __atomic_store_n(&border->slept, 1, __ATOMIC_RELAXED);
}

static void at_call(struct trace *trace, struct traced *thread)
{
    struct ptrace_syscall_info info = { .op = PTRACE_SYSCALL_INFO_NONE };
    ptrace(PTRACE_GET_SYSCALL_INFO, thread->id, sizeof info, (long)&info);
    bool open = __atomic_load_n(&border->open, __ATOMIC_RELAXED) != 0;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY && open && (!trace->program || trace->entered))
        enter_call(trace, thread, &info);
    if (info.op == PTRACE_SYSCALL_INFO_EXIT && thread->answer != 0) {
        ptrace(POKE_USER, thread->id, ANSWER_AT, -thread->answer);
        thread->answer = 0;
    }
}

static void let_go(const struct traced *thread, int signal)
{
    bool open = __atomic_load_n(&border->open, __ATOMIC_RELAXED) != 0;
    bool answers = thread->answer != 0; /* a call is being refused */
    ptrace(answers || (open && thread->inside) ? NEXT_CALL : GO_ON, thread->id, 0, signal);
}

/* A thread has made another, which stands where it does; the other's first stop may have come. */
static void bear(struct trace *trace, long parent)
{
    unsigned long id = 0;
    ptrace(PTRACE_GETEVENTMSG, parent, 0, (long)&id);
    bool inside = thread_of(trace, parent)->inside;
    struct traced *thread = thread_of(trace, (long)id);
    thread->inside = inside && __atomic_load_n(&border->open, __ATOMIC_RELAXED) != 0;
    thread->born = true;
    if (thread->waits)
        let_go(thread, 0);
    thread->waits = false;
}

/* A thread has stopped: why, and how it goes on. */
static void go_on(struct trace *trace, long id, int status)
{
    int signal = status >> 8 & 0xff, event = status >> 16;
    if (event == PTRACE_EVENT_CLONE)
        bear(trace, id);
    struct traced *thread = thread_of(trace, id);
    if (event == PTRACE_EVENT_EXEC)
        trace->entered = true;
    if (signal == (SIGTRAP | 0x80))
        at_call(trace, thread);
    if (signal == MARK)
        begin(trace, thread);
    thread->waits = signal == SIGSTOP && !thread->born;
    bool ours = event != 0 || signal == (SIGTRAP | 0x80) || signal == MARK || signal == SIGSTOP;
    if (!thread->waits)
        let_go(thread, ours ? 0 : signal);
}

static bool next_stop(long *id, int *status)
{
    enum { ALL = 0x40000000 };
    do
        *id = thrum_linux_call4(__NR_wait4, -1, status, ALL, NULL);
    while (*id == -THRUM_LINUX_EINTR);
    return *id > 0;
}

/* Until the whole process has ended. */
static bool trace_to_end(struct trace *trace, long child)
{
    int status = 0;
    long id;
    tracee = child;
    system_alarm(SECONDS, be_late);
    while (next_stop(&id, &status)) {
        if ((status & 0xff) == 0x7f) {
            go_on(trace, id, status);
        } else if (id == child) {
            trace->run->signal = status & 0x7f;
            trace->run->exit_status = trace->run->signal ? -1 : status >> 8 & 0xff;
            break;
        }
    }
    system_alarm(0, NULL);
    trace->run->killed = late != 0;
    return id == child;
}

static void read_output(int fd, struct border_run *run)
{
    run->length = system_read(fd, run->output, sizeof run->output - 1);
    run->output[run->length] = 0;
}

bool border_run(void (*body)(void *argument), void *argument, char *const *argv,
                struct border_run *run)
{
    static int fds[2];
    struct trace trace = { .run = run, .program = body == NULL };
    const long options =
        PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    int status = 0;
    long id;
    run->call_count = run->met = run->met_at = 0;
    run->killed = false;
    late = 0;
    if (!border)
        border = system_map_shared(sizeof *border);
    if (!border || (fds[1] == 0 && !system_pipe(fds)))
        return false;
    border->open = border->slept = 0;
    long child = linux_fork();
    if (child == 0)
        be_traced(body, argument, argv, fds);
    if (child < 0 || !next_stop(&id, &status) || (status & 0xff) != 0x7f)
        return false;
    *thread_of(&trace, child) = (struct traced){ .id = child, .born = true };
    ptrace(PTRACE_SETOPTIONS, child, 0, options);
    ptrace(GO_ON, child, 0, 0);
    bool ended = trace_to_end(&trace, child);
    thrum_linux_call3(THRUM_LINUX_WRITE, fds[1], "", 1); /* so that there is something to read */
    read_output(fds[0], run);
    run->length -= run->length > 0;
    return ended;
}

const char *border_missing(void)
{
    if (!TRACES)
        return "calls are refused by ptrace on x86-64 and i386";
    if (system_emulated() || system_checker() != 0)
        return "ptrace sees an emulator's or a checker's own calls, too";
    if (system_thread_count() == 0)
        return "what the process has is not to be counted without /proc";
    struct ptrace_syscall_info info;
    long answer = ptrace(PTRACE_GET_SYSCALL_INFO, 0, sizeof info, (long)&info);
    if (answer == -THRUM_LINUX_ENOSYS || answer == -1 /* EPERM */)
        return "ptrace is not permitted here";
    return NULL;
}
