/* Threads by the system's own thread library (POSIX). A thread tells its id itself, as the first of
 * its steps, so a spawn need not wait for it:
 *
 *   0 --the thread--> id            0 --one who wants it--> WANTED --the thread, with a wake--> id
 *
 * All are born joinable there. A joinable one is joined there by whoever joins it here, which is the
 * proof that it is off its stack. A detached one lets go of itself at its end; the proof is that the
 * kernel knows its id no more. (To join those, too, would have ending threads free the libc's memory
 * of others, and glibc set up an arena for each that does.) */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "os/hosted/annotate.h"
#include "os/hosted/hosted.h"
#include "os/numbers.h"
#include "os/races.h"
#include "thread/life.h"
#include "thread/mapping.h"
#include "thrum/wait.h"

enum { UP = THRUM_ARCH_STACK_GROWS_UP };
#define WANTED 0x80000000u
#define AWAITED 0x80000000u

/* What of a sigset_t is kept: libcs have signals from the first byte on, and systems at most 128. */
enum {
    MASK_ROOM = sizeof(((struct thrum_os_thread *)0)->mask),
    MASK_SIZE = sizeof(sigset_t) < MASK_ROOM ? sizeof(sigset_t) : MASK_ROOM
};

_Static_assert(sizeof(pthread_t) <= sizeof(uintptr_t), "handles are kept in a word");

/* --- ids -------------------------------------------------------------------------------------- */

void thrum_hosted_publish(struct thrum_os_thread *thread)
{
    uint32_t tid = thrum_hosted_thread_id();
    thread->handle = (uintptr_t)pthread_self();
    if (THRUM_HOSTED_NUMBERS)
        thrum_number_own(thread->number, tid);
    uint32_t was = __atomic_exchange_n(&thread->tid, tid, __ATOMIC_RELAXED);
    if (was == WANTED)
        thrum_os_wake(&thread->tid, THRUM_ALL);
}

uint64_t thrum_os_thread_id(const struct thrum_os_thread *thread)
{
    uint32_t tid = __atomic_load_n(&thread->tid, __ATOMIC_RELAXED);
    return tid == WANTED ? 0 : tid;
}

