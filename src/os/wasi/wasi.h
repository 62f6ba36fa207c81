/* What the files of this folder share: the system's calls (WASI preview 1, and wasi-threads), the
 * instructions that wait and wake, and a lock. */
#ifndef THRUM_OS_WASI_WASI_H
#define THRUM_OS_WASI_WASI_H

#include "os/os.h"

#define THRUM_WASI_CALL(name) \
    __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))

enum { THRUM_WASI_REALTIME = 0, THRUM_WASI_MONOTONIC = 1, THRUM_WASI_EINTR = 27 };

struct thrum_wasi_bytes {
    const void *start;
    size_t size;
};

/* Each answers 0 or an error number. */
THRUM_WASI_CALL("args_sizes_get")
uint32_t thrum_wasi_args_sizes(size_t *count, size_t *bytes);
THRUM_WASI_CALL("args_get") uint32_t thrum_wasi_args(char **list, char *bytes);
THRUM_WASI_CALL("environ_sizes_get")
uint32_t thrum_wasi_environ_sizes(size_t *count, size_t *bytes);
THRUM_WASI_CALL("environ_get") uint32_t thrum_wasi_environ(char **list, char *bytes);
THRUM_WASI_CALL("clock_time_get")
uint32_t thrum_wasi_clock(uint32_t clock, uint64_t precision, uint64_t *time);
THRUM_WASI_CALL("fd_write")
uint32_t thrum_wasi_write(int fd, const struct thrum_wasi_bytes *parts, size_t count, size_t *done);
THRUM_WASI_CALL("random_get") uint32_t thrum_wasi_random(void *bytes, size_t size);
THRUM_WASI_CALL("sched_yield") uint32_t thrum_wasi_yield(void);
THRUM_WASI_CALL("proc_exit") _Noreturn void thrum_wasi_exit(uint32_t status);

/* Has the engine call wasi_thread_start (thread.S) in a new instance, on a thread of its own. The
 * thread's number, or a negative one: refused. */
__attribute__((import_module("wasi"), import_name("thread-spawn"))) int32_t
thrum_wasi_thread_spawn(struct thrum_os_thread *start);

/* The new thread in C, between the first and the last steps of thread.S. */
void thrum_wasi_thread_run(struct thrum_os_thread *thread);
/* Ends the calling thread from any depth. The engine has no way to do that but to return from its first
 * function: compiled with THRUM_WASI_THROW it throws an exception that is caught there; else it says
 * that the thread is gone, and sleeps for ever, on no stack. */
_Noreturn void thrum_wasi_thread_leave(struct thrum_os_thread *thread);

/* Calls a main of three arguments (main.c). */
int thrum_wasi_main3(int argc, char **argv, char **envp);

/* memory.atomic.wait32 until a wake or for so many nanoseconds (-1: no limit), memory.atomic.notify.
 * Not inline: of a loop with the former V8's first compiler (Node 20) makes one that never ends. */
enum { THRUM_WASI_TIMED_OUT = 2 };
int thrum_wasi_wait(const uint32_t *address, uint32_t expected, int64_t length);
void thrum_wasi_wake(const uint32_t *address, uint32_t count);

/* A program with an allocator may define these two, in place of ours (docs/systems.md): zeroed memory at
 * a multiple of 16, of a size that is a multiple of 4096; NULL: refused. They may not call thrum. */
__attribute__((visibility("default"))) void *thrum_memory_take(size_t size);
__attribute__((visibility("default"))) void thrum_memory_give(void *memory, size_t size);

/* For this folder's own lists: works before there is a control block. */
struct thrum_wasi_lock {
    thrum_private_word word; /* 0: free; 1: taken; 2: and somebody may sleep */
};

static inline void thrum_wasi_lock(struct thrum_wasi_lock *lock)
{
    uint32_t was = 0;
    /* acquire, here and below: what the last holder did comes before what this one does */
    if (__atomic_compare_exchange_n(&lock->word, &was, 1, false, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(&lock->word, 2, __ATOMIC_ACQUIRE) != 0)
        (void)thrum_wasi_wait(&lock->word, 2, -1);
}

static inline void thrum_wasi_unlock(struct thrum_wasi_lock *lock)
{
    /* release: what this holder did comes before what the next one does */
    if (__atomic_exchange_n(&lock->word, 0, __ATOMIC_RELEASE) == 2)
        thrum_wasi_wake(&lock->word, 1);
}

#endif
