/* Runs a static program of FreeBSD, NetBSD, OpenBSD or DragonFly on Linux on the same CPU: each of
 * its system calls is caught and given the meaning that the program's own kernel gives it. On x86-64
 * the kernel tells of each call (syscall user dispatch, Linux 5.11); on AArch64 the instructions of
 * the loaded program are replaced by others that trap. It is a tool of thrum's tests, for what they
 * call and nothing else.
 *
 * It is no more lenient than those kernels, where anything is known of them: README.md beside this file
 * says what it enforces, call by call, and what it cannot show. What a kernel may choose is chosen at
 * random: the seed is printed, and --seed=N sets it; with --exact nothing is at random. What remains is
 * a belief that the tables in here share with the library: numbers and structures, which are from the
 * kernels' sources and from runs on them. SPDX-License-Identifier: MIT */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "host.h"

/* Error numbers of the four. */
enum {
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    EINTR = 4,
    ENOEXEC = 8,
    EDEADLK = 11,
    ENOMEM = 12,
    EFAULT = 14,
    ELOOP = 62,
    ENAMETOOLONG = 63,
    EBUSY = 16,
    EINVAL = 22,
    ERANGE = 34,
    EAGAIN = 35,
    EALREADY = 37,
    ETIMEDOUT = 60,
    ENOSYS = 78,
    ECANCELED = 88 /* OpenBSD's */
};

enum { SIGILL = 4, SIGABRT = 6, SIGKILL = 9, SIGBUS = 10, SIGSEGV = 11, SIGSYS = 12, SIGNALS = 32 };
enum { SA_ONSTACK = 1, SA_RESTART = 2, SA_NODEFER = 0x10, SA_SIGINFO = 0x40 };

struct action {
    uintptr_t handler;
    int flags;
    uint64_t mask; /* guest's numbers, bit signal - 1 */
    uintptr_t trampoline;
};

/* A thread of the guest, at the start of its 64 KiB in which its signals and calls are handled. */
enum { THREAD_SIZE = 1 << 16 };
struct thread {
    struct thread *next;
    uint32_t host_tid, host_live; /* live: cleared by the host's kernel */
    int64_t tid;
    struct host_context *context; /* of the call that is being made */
    uint64_t call_at;             /* its instruction */
    uint64_t arguments[8];
    struct { /* the guest's alternate stack */
        uintptr_t base;
        size_t size;
        bool enabled;
    } alternate;
    uint32_t pending; /* a guest's signal that came during a call; 0: none */
    struct host_siginfo pending_info;
    bool restart; /* the call that was interrupted is made again after the handler */
    uint64_t random;
    uint32_t go;    /* its creator lets it run */
    uint32_t woken; /* what it sleeps on */
    bool unparked, parks, zombie, detached;
    /* NetBSD's suspended births: is to be, is, was continued, and whether this one is lost. */
    bool suspended, stopped, loses_start;
    uint32_t looked, continued;
    bool chosen;                     /* its CPUs */
    uintptr_t stack_low, stack_high; /* MAP_STACK where its stack pointer was last seen */
    uint64_t stacks_seen;
    char name[32];
};

/* A call's answer: negative is an error. */
typedef long call_function(struct thread *self, const uint64_t *argument);
struct call {
    int number;
    call_function *run;
};

/* What differs. */
struct guest {
    const char *name;
    const struct call *calls;
    size_t call_count;
    const char *note; /* its name in PT_NOTE */
    int64_t first_tid;
    int revision[2]; /* kern.osrevision, and of the older kernel */
    bool auxv;
    int sigreturn; /* the trampoline's number; 0: the program brings its own trampoline */
    int code_user, code_thread; /* of siginfo, for kill and for a thread's own */
    bool code_first;            /* siginfo: code before errno, fault's address at 16 */
    bool wants_stack, wants_pins;
    size_t stat_size, mode_at, size_at; /* struct stat */
    bool mode_at_16;                    /* its mode has 16 bits */
};
extern const struct guest *guest;
extern const struct guest freebsd, netbsd, openbsd, dragonfly;

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int byte, size_t size);

