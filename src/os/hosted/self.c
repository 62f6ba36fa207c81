/* The calling thread's block, and how its end is noticed: by the destructor of a key of the libc's,
 * which sets itself again until no round is left, so that others' destructors may still call
 * thrum. */
#include "os/hosted/hosted.h"

#include <pthread.h>

#include "diagnose/fatal.h"
#include "os/hosted/annotate.h"
#include "thread/life.h"
#include "thread/registry.h"

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static THRUM_FORK_VISIBLE uint32_t has_key;

/* Its memory is about to be taken; one that the program has set meanwhile stays. */
static void leave_fault_stack(const struct thrum_block *block)
{
    struct thrum_os_fault_stack none = { NULL, 0, 0 }, now;
    if (thrum_os_fault_stack(&none, &now) && now.base != NULL && now.base != block->fault_stack)
        (void)thrum_os_fault_stack(&now, NULL);
}

void thrum_hosted_last(struct thrum_block *block)
{
    struct thrum_os_thread *thread = &block->os;
    if (block->fault_stack != NULL)
        leave_fault_stack(block);
    if (block->leader) /* which leaves by pthread_exit: the libc ends the process with its last */
        __atomic_fetch_or(&block->life, THRUM_LIFE_ENDED, __ATOMIC_RELEASE); /* as in park() */
    else {
        if (__atomic_load_n(&block->life, __ATOMIC_RELAXED) & THRUM_LIFE_DETACHED)
            thrum_hosted_let_go(thread);
        thrum_thread_last(block);
    }
    thrum_os_thread_mark_gone(thread);
}

/* Keys' destructors run in the first round, as early as the libc's own do, and again in the others for
 * what was set meanwhile. Where the block is found by the key, the key keeps it to the end. */
static void at_end(void *value)
{
    struct thrum_block *block = value, *other = thrum_hosted_mine();
    if (other != NULL && other != block) { /* a handler asked when the value was taken */
        struct thrum_block *own = other->adopted ? block : other;
        if (own == other)
            other = block;
        if (other->os.rounds == 0) /* else it is retired already */
            thrum_thread_hand_over(other, own);
        block = own;
    }
    if (THRUM_HOSTED_SELF_IN_KEY && block->os.rounds >= THRUM_HOSTED_ROUNDS)
        return; /* a round more than the libc has promised */
    if (THRUM_HOSTED_SELF_IN_KEY)
        (void)pthread_setspecific(key, block);
    if (block->adopted && !block->leader && block->os.rounds == 0)
        thrum_retired_push(block); /* the kernel tells when it is gone, even if no round follows */
    thrum_thread_ending(block);
    if (++block->os.rounds >= THRUM_HOSTED_ROUNDS || pthread_setspecific(key, block) != 0)
        thrum_hosted_last(block);
}

/* Of waiting without a table. */
__attribute__((weak)) void thrum_hosted_wait_after_fork(void)
{
}

/* The thread of thrum's own that the caller was before the fork, or NULL. Its handle tells, which the child
 * keeps; before its first step it has none yet, and the frame is on its stack. After that others may run in
 * memory which it lent them. */
static struct thrum_block *find_own(const char *frame)
{
    const uintptr_t handle = (uintptr_t)pthread_self();
    for (struct thrum_block *block = thrum_registry.first; block != NULL; block = block->next) {
        if (block->map == NULL)
            continue;
        if (thrum_os_thread_id(&block->os) != 0
                ? block->os.handle == handle
                : frame >= block->map && frame < block->map + block->map_size)
            return block;
    }
    return NULL;
}

/* Something may fork in an own thread that has not taken its first step, or whose key's value the libc has
 * just taken in order to call at_end: the stack that the child runs on is then known by the list alone. */
static void after_fork(void)
{
    struct thrum_block *self = thrum_hosted_mine();
    thrum_hosted_after_fork();
    struct thrum_block *own = NULL;
    if (self == NULL || self->adopted)
        own = find_own(__builtin_frame_address(0));
    if (own != NULL) {
        if (self != NULL)
            thrum_thread_hand_over(self, own);
        self = own;
        thrum_hosted_publish(&self->os);
        (void)thrum_hosted_arm(self);
    }
    if (self != NULL) {
        thrum_registry_name_self();
        /* else a handler forks on top of a call that holds the lock: in the child it is free */
        if (thrum_registry.visiting && thrum_lock_mine(&thrum_registry.lock))
            thrum_fatal_misuse("forks", "inside thrum_each_thread");
    }
    thrum_thread_after_fork(self);
}

