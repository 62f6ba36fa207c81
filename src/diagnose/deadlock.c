/* The deadlock finder: follows thread -> what it waits for -> holder -> …, pinning each waiter, so
 * that the circle it reports was true all at once; or to a holder that has ended. */
#include "diagnose/deadlock.h"

#include "diagnose/fatal.h"
#include "diagnose/wanted.h"
#include "sync/record.h"
#include "thread/registry.h"

/* What a walk has found: a thread of a circle, or one that waits for a holder that has ended. */
struct finding {
    struct thrum_block *in_circle, *waits;
    unsigned pinned;
};

/* Who holds what `thread` waits for, if it waits without deadline: a lock id, or 0. The thread is
 * pinned, or the caller itself. */
static uint32_t holder_for(const struct thrum_block *thread)
{
    return thrum_wanted_for_ever(thread) ? thrum_wanted_holder(thread) : 0;
}

static struct thrum_block *next_of(const struct thrum_block *thread)
{
    uint32_t holder = holder_for(thread);
    return holder != 0 ? thrum_registry_find(holder) : NULL;
}

/* Whether no thread with the lock id runs any more, nor one that has no lock id yet and may get this
 * one, as it may be that of an earlier thread. */
static bool has_ended(uint32_t lock_id)
{
    for (struct thrum_block *block = thrum_registry.first; block != NULL; block = block->next) {
        uint32_t id = __atomic_load_n(&block->head.lock_id, __ATOMIC_RELAXED);
        if (id != lock_id && id != 0)
            continue;
        /* acquire: with its end, before which its last unlock was */
        if (!(__atomic_load_n(&block->life, __ATOMIC_ACQUIRE) & THRUM_LIFE_ENDED) ||
            !thrum_os_thread_silent(&block->os))
            return false;
    }
    return true;
}

/* The second look at the lock comes after the one at the end: an id that is still there then is there
 * for ever. */
static bool waits_for_ended(const struct thrum_block *thread, uint32_t holder)
{
    return thread->wait.kind != THRUM_WAIT_JOIN && has_ended(holder) &&
           holder_for(thread) == holder;
}

static bool is_pinned(const struct thrum_block *thread)
{
    return __atomic_load_n(&thread->wait.state, __ATOMIC_RELAXED) == THRUM_WAIT_PINNED;
}

/* Pins those after `self`, up to where nothing follows, or a circle closes: of `self`, or of others,
 * each of whom may have looked before there was one, or cannot look while it waits for a mutex to which
 * a broadcast has moved it. Nobody in a circle that is pinned can have released anything since. */
static struct finding follow(struct thrum_block *self)
{
    struct finding found = { NULL, NULL, 0 };
    for (struct thrum_block *thread = self;;) {
        uint32_t holder = holder_for(thread);
        struct thrum_block *next = holder != 0 ? thrum_registry_find(holder) : NULL;
        if (next == NULL) {
            if (holder != 0 && waits_for_ended(thread, holder))
                found.waits = thread;
            return found;
        }
        if (next == self || is_pinned(next)) { /* nobody but the one finder pins */
            found.in_circle = next;
            return found;
        }
        if (!thrum_wait_pin(next))
            return found; /* it runs */
        found.pinned++;
        thread = next;
    }
}

/* The same walk once more: true if it still leads from the thread back to it. A holder may have
 * changed between our look at a lock and our pin of its holder, not since. */
static bool is_circle(const struct thrum_block *start, const struct thrum_block *self,
                      unsigned pinned)
{
    const struct thrum_block *thread = start;
    for (unsigned i = 0; i <= pinned; i++) {
        thread = next_of(thread);
        if (thread == start)
            return i > 0;
        if (thread == NULL || (thread != self && !is_pinned(thread)))
            return false;
    }
    return false;
}

/* Marks the circle, so that of its threads, which may all look at the same time, one reports. */
static void describe_circle(struct thrum_text *text, struct thrum_block *start)
{
    thrum_text_thread(text, start);
    struct thrum_block *thread = start;
    do {
        THRUM_FORK_STORE(&thread->wait.reported, 1);
        thrum_text_string(text, " waits for ");
        thrum_text_wanted(text, thread);
        thread = next_of(thread);
        thrum_text_string(text, ", held by ");
        thrum_text_thread(text, thread);
        thrum_text_string(text, thread == start ? "" : ", which");
    } while (thread != start);
}

/* Others that wait for the same keep still: one line says it. */
static void mark_all_that_wait_for(const volatile void *object)
{
    struct thrum_block *thread = thrum_registry.first;
    for (; thread != NULL; thread = thread->next) {
        if (!thrum_wait_pin(thread))
            continue;
        if (thread->wait.object == object)
            THRUM_FORK_STORE(&thread->wait.reported, 1);
        thrum_wait_unpin(thread);
    }
}

static void describe_ended(struct thrum_text *text, struct thrum_block *waits)
{
    THRUM_FORK_STORE(&waits->wait.reported, 1);
    mark_all_that_wait_for(waits->wait.object);
    thrum_text_thread(text, waits);
    thrum_text_string(text, " waits for ");
    thrum_text_wanted(text, waits);
    thrum_text_string(text, ", held by ");
    thrum_text_holder(text, thrum_wanted_holder(waits));
}

/* Those that are pinned are ours. */
static void unpin(unsigned pinned)
{
    struct thrum_block *thread = thrum_registry.first;
    for (; thread != NULL && pinned > 0; thread = thread->next) {
        if (is_pinned(thread)) {
            thrum_wait_unpin(thread);
            pinned--;
        }
    }
}

/* False: the list of threads was in use, ask again. */
static bool look(void)
{
    char space[2048]; /* a long chain */
    struct thrum_text text = thrum_text(space, sizeof space);
    struct thrum_block *self = thrum_block_self();
    if (thrum_lock_mine(&thrum_registry.lock)) /* the visitor of thrum_each_thread locks */
        return true;
    /* Only a try: the visitor may itself wait for a lock, for this very thread's even. */
    if (!thrum_registry_try_lock())
        return false;
    struct finding found = follow(self);
    bool circle = found.in_circle != NULL && !found.in_circle->wait.reported &&
                  is_circle(found.in_circle, self, found.pinned);
    bool ended = found.waits != NULL && !found.waits->wait.reported;
    thrum_text_string(&text, "thrum: deadlock: ");
    if (circle)
        describe_circle(&text, found.in_circle);
    else if (ended)
        describe_ended(&text, found.waits);
    unpin(found.pinned);
    if (circle || ended)
        thrum_fatal(&text); /* which gives the lock back */
    thrum_lock_release(&thrum_registry.lock);
    return true;
}

thrum_time thrum_deadlock_next(void)
{
    struct thrum_wait_record *record = &thrum_block_self()->wait;
    uint32_t looks = record->looks;
    bool made = look();
    if (looks < THRUM_DEADLOCK_LOOKS)
        THRUM_FORK_STORE(&record->looks, ++looks);
    else if (made)
        return THRUM_FOREVER;
    thrum_time length = made ? THRUM_DEADLOCK_AFTER : THRUM_DEADLOCK_AGAIN;
    while (looks-- > 0)
        length += length; /* no shift of 64 bits: it is a library's on some CPUs */
    return thrum_os_now() + length;
}

thrum_time thrum_deadlock_from_join(bool first)
{
    return first ? thrum_deadlock_first() : thrum_deadlock_next();
}