/* --- start (main.c) --------------------------------------------------------------------------- */

extern char foreign_text_start[], foreign_text_end[];
extern uintptr_t guest_trampoline, guest_sigreturn; /* sigreturn: its call within the trampoline */
extern bool
    old_kernel; /* --old: one before a call came that the library can do without: NetBSD's __futex,
                           OpenBSD's setthrname, DragonFly's getrandom */
extern int64_t clock_start; /* seconds that DragonFly's monotonic clock is ahead of the host's */
_Noreturn void die(const char *what, uint64_t number);
_Noreturn void end_by(struct thread *self, int signal, const char *why, uint64_t number);
_Noreturn void end_silently(int signal);
void say(const char *text);
void say_number(uint64_t number);
bool chance(struct thread *self, unsigned one_in);
void catch_calls(void); /* of the calling thread, from now on */

/* --- the CPU's own (x86_64.c, aarch64.c) ------------------------------------------------------- */

/* A guest's call. */
struct made_call {
    uint64_t at; /* its instruction */
    int number;
    uint64_t arguments[8];
};

/* Of a handler, which returns to the trampoline. Below `kept` is room for two words and more. */
struct handler_call {
    uint64_t handler, trampoline, signal, info, kept;
};

void cpu_catch_calls(void); /* of the calling thread */
/* In a part of the program that is to be run, while it may be written. */
void cpu_mark_calls(uintptr_t low, size_t size);
/* False: it is none. The registers are then as they are when the call has been made. */
bool cpu_read_call(const struct host_siginfo *info, struct host_context *context,
                   struct made_call *made);
/* Destroys what that kernel destroys with an answer, and what the instruction itself does. */
void cpu_answer(uint64_t *registers, long result);
void cpu_after_call(uint64_t *registers);
long cpu_set_thread_pointer(uint64_t pointer);
uint64_t cpu_thread_pointer(void);
/* `start`: where argc is. It is so many bytes off a multiple of 16. */
void cpu_set_entry(uint64_t *registers, uint64_t entry, uint64_t start, uint64_t strings);
size_t cpu_entry_skew(void);
void cpu_set_birth(uint64_t *registers, uint64_t start, uint64_t argument, uint64_t top);
/* The vector registers in a context. */
void *cpu_vectors(struct host_context *context, size_t *size);
/* Tells where in it the call is. */
size_t cpu_write_trampoline(unsigned char *at, int number);
void cpu_set_handler(uint64_t *registers, const struct handler_call *call);

/* How NetBSD's ucontext_t begins. */
struct netbsd_context_head {
    uint32_t flags, spare;
    uint64_t link;
    uint32_t mask[4];
    uint64_t stack[3];
};
void cpu_get_netbsd_context(const uint64_t *registers, struct netbsd_context_head *to);
/* False: the kernel refuses it. */
bool cpu_read_netbsd_context(const struct netbsd_context_head *from, uint64_t *registers,
                             uint64_t *tls);

/* Their asm. Signals are let in for the time of one instruction; one that comes before it makes it
 * not happen. */
long sleep_call(const long *arguments, const uint32_t *pending);
extern char sleep_begin[], sleep_end[], sleep_interrupted[];
long clone_thread(long flags, void *stack, uint32_t *live, struct thread *thread);
_Noreturn void begin_thread(struct thread *self); /* called by it */
_Noreturn void foreign_main(char **stack);        /* called by `_start` */
void restorer(void);

/* --- calls (call.c) --------------------------------------------------------------------------- */

void on_call(int signal, struct host_siginfo *info, struct host_context *context);
/* The host's answer as the guest's. */
long answer(long result);
/* A host's call that may sleep, during which signals may come: -EINTR if one did (the host's). */
long host_sleep(struct thread *self, long number, long a, long b, long c, long d, long e, long f);
call_function call_exit, call_read, call_write, call_open, call_openat, call_fcntl, call_close,
    call_getpid, call_fork, call_wait4, call_pipe2, call_dup2, call_kill, call_poll, call_setitimer,
    call_getrlimit, call_setrlimit, call_clock_gettime, call_nanosleep, call_yield, call_sysctl,
    call_none, call_pread, call_random, call_fstat, call_getrusage, call_getppid;