static void start(void)
{
    int error = pthread_key_create(&key, at_end);
    if (error != 0)
        thrum_os_refused("pthread_key_create", error);
    __atomic_store_n(&has_key, 1, __ATOMIC_RELEASE); /* release: the key */
    error = pthread_atfork(NULL, NULL, after_fork);
    if (error != 0)
        thrum_os_refused("pthread_atfork", error);
}

/* Before other constructors, as far as there is an order; one that is earlier starts it itself. Early
 * also because the libc keeps the first keys' values where setting them allocates nothing. */
__attribute__((constructor(101))) static void start_early(void)
{
    (void)pthread_once(&once, start);
}

struct thrum_block *thrum_hosted_at_key(void)
{
    /* acquire: the key */
    return __atomic_load_n(&has_key, __ATOMIC_ACQUIRE) ? pthread_getspecific(key) : NULL;
}

/* First of all the block is the thread's own: the rest may allocate, by an allocator that calls thrum. */
bool thrum_hosted_arm(struct thrum_block *block)
{
    thrum_hosted_set_mine(block);
    (void)pthread_once(&once, start);
    return pthread_setspecific(key, block) == 0;
}

void thrum_hosted_hold_signals(sigset_t *kept)
{
    static const int faults[] = { SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV };
    sigset_t all;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&all,
                  faults[i]); /* the thread's own doing: the kernel kills where it has to wait */
    (void)pthread_sigmask(SIG_SETMASK, &all, kept);
}

void thrum_hosted_let_signals(const sigset_t *kept)
{
    (void)pthread_sigmask(SIG_SETMASK, kept, NULL);
}

/* --- threads that others made ----------------------------------------------------------------- */

bool thrum_os_thread_is_leader(const struct thrum_os_thread *thread)
{
    return thrum_hosted_is_leader((uint32_t)thrum_os_thread_id(thread));
}

void thrum_os_adopted(struct thrum_block *block)
{
    if (!thrum_hosted_arm(block))
        thrum_os_refused("pthread_setspecific", 0);
}

/* Of both ids one may be an ended thread's, whose block is not reaped yet. */
static struct thrum_block *find_by_ids(void)
{
    const uintptr_t handle = (uintptr_t)pthread_self();
    const uint32_t id = thrum_hosted_thread_id();
    struct thrum_block *block = thrum_registry.first;
    while (block != NULL && (block->os.handle != handle || thrum_os_thread_id(&block->os) != id))
        block = block->next;
    return block;
}

/* The calling thread's block when the libc has taken the value of the key that alone tells it: for a moment
 * before it calls at_end, and for good after the last round. NULL: it has none, or the lock's holder waits
 * for this very handler; then the thread is adopted once more, and at_end finds that. */
static struct thrum_block *try_to_find(void)
{
    enum { MOST_TRIES = 1000 };
    struct thrum_block *block = NULL;
    for (int i = 0; i < MOST_TRIES; i++) {
        if (thrum_word_try(&thrum_registry.lock.word, THRUM_LOCK_ID_NOBODY)) {
            thrum_registry_take_in();
            block = find_by_ids();
            thrum_lock_release(&thrum_registry.lock);
            break;
        }
        thrum_os_yield();
    }
    if (block != NULL)
        (void)thrum_hosted_arm(block);
    return block;
}

struct thrum_block *thrum_hosted_adopt(void)
{
    sigset_t kept;
    thrum_hosted_hold_signals(&kept);
    struct thrum_block *block = thrum_hosted_mine(); /* a handler may have been quicker */
    if (block == NULL && THRUM_HOSTED_SELF_IN_KEY)
        block = try_to_find();
    if (block == NULL)
        block = thrum_thread_adopt();
    thrum_hosted_let_signals(&kept);
    return block;
}
