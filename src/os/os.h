/* The contract of a system: all that thrum asks of a kernel (or of what stands for one). One folder
 * a system fills it in; nothing above includes anything of a system but this. Every function may be
 * called by any thread and does not allocate; those marked (handler) may run in a signal handler. Those
 * marked (bare) serve src/start, the start of ELF programs: a libc, above which src/os/hosted stands,
 * does that itself, and so does a system with a start of its own. What is asked only above a libc is in
 * os/hosted/hosted.h. */
#ifndef THRUM_OS_H
#define THRUM_OS_H

#include "thrum/status.h"
#include "thrum/time.h"

struct thrum_block;

/* A call that cannot fail was refused: reports the call and the kernel's number, aborts. In
 * diagnose/, called from here. */
_Noreturn void thrum_os_refused(const char *call, long error);

/* --- threads ---------------------------------------------------------------------------------- */

/* struct thrum_os_thread is the part of a control block that is the system's; zeroed before use. The
 * file may define THRUM_OS_GIVES_STACKS as 1: the system makes the stack of each thread itself. */
#include THRUM_OS_THREAD_FILE
#ifndef THRUM_OS_GIVES_STACKS
#define THRUM_OS_GIVES_STACKS 0
#endif

/* Stands in a function, not inlined, that calls a function of the program's: if that is left by an
 * exception, a line says what it was the function of: once, visitor, destructor. */
#ifndef THRUM_OS_REPORT_UNWINDING
#define THRUM_OS_REPORT_UNWINDING(of) ((void)0) /* nobody has exceptions */
#endif

/* 1: the kernel may start a program without an auxiliary vector. */
#ifndef THRUM_OS_MAY_LACK_AUXV
#define THRUM_OS_MAY_LACK_AUXV 0
#endif

/* 1: the program's code may run in a thread after thrum's last step. */
#ifndef THRUM_OS_ENDS_LATE
#define THRUM_OS_ENDS_LATE 0
#endif

/* 1: the kernel can move a sleeping thread to another address, see thrum_os_requeue. */
#ifndef THRUM_OS_REQUEUES
#define THRUM_OS_REQUEUES 0
#endif

#ifndef THRUM_OS_MAIN_STACK_FIXED
#define THRUM_OS_MAIN_STACK_FIXED 0
#endif

/* 1: the system itself calls thrum_thread_ending at each thread's end, but for the process's first. */
#ifndef THRUM_OS_CALLS_ENDING
#define THRUM_OS_CALLS_ENDING 0
#endif

/* Bytes of a stack whose spawner has no wish, if the system's are not the usual ones. */
#ifndef THRUM_OS_STACK_DEFAULT
#define THRUM_OS_STACK_DEFAULT ((size_t)(sizeof(void *) < 8 ? 1 : 8) << 20)
#endif

/* The thread will be started: from now on it is not gone. Before its handle is known to anybody. */
void thrum_os_thread_expect(struct thrum_os_thread *thread);
/* Starts a kernel thread whose stack starts at `stack` (aligned as the CPU wants; its low end where
 * stacks grow up), with `block` as its control block, found by thrum_block_self from its first
 * moment, in signal handlers too, the caller's signal mask, and its own ids known to it; it calls
 * thrum_thread_main(block). From the moment of the call `block` may be gone. Where the system gives
 * stacks, `stack` is NULL, the stack has at least block->stack_wanted bytes, and the thread writes
 * where it is into its block before its id is known. THRUM_OK, THRUM_NO_MEMORY, THRUM_THREAD_LIMIT,
 * THRUM_SYSTEM: nothing started. */
thrum_status thrum_os_thread_start(struct thrum_block *block, void *stack);
_Noreturn void thrum_thread_main(struct thrum_block *block); /* in thread/, called from here */
/* The same where a thread ends by returning alone: comes back before thrum_thread_last. */
void thrum_thread_run(struct thrum_block *block);

/* Bytes that the system's own thread library has beyond the start of a new thread's stack: a
 * multiple of 64; then the stack's far end is at the end of a page. May start a thread to learn it,
 * the first time. */
size_t thrum_os_stack_overhead(void);

/* Ends the calling thread; the system then proves it gone. The very last of thrum's steps in it,
 * thrum_thread_last, is called from here. Never called by the process's leader. */
_Noreturn void thrum_os_thread_exit(struct thrum_block *block);
void thrum_thread_last(struct thrum_block *block); /* in thread/ */

/* Whether the thread is off its stack for good and the system writes no more to its memory. Never
 * blocks. Once it has said so, the memory is reaped. And: waits for it; THRUM_OK or
 * THRUM_TIMED_OUT. Both are asked by the one that may reap it. */