/* --- threads (thread.c) ----------------------------------------------------------------------- */

struct thread *thread_self(void); /* of the runner's stack that it is called on */
struct thread *thread_new(struct thread *maker);
struct thread *thread_find(int64_t tid); /* one that runs; under the lock */
struct thread *thread_find_any(int64_t tid);
extern uint32_t thread_count;
void threads_lock(void);
void threads_unlock(void);
/* Starts it with these registers, mask and thread pointer; it waits until it is let go. */
long thread_start(struct thread *thread, const uint64_t *registers, uint64_t mask, bool set_tls,
                  uint64_t tls);
void thread_go(struct thread *thread);
_Noreturn void thread_end(struct thread *self, bool reap);
void thread_reap(struct thread *thread);
void threads_after_fork(struct thread *self);
_Noreturn void enter(struct thread *self, const uint64_t *registers, uint64_t mask);
long name_thread(struct thread *thread, const char *name);
void netbsd_before_start(struct thread *self); /* in a new thread, before its first instruction */
long signal_thread(int64_t tid, int signal);

/* --- waiting (wait.c) ------------------------------------------------------------------------- */

/* Sleeps while the 32 or 64 bits there are `expected`. 0: woken. EAGAIN: another value. ETIMEDOUT,
 * EINTR. `until`: absolute, of the host's monotonic clock; NULL: for ever. */
int queue_wait(struct thread *self, const void *address, unsigned bits, uint64_t expected,
               const struct host_timespec *until);
long queue_wake(struct thread *self, const void *address, uint32_t count);
void queue_after_fork(void);
/* Sleeps until `self->woken`. */
int sleep_until(struct thread *self, const struct host_timespec *until);
void wake_thread(struct thread *thread);
struct host_timespec host_now(void);
struct host_timespec host_after(const struct host_timespec *length);
int64_t host_left(const struct host_timespec *until); /* nanoseconds, as far as 64 bits go */
/* A kernel that counts ticks may find a time over before its clock does: some of them are now. */
void end_early(struct thread *self, struct host_timespec *until);
/* A thread that wakes may have to wait for a CPU. */
void keep_back(struct thread *self);

/* --- signals (signal.c) ----------------------------------------------------------------------- */

int host_signal(int signal), guest_signal(int signal);
uint64_t host_mask(uint64_t mask), guest_mask(uint64_t mask);
long set_action(int signal, const struct action *action, struct action *old);
void deliver(struct thread *self, struct host_context *context, uint32_t signal,
             const struct host_siginfo *info);
void take_back(struct thread *self, struct host_context *context, uintptr_t frame);
void on_signal(int signal, struct host_siginfo *info, struct host_context *context);
bool on_alternate(const struct thread *self, uintptr_t stack_pointer);
call_function call_sigaltstack, call_sigreturn, call_sigaction_bsd4, call_sigprocmask_pointer;
extern struct action actions[SIGNALS];
bool signal_restarts(const struct thread *self);

/* --- memory (memory.c) ------------------------------------------------------------------------ */

call_function call_munmap, call_mprotect, call_mincore;
enum { GUEST_MAP_FIXED = 0x10, GUEST_MAP_ANON = 0x1000, GUEST_MAP_STACK = 0x4000 };
long guest_map(uintptr_t address, size_t size, int protection, int flags);
void memory_lock(void); /* of its tables, for a fork */
void memory_unlock(void);
void memory_immutable(uintptr_t low, uintptr_t high);
void memory_stack(uintptr_t low, uintptr_t high);
/* Whether all of it can be written; what is there is lost. */
bool memory_takes(uintptr_t low, uintptr_t high);
bool memory_is_stack(struct thread *self, uintptr_t address);
long memory_make_stack(uintptr_t address, size_t size);

extern uint32_t pins[400]; /* OpenBSD's: where each call is made from */
#define PIN_NONE 0u
#define PIN_ANYWHERE 0xffffffffu

#endif