uint64_t thrum_os_thread_await_id(struct thrum_os_thread *thread)
{
    uint32_t tid = __atomic_load_n(&thread->tid, __ATOMIC_RELAXED);
    while (tid == 0 || tid == WANTED) {
        if (tid == WANTED || __atomic_compare_exchange_n(&thread->tid, &tid, WANTED, false,
                                                         __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            (void)thrum_os_wait(&thread->tid, WANTED, THRUM_FOREVER);
        tid = __atomic_load_n(&thread->tid, __ATOMIC_RELAXED);
    }
    return tid;
}

uint32_t thrum_os_thread_lock_id(const struct thrum_os_thread *thread)
{
    return THRUM_HOSTED_NUMBERS ? thread->number : (uint32_t)thrum_os_thread_id(thread);
}

static bool take_number(struct thrum_os_thread *thread)
{
    if (THRUM_HOSTED_NUMBERS)
        __atomic_store_n(&thread->number, thrum_number_take(), __ATOMIC_RELAXED);
    return !THRUM_HOSTED_NUMBERS || thread->number != 0;
}

static void free_number(struct thrum_os_thread *thread)
{
    if (THRUM_HOSTED_NUMBERS)
        thrum_number_free(thread->number);
}

void thrum_os_thread_adopt(struct thrum_os_thread *thread)
{
    /* not a fatal line like others: that would want a block */
    static const char refused[] =
        "thrum: the system refuses memory for a thread that calls thrum for the first time\n";
    if (!take_number(thread)) {
        thrum_os_write_error(refused, sizeof refused - 1);
        thrum_os_abort();
    }
    thrum_hosted_publish(thread);
    __atomic_store_n(&thread->live, 1, __ATOMIC_RELAXED);
    __atomic_store_n(
        &thread->own, 0,
        __ATOMIC_RELAXED); /* after a fork too: it is the leader now, and parks at its end */
}

void thrum_hosted_after_fork(void)
{
    thrum_hosted_wait_after_fork();
    thrum_hosted_forked();
    if (THRUM_HOSTED_NUMBERS)
        thrum_numbers_free_all();
}

enum thrum_os_fork thrum_os_thread_forked(const struct thrum_block *self,
                                          const struct thrum_block *first)
{
    (void)first;
    /* the libc's fork has told already (self.c); a bare system call has not */
    if (thrum_os_thread_id(&self->os) == thrum_hosted_thread_id())
        return THRUM_OS_FORK_HANDLED;
    thrum_hosted_after_fork();
    return THRUM_OS_FORK_PENDING;
}

/* --- birth ------------------------------------------------------------------------------------ */

void thrum_os_thread_expect(struct thrum_os_thread *thread)
{
    __atomic_store_n(&thread->live, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&thread->own, 1, __ATOMIC_RELAXED);
}

/* The thread is born with signals held: before its first step nothing tells a handler whose thread it
 * is. The mask that it restores then is stored in `block`; NULL: it restores none. */
static int create(struct thrum_block *block, char *low, size_t size, void *(*run)(void *),
                  void *argument, pthread_t *handle)
{
    pthread_attr_t attributes;
    sigset_t mask;
    int kept = errno, error = pthread_attr_init(&attributes);
    if (error == 0) {
        error = pthread_attr_setstack(&attributes, low, size);
        if (error == 0) {
            thrum_hosted_hold_signals(&mask);
            if (block != NULL)
                __builtin_memcpy(block->os.mask, &mask, MASK_SIZE);
            error = pthread_create(handle, &attributes, run, argument);
            thrum_hosted_let_signals(&mask);
        }
        (void)pthread_attr_destroy(&attributes);
    }
    errno = kept;
    return error;
}

void thrum_hosted_let_born(const struct thrum_block *block)
{
    sigset_t mask;
    sigemptyset(&mask);
    __builtin_memcpy(&mask, block->os.mask, MASK_SIZE);
    thrum_hosted_let_signals(&mask);
}

/* The libc says EAGAIN to both: a mapping tells lack of memory from the limit of threads. */
static thrum_status status_of(int error)
{
    if (error == EAGAIN || error == ENOMEM) {
        const size_t some = 64 * thrum_os_page_size();
        void *memory = thrum_os_map(some);
        if (memory == NULL)
            return THRUM_NO_MEMORY;
        thrum_os_unmap(memory, some);
        return THRUM_THREAD_LIMIT;
    }
    return THRUM_SYSTEM;
}

thrum_status thrum_os_thread_start(struct thrum_block *block, void *stack)
{
    pthread_t handle; /* the thread writes its own: some libcs tell it after the birth */
    (void)stack;
    char *low = block->stack_low - (UP ? block->stack_overhead : 0);
    size_t size = (size_t)(block->stack_high - block->stack_low) + block->stack_overhead;
    if (!take_number(&block->os))
        return THRUM_NO_MEMORY;
    int error = create(block, low, size, thrum_hosted_first_frame, block, &handle);
    if (error == 0)
        return THRUM_OK;
    free_number(&block->os);
    return status_of(error);
}

/* --- what the libc has on the stack ----------------------------------------------------------- */

struct told {
    char *frame;
    struct thrum_os_thread thread;
};

static void *tell_frame(void *argument)
{
    struct told *told = argument;
    told->frame = __builtin_frame_address(0);
    /* release: with the frame; `told` may be gone then */
    __atomic_store_n(&told->thread.tid, thrum_hosted_thread_id(), __ATOMIC_RELEASE);
    thrum_os_wake(&told->thread.tid, THRUM_ALL);
    return NULL;
}

/* Static TLS, the libc's own block and its first frames: seen from a thread's own first frame. 0:
 * refused. */
static size_t measure(size_t size)
{
    struct told told = { .frame = NULL };
    char *stack = thrum_os_map(size);
    pthread_t handle;
    if (stack == NULL)
        return 0;
    if (create(NULL, stack, size, tell_frame, &told, &handle) == 0) {
        /* acquire: the frame */
        while (__atomic_load_n(&told.thread.tid, __ATOMIC_ACQUIRE) == 0)
            (void)thrum_os_wait(&told.thread.tid, 0, THRUM_FOREVER);
        told.thread.handle = (uintptr_t)handle;
        thrum_hosted_join(&told.thread);
    }
    thrum_os_unmap(stack, size);
    if (told.frame == NULL)
        return 0;
    size_t distance = (size_t)(UP ? told.frame - stack : stack + size - told.frame);
    return (distance + 63) & ~(size_t)63;
}

size_t thrum_os_stack_overhead(void)
{
    enum { LARGEST = 1 << 26, UNKNOWN_OVERHEAD = 1 << 16 };
    static size_t known;
    size_t overhead = __atomic_load_n(&known, __ATOMIC_RELAXED);
    size_t size = THRUM_THREAD_SANITIZER || thrum_races_told() ? THRUM_HOSTED_FIRST_STACK_RACES
                                                               : THRUM_HOSTED_FIRST_STACK;
    for (; overhead == 0 && size <= LARGEST; size *= 4) {
        overhead = measure(size);
        __atomic_store_n(&known, overhead, __ATOMIC_RELAXED); /* each caller finds the same */
    }
    return overhead != 0 ? overhead : UNKNOWN_OVERHEAD; /* and the spawn will be refused, too */
}

/* --- gone ------------------------------------------------------------------------------------- */

bool thrum_os_thread_ended(const struct thrum_os_thread *thread)
{
    /* acquire: all the thread did comes before what is done with its memory */
    return (__atomic_load_n(&thread->live, __ATOMIC_ACQUIRE) & ~AWAITED) == 0;
}

bool thrum_os_thread_silent(const struct thrum_os_thread *thread)
{
    uint32_t tid = (uint32_t)thrum_os_thread_id(thread);
    if (!thrum_os_thread_ended(thread))
        return false;
    /* the leader's id stays; it is parked, unless it leaves by destructors */
    return thrum_hosted_is_leader(tid) ? thread->rounds == 0 : !thrum_hosted_exists(tid);
}

/* The caller reaps it if this returns true. */
static bool gone(struct thrum_os_thread *thread)
{
    bool ended = thrum_os_thread_ended(thread);
    /* relaxed: not read by whoever might join it once it is set */
    if (thread->own && !__atomic_load_n(&thread->let_go, __ATOMIC_RELAXED))
        return ended && thrum_hosted_try_join(thread);
    uint32_t tid = (uint32_t)thrum_os_thread_id(thread);
    if (thrum_hosted_is_leader(tid)) /* it stays, and its block with it */
        return ended;
    if (thrum_hosted_exists(tid))
        return false;
    /* It may have ended since the look above: its own last store is what no CPU, and no checker, takes for later
     * than what is done with its memory. */
    (void)thrum_os_thread_ended(thread);
    return true;
}

bool thrum_os_thread_gone(struct thrum_os_thread *thread)
{
    bool is = gone(thread);
    if (is)
        free_number(thread);
    return is;
}

thrum_status thrum_os_thread_wait_gone(struct thrum_os_thread *thread, thrum_time deadline)
{
    bool late = false;
    /* acquire, here and below: all the thread did comes before what is done with its memory */
    uint32_t live = __atomic_load_n(&thread->live, __ATOMIC_ACQUIRE);
    while (live != 0) {
        if (late)
            return THRUM_TIMED_OUT;
        if ((live & AWAITED) ||
            __atomic_compare_exchange_n(&thread->live, &live, live | AWAITED, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED))
            late = thrum_os_wait(&thread->live, live | AWAITED, deadline) == THRUM_TIMED_OUT;
        live = __atomic_load_n(&thread->live, __ATOMIC_ACQUIRE);
    }
    if (thread->own) { /* it has done with thrum, and is on its way out */
        thrum_hosted_join(thread);
        free_number(thread);
    }
    return THRUM_OK;
}

void thrum_hosted_let_go(struct thrum_os_thread *thread)
{
    if (thread->own)
        __atomic_store_n(&thread->let_go, pthread_detach(pthread_self()) == 0, __ATOMIC_RELAXED);
}

void thrum_os_thread_mark_gone(struct thrum_os_thread *thread)
{
    /* release: what the thread did comes before what its joiner does */
    if (__atomic_exchange_n(&thread->live, 0, __ATOMIC_RELEASE) & AWAITED)
        thrum_os_wake(&thread->live, THRUM_ALL);
}