bool thrum_os_thread_gone(struct thrum_os_thread *thread);
thrum_status thrum_os_thread_wait_gone(struct thrum_os_thread *thread, thrum_time deadline);
/* Whether it is so far gone that its id may be another's; asked by anybody. */
bool thrum_os_thread_ended(const struct thrum_os_thread *thread);

/* Of a thread that has set THRUM_LIFE_ENDED: whether none of the program's code runs in it any more, as
 * others' destructors may (THRUM_OS_ENDS_LATE). Asked by anybody. */
#if THRUM_OS_ENDS_LATE
bool thrum_os_thread_silent(const struct thrum_os_thread *thread);
#else
static inline bool thrum_os_thread_silent(const struct thrum_os_thread *thread)
{
    (void)thread;
    return true;
}
#endif

/* Makes `thread` the record of the calling thread, which the system or a fork has made. */
void thrum_os_thread_adopt(struct thrum_os_thread *thread);
/* Declares the calling thread, which lives on as the parked main thread, gone to those who wait. */
void thrum_os_thread_mark_gone(struct thrum_os_thread *thread);

/* 0 while it is not known: before the birth, and where only the thread itself can tell, until it
 * has (handler). And: waits until it is known, of a thread that was started. */
uint64_t thrum_os_thread_id(const struct thrum_os_thread *thread);
uint64_t thrum_os_thread_await_id(struct thrum_os_thread *thread);
/* Whether the calling thread, `self`, is one that a fork has made and the registry is still to be told
 * of; `first` and those behind it by `next` are the threads that it was copied with, or that are here. */
enum thrum_os_fork {
    THRUM_OS_FORK_PENDING, /* yes; or the system cannot tell, and the caller is believed */
    THRUM_OS_FORK_HANDLED, /* the system's own fork sees to it: a call does nothing */
    THRUM_OS_FORK_NONE     /* no: the caller is the thread that the record was made for */
};
enum thrum_os_fork thrum_os_thread_forked(const struct thrum_block *self,
                                          const struct thrum_block *first);
/* The part of a lock id that is the system's, 1 to 2^22-1, unique among live threads (handler); and
 * whose it is, or was last: the thread's id. */
uint32_t thrum_os_thread_lock_id(const struct thrum_os_thread *thread);
uint64_t thrum_os_lock_id_owner(uint32_t part);

/* Sets the thread pointer of the calling thread so that `block` is its control block (bare). */
thrum_status thrum_os_set_thread_pointer(void *block);
/* Whether somebody has set it already (bare). */
bool thrum_os_has_thread_pointer(void);

/* `self`: whether it is the caller's own. THRUM_OK, THRUM_UNSUPPORTED, THRUM_NOT_FOUND. */
thrum_status thrum_os_set_name(const struct thrum_os_thread *thread, bool self, const char *name);
/* As the public calls. */
thrum_status thrum_os_set_affinity(const struct thrum_os_thread *thread, const unsigned *cpus,
                                   size_t count);
thrum_status thrum_os_get_affinity(const struct thrum_os_thread *thread, unsigned *cpus,
                                   size_t capacity, size_t *count);
unsigned thrum_os_cpu_count(void);
void thrum_os_yield(void);
void thrum_os_sleep_until(thrum_time deadline); /* may return early */

/* --- waiting ---------------------------------------------------------------------------------- */

/* Sleeps while `*address == expected`, until a wake, the deadline, or for no reason at all; the
 * look and the sleep are one step against wakes. THRUM_TIMED_OUT only when the deadline has
 * passed. */
thrum_status thrum_os_wait(const uint32_t *address, uint32_t expected, thrum_time deadline);
/* Wakes at most `count`; touches no memory at `address` (handler). */
void thrum_os_wake(const uint32_t *address, uint32_t count);
/* If `*address == expected`, moves one thread that sleeps there to `target`, as if it had called
 * thrum_os_wait for that address: it keeps its deadline, and the order of wake-ups there is the
 * system's own, by priority if it has any. The check and the move are atomic against waits and
 * wake-ups; no memory at `target` is touched. False, and nothing is done: the system cannot. */
#if THRUM_OS_REQUEUES
bool thrum_os_requeue(const uint32_t *address, uint32_t expected, const uint32_t *target);
#else
static inline bool thrum_os_requeue(const uint32_t *address, uint32_t expected,
                                    const uint32_t *target)
{
    (void)address, (void)expected, (void)target;
    return false;
}
#endif
thrum_time thrum_os_now(void); /* (handler) */
/* Seconds since 1970 in UTC, and the nanoseconds beyond (handler). */
int64_t thrum_os_wall_clock(uint32_t *nanoseconds);

/* --- memory ----------------------------------------------------------------------------------- */

size_t thrum_os_page_size(void);      /* of the running kernel, known after thrum_os_start */
size_t thrum_os_smallest_stack(void); /* what a signal frame and a small function want */

