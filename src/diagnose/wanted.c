/* What a waiting thread wants. */
#include "diagnose/wanted.h"

#include "diagnose/fatal.h"
#include "sync/cond_state.h"
#include "sync/lock.h"
#include "sync/rwlock_word.h"
#include "thrum/rwlock.h"

const char *thrum_wanted_kind(const struct thrum_block *thread)
{
    switch ((enum thrum_wait_kind)thread->wait.kind) {
    case THRUM_WAIT_MUTEX: return "mutex";
    case THRUM_WAIT_READ: return "rwlock (to read)";
    case THRUM_WAIT_WRITE: return "rwlock (to write)";
    case THRUM_WAIT_COND: return "condition";
    case THRUM_WAIT_SEM: return "semaphore";
    case THRUM_WAIT_EVENT: return "event";
    case THRUM_WAIT_GROUP: return "waitgroup";
    case THRUM_WAIT_ONCE: return "once";
    case THRUM_WAIT_BARRIER: return "barrier";
    case THRUM_WAIT_JOIN: return "thread";
    case THRUM_WAIT_ADDRESS: return "word";
    case THRUM_WAIT_SLEEP: return "time";
    }
    return "object";
}

/* A claimed or moved waiter of a condition waits for the mutex, whatever its deadline was. */
static const thrum_mutex *mutex_of_woken(const struct thrum_block *thread)
{
    if (thread->wait.kind != THRUM_WAIT_COND)
        return NULL;
    switch ((enum thrum_cond_state)__atomic_load_n(&thread->waiter.state, __ATOMIC_RELAXED)) {
    case THRUM_COND_CLAIMED:
    case THRUM_COND_AWAKE:
    case THRUM_COND_MOVED: return thread->waiter.mutex;
    case THRUM_COND_WAITING:
    case THRUM_COND_SIGNALLED:
    case THRUM_COND_LEFT: break;
    }
    return NULL;
}

bool thrum_wanted_for_ever(const struct thrum_block *thread)
{
    return !thread->wait.timed || mutex_of_woken(thread) != NULL;
}

uint32_t thrum_wanted_holder(const struct thrum_block *thread)
{
    uint32_t word;
    const thrum_mutex *mutex = mutex_of_woken(thread);
    if (mutex != NULL)
        return THRUM_HOLDER(__atomic_load_n(&mutex->private_word, __ATOMIC_RELAXED));
    switch ((enum thrum_wait_kind)thread->wait.kind) {
    case THRUM_WAIT_MUTEX:
    case THRUM_WAIT_ONCE:
        word = __atomic_load_n((const uint32_t *)thread->wait.object, __ATOMIC_RELAXED);
        return THRUM_HOLDER(word);
    case THRUM_WAIT_READ:
    case THRUM_WAIT_WRITE:
        word = __atomic_load_n(&((const thrum_rwlock *)thread->wait.object)->private_word,
                               __ATOMIC_RELAXED);
        return thrum_rwlock_writer(word);
    case THRUM_WAIT_JOIN: /* a newborn thread may be writing it */
        return __atomic_load_n(&((const struct thrum_block *)thread->wait.object)->head.lock_id,
                               __ATOMIC_RELAXED);
    default: return 0;
    }
}

void thrum_text_wanted(struct thrum_text *text, const struct thrum_block *thread)
{
    if (thread->wait.kind == THRUM_WAIT_JOIN) {
        thrum_text_string(text, "the end of ");
        thrum_text_thread(text, (const struct thrum_block *)thread->wait.object);
        return;
    }
    thrum_text_string(text, "the ");
    thrum_text_string(text, thrum_wanted_kind(thread));
    thrum_text_string(text, " at ");
    thrum_text_address(text, thread->wait.object);
    const thrum_mutex *mutex = mutex_of_woken(thread);
    if (mutex != NULL) {
        thrum_text_string(text, ", woken, and for the mutex at ");
        thrum_text_address(text, mutex);
    }
}
