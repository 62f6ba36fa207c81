/* Kernel threads. SPDX-License-Identifier: MIT
 *
 *     static void *work(void *argument);
 *     thrum_thread *thread;
 *     if (thrum_spawn(&thread, work, argument, NULL) == THRUM_OK)
 *         thrum_join(thread, NULL);
 */
#ifndef THRUM_THREAD_H
#define THRUM_THREAD_H

#include "status.h"
#include "time.h"

THRUM_PRIVATE_BEGIN

/* A thread, from its spawn until it is joined or, detached, has ended. The pointer is a handle: it
 * points to nothing that a program may read. A call that gets the handle of a thread that is no more
 * is misuse, and ends the process with a line that says so: always while no other thread has got that
 * one's memory, and in 62 cases of 63 if one has. Where the memory has gone back to the kernel, or
 * (Windows, or a libc's own) to somebody else, the call may fault instead. */
typedef struct thrum_thread thrum_thread;

#define THRUM_NAME_MAX 31  /* bytes of a name */
#define THRUM_NAME_SIZE 32 /* and its end */

typedef struct thrum_spawn_options {
    const char *name;  /* copied; NULL: none. Linux shows its first 15 bytes, Windows all */
    size_t stack_size; /* usable bytes, rounded up to pages and to what the smallest thread needs;
                          0: 8 MiB on 64-bit, 1 MiB on 32-bit CPUs and on OpenBSD, 256 KiB on WASI.
                          Committed lazily */
    size_t guard_size; /* bytes without access beyond the stack, rounded up to pages; 0: 64 KiB on
                          64-bit CPUs and where compilers probe at that distance, else a page.
                          Windows has its own, whatever is asked for; on WASI they are but marked,
                          which the thread's end and thrum_dump look at */
    size_t arg_size;   /* if not 0: that many bytes at `arg` are copied into the thread's own
                          memory, aligned for any type, and `run` gets the copy */
    bool detached;     /* born detached */
    bool hardened;     /* another guard, of 64 KiB, between the stack and what thrum and __thread
                          variables have beside it, and the first frame at a random offset of up
                          to 4 KiB. Costs a second resident page, and new memory at each spawn.
                          (All threads are, in a program linked with
                          -Wl,-u,thrum_harden_threads.) Windows has its stacks apart anyway, and
                          on WASI there is only the offset */
} thrum_spawn_options;

/* Starts a kernel thread that runs `run(arg)`, and ends when that returns. It has its own __thread
 * variables, inherits the caller's signal mask, and its memory (one mapping: guard, stack, copied
 * argument, TLS, control block) comes from the kernel or a small cache, from no allocator.
 *
 * `*thread` is written before the thread is born (so that it may read it), and is NULL after a
 * failure. `thread` may be NULL only for a detached thread. `options` may be NULL, or zeroed. Does
 * not wait for the thread to run. From any thread; not from signal handlers or thrum_each_thread.
 * An exception that `run` does not catch ends the process (std::terminate).
 *
 * THRUM_OK; THRUM_INVALID: `run` or `thread` NULL, `arg` NULL with an `arg_size`, a name over
 * THRUM_NAME_MAX bytes, a size that overflows; THRUM_NO_MEMORY; THRUM_THREAD_LIMIT; THRUM_SYSTEM. A
 * failure leaves nothing behind. */
THRUM_PRIVATE_API THRUM_PRIVATE_MUST_CHECK thrum_status thrum_spawn(
    thrum_thread **thread, void *(*run)(void *arg), void *arg, const thrum_spawn_options *options);

/* Waits until the thread is off its stack, gives its memory back, and stores what `run` returned or
 * thrum_exit was given, if `result` is not NULL. Each thread is joined or detached exactly once, by
 * any thread; a second time, and a join of oneself, is misuse. The main thread may be joined by
 * others: it has ended when it has called thrum_exit.
 * Always THRUM_OK. */
THRUM_PRIVATE_API thrum_status thrum_join(thrum_thread *thread, void **result);

/* The same until `deadline`: THRUM_TIMED_OUT leaves the thread joinable. */
THRUM_PRIVATE_API thrum_status thrum_join_until(thrum_thread *thread, void **result,
                                                thrum_time deadline);

/* The thread's memory comes back by itself once it has ended, and the handle is dead to the caller
 * at once. Never blocks long. Always THRUM_OK. */
THRUM_PRIVATE_API thrum_status thrum_detach(thrum_thread *thread);

/* Ends the calling thread with `result`, from any depth, without unwinding; its key destructors run
 * first. Main runs its destructors and then only sleeps; the last thread out runs the program's
 * destructors (.fini_array; above a libc, exit) and ends the process with 0. Returning from main
 * instead ends the process at once and runs no key destructors. In a destructor of the caller's own
 * end it is misuse, and so in a destructor of the program, in the thread that runs it. (Above a libc,
 * after main has returned, there it is what exit(3) is within exit.)
 *
 * Above a libc: threads that others made and that have called thrum count among those of which the
 * last ends the process, once main has called thrum_exit. In such a thread this is pthread_exit,
 * which unwinds, and drops `result`. */