/* Zeroed, private, committed lazily, fit for stacks. NULL if refused. */
void *thrum_os_map(size_t size);
/* The mapping has its guard, and is for a stack: it stays out of huge pages, if that takes a call, and has a
 * name among the process's mappings, if the system gives such. */
void thrum_os_stack_mapped(void *address, size_t size);
void thrum_os_unmap(void *address, size_t size);
/* Takes all access from the pages; false, and nothing done, if refused. */
bool thrum_os_guard(void *address, size_t size);
/* Where no access can be taken, thrum_os_guard marks the bytes (the system defines
 * THRUM_OS_GUARD_MARKS), and a thread's end and a dump ask: the changed one farthest up, or NULL. */
const void *thrum_os_overwritten(const void *address, size_t size);
/* Makes the pages as fresh from thrum_os_map; false if refused, then they are as they were. */
bool thrum_os_refresh(void *address, size_t size);
/* How many bytes of the stack [low, high) may have been written: those up to the farthest one from
 * where it starts. With `grows`, pages beyond some address may not be mapped at all yet. False:
 * cannot tell. */
bool thrum_os_stack_used(char *low, char *high, bool grows, size_t *used);

/* Where the system gives stacks, and takes them when threads end: the thread stays on its stack until
 * the caller lets it go; false, and nothing is held: it is on its way out. */
#if THRUM_OS_GIVES_STACKS
bool thrum_os_stack_hold(struct thrum_os_thread *thread);
void thrum_os_stack_let_go(struct thrum_os_thread *thread);
#else
static inline bool thrum_os_stack_hold(struct thrum_os_thread *thread)
{
    (void)thread;
    return true; /* it is ours */
}
static inline void thrum_os_stack_let_go(struct thrum_os_thread *thread)
{
    (void)thread;
}
#endif

/* --- the process ------------------------------------------------------------------------------ */

/* Takes what the kernel told the process at its start (auxv: pairs of words). Before all else
 * (bare). */
void thrum_os_start(const uintptr_t *auxv);
/* What the kernel said of the CPU (bare). */
struct thrum_arch_hardware;
void thrum_os_hardware(struct thrum_arch_hardware *hardware);
/* A word nobody can guess, for the stack protector's canary (bare). */
uintptr_t thrum_os_random(void);
/* How many bytes the main thread's stack may grow to now, which the program may change (handler). The
 * file of THRUM_OS_THREAD_FILE may define THRUM_OS_MAIN_STACK_FIXED as 1: it is as large as it was. */
#if THRUM_OS_MAIN_STACK_FIXED
static inline size_t thrum_os_main_stack_size(void)
{
    return 0;
}
#else
size_t thrum_os_main_stack_size(void);
#endif
/* The end of main's stack where stacks grow down; `start`, the stack pointer at the program's entry, if the
 * system does not tell it. The arguments and the environment lie between the two, and the stack's limit counts
 * them. Static programs alone call it (bare). */
const char *thrum_os_main_stack_end(const char *start);
/* Read-only from now on, for good if the system can; for relocated data (bare). */
void thrum_os_protect(void *address, size_t size);
/* Before that: writes function pointers that stay as they are into what is made read-only (bare). Does
 * nothing if the system has none. */
void thrum_os_settle(void);
_Noreturn void thrum_os_exit(int status);                     /* (bare) */
_Noreturn void thrum_os_abort(void);                          /* (handler) */
void thrum_os_write(int fd, const char *text, size_t length); /* all of it, or gives up (handler) */
/* The same to the error output, of a process that ends after it: nothing that comes of it, as SIGPIPE of a
 * pipe without a reader, ends the process in another way (handler). */
void thrum_os_write_error(const char *text, size_t length);
/* Where a program was started with its error output closed: takes the number, as the kernel or the libc
 * does for set-id programs, so that no file of the program's gets it, and fatal lines with it (bare). */
void thrum_os_hold_error_output(void);

/* --- stack overflow --------------------------------------------------------------------------- */

size_t thrum_os_fault_stack_size(void); /* bytes of an alternate stack */
struct thrum_os_fault_stack {
    void *base; /* NULL: none */
    size_t size;
    unsigned flags; /* the system's */
};
/* Faults of the calling thread are handled on this stack from now on; `before`, if not NULL, gets that on
 * which they were. False, and nothing changed: refused. */
bool thrum_os_fault_stack(const struct thrum_os_fault_stack *stack,
                          struct thrum_os_fault_stack *before);
/* `overflow` is asked of each fault, on the alternate stack: it reports and does not return if the
 * address is beyond the calling thread's stack, else the fault goes where it would have gone. */
thrum_status thrum_os_catch_faults(void (*overflow)(uintptr_t address, bool unmapped));

#endif