THRUM_PRIVATE_API THRUM_PRIVATE_NORETURN void thrum_exit(void *result);

/* The caller's own handle. Also for signal handlers. */
#ifdef THRUM_PRIVATE_INLINE
static inline thrum_thread *thrum_self(void)
{
    return *(thrum_thread *const *)(void *)(thrum_private_block() + THRUM_PRIVATE_HANDLE_AT);
}
#else
THRUM_PRIVATE_API thrum_thread *thrum_self(void);
#endif
/* The caller's kernel thread id (Linux: gettid(2); Windows: GetCurrentThreadId; WASI, whose main has
 * none: a number of thrum's own, unique among live threads), without a system call. Also for
 * handlers. */
THRUM_PRIVATE_API uint64_t thrum_id(void);
/* Another's, from the moment thrum_spawn has returned. Above a libc it may wait for that thread's
 * first step. */
THRUM_PRIVATE_API uint64_t thrum_thread_id(const thrum_thread *thread);

/* Names a thread, for the kernel's tools (ps, top, gdb) too; NULL is the empty name. THRUM_OK;
 * THRUM_INVALID: longer than THRUM_NAME_MAX; THRUM_UNSUPPORTED: the name is set, but the kernel
 * could not be told (another thread than the caller, and no /proc); THRUM_NOT_FOUND: the name is
 * set, the thread has ended. In the lines that thrum writes a name is in quotes; quotes, backslashes,
 * control characters and what is not valid UTF-8 are escaped (\", \\, \x1b). */
THRUM_PRIVATE_API thrum_status thrum_set_name(thrum_thread *thread, const char *name);
/* Copies the name and its end; "" if it has none. */
THRUM_PRIVATE_API void thrum_get_name(thrum_thread *thread, char name[THRUM_NAME_SIZE]);

/* Lets other threads run. */
THRUM_PRIVATE_API void thrum_yield(void);
/* Sleeps until the deadline, through signals. THRUM_FOREVER sleeps for ever. */
THRUM_PRIVATE_API void thrum_sleep_until(thrum_time deadline);

/* How many threads of this process can run at once: the affinity mask, and the cgroup CPU quota
 * (versions 1 and 2) rounded up, whichever is less; at least 1, and 1 where nobody tells (WASI).
 * Asked anew at each call. */
THRUM_PRIVATE_API unsigned thrum_cpu_count(void);

/* Which CPUs a thread may run on, by number. Set: THRUM_OK; THRUM_INVALID: none of them exists,
 * none may be used, or a number is beyond what any kernel has (Linux: 8191); THRUM_NOT_FOUND: the
 * thread has ended; THRUM_UNSUPPORTED: the system has no means, or (Windows) they are of several
 * groups; THRUM_SYSTEM. */
THRUM_PRIVATE_API thrum_status thrum_set_affinity(thrum_thread *thread, const unsigned *cpus,
                                                  size_t count);
/* Get: writes the first `capacity` of them, ascending, and how many there are to `*count`.
 * `cpus` may be NULL if `capacity` is 0. Statuses as above. */
THRUM_PRIVATE_API thrum_status thrum_get_affinity(thrum_thread *thread, unsigned *cpus,
                                                  size_t capacity, size_t *count);

typedef struct thrum_stack {
    void *base;        /* lowest usable byte; on CPUs whose stack grows up, where it starts */
    size_t size;       /* usable bytes; of main: the limit it may grow to now (RLIMIT_STACK) */
    size_t guard_size; /* bytes without access beyond it; of main 0: the kernel keeps its own gap */
    size_t used;       /* high-water mark: the most bytes this thread has touched so far */
} thrum_stack;

/* A thread's stack. `used` reaches to the farthest word that is not 0 in the pages that are in
 * memory (mincore(2)), so pages that were swapped out do not count until they are back. Does not
 * stop the thread. The stack of a thread that others made is measured only if that thread asks, because the
 * libc may unmap it at any time; what earlier threads used of it counts, too. THRUM_OK;
 * THRUM_UNSUPPORTED: not measured; then `used` is 0, and so is whatever else is not known. */
THRUM_PRIVATE_API thrum_status thrum_stack_info(thrum_thread *thread, thrum_stack *info);

/* Calls `visit` for every live thread, main first, until it returns false. Threads do not come or
 * go meanwhile, and their handles are good within `visit`, in which spawn, join, detach, exit,
 * thrum_after_fork, thrum_catch_overflow, thrum_tls_free and another thrum_each_thread are
 * misuse, and so is to leave it by an exception, which is reported, or by a jump. */
THRUM_PRIVATE_API void thrum_each_thread(bool (*visit)(thrum_thread *thread, void *context),
                                         void *context);

/* To be called first, and once, in the child of a fork in a freestanding program: only the caller is
 * left; its handle, keys, names and held locks stay its own; other threads' memory is given back, and
 * locks they held stay held. In a process that is no fork's child it is misuse (WASI cannot tell).
 * Above a libc, fork does it by itself, and a call does nothing. */
THRUM_PRIVATE_API void thrum_after_fork(void);

THRUM_PRIVATE_END

#endif
