/* The deadlock finder: follows thread -> what it waits for -> holder -> …, pinning each waiter, so
 * that the chain it reports was true all at once. */
#include "diagnose/deadlock.h"

#include "diagnose/fatal.h"
#include "diagnose/wanted.h"
#include "sync/record.h"
#include "thread/registry.h"

/* The thread `thread` waits for, if it waits without deadline, for something held by a live one.
 * The thread is pinned, or the caller itself. */
static struct thrum_thread *next_of(const struct thrum_thread *thread)
{
    uint32_t holder = thrum_wanted_for_ever(thread) ? thrum_wanted_holder(thread) : 0;
    return holder != 0 ? thrum_registry_find(holder) : NULL;
}

/* Pins the chain that begins after `self`. True if it ends in `self`: then the circle is pinned,
 * and nobody in it can have let go of anything since. *pinned counts them. */
static bool pin_circle(struct thrum_thread *self, unsigned *pinned)
{
    *pinned = 0;
    struct thrum_thread *thread = next_of(self);
    while (thread != NULL && thread != self) {
        if (!thrum_wait_pin(thread))
            return false; /* it runs, or it is in a circle without us that we have pinned already */
        ++*pinned;
        thread = next_of(thread);
    }
    return thread == self && *pinned > 0;
}

/* The same walk over `count` threads: true if it still leads back to `self`. A holder may have
 * changed between our look at a lock and our pin of its holder, not since. */
static bool still_circle(struct thrum_thread *self, unsigned count)
{
    struct thrum_thread *thread = next_of(self);
    for (unsigned i = 0; i < count; i++) {
        if (thread == NULL || thread == self ||
            __atomic_load_n(&thread->wait.state, __ATOMIC_RELAXED) != THRUM_WAIT_PINNED)
            return false;
        thread = next_of(thread);
    }
    return thread == self;
}

/* Marks the circle, so that of its threads, which may all look at the same time, one reports. */
static void describe(struct thrum_text *text, struct thrum_thread *self)
{
    thrum_text_string(text, "thrum: deadlock: ");
    thrum_text_thread(text, self);
    struct thrum_thread *thread = self;
    do {
        THRUM_FORK_STORE(&thread->wait.reported, 1);
        thrum_text_string(text, " waits for ");
        thrum_text_wanted(text, thread);
        thread = next_of(thread);
        thrum_text_string(text, ", held by ");
        thrum_text_thread(text, thread);
        thrum_text_string(text, thread == self ? "" : ", which");
    } while (thread != self);
}

/* Nobody but the one finder pins, so those that are pinned are ours. */
static void unpin(unsigned pinned)
{
    struct thrum_thread *thread = thrum_registry.first;
    for (; thread != NULL && pinned > 0; thread = thread->next) {
        if (__atomic_load_n(&thread->wait.state, __ATOMIC_RELAXED) == THRUM_WAIT_PINNED) {
            thrum_wait_unpin(thread);
            pinned--;
        }
    }
}

bool thrum_deadlock_look(void)
{
    char space[2048]; /* a long chain */
    struct thrum_text text = thrum_text(space, sizeof space);
    struct thrum_thread *self = thrum_block_self();
    if (thrum_lock_mine(&thrum_registry.lock)) /* the visitor of thrum_each_thread locks */
        return true;
    /* Only a try: the visitor may itself wait for a lock, for this very thread's even. */
    if (!thrum_lock_try(&thrum_registry.lock))
        return false;
    unsigned pinned;
    bool circle = pin_circle(self, &pinned) && still_circle(self, pinned) && !self->wait.reported;
    if (circle)
        describe(&text, self);
    unpin(pinned);
    if (circle)
        thrum_fatal(&text); /* which gives the lock back */
    thrum_lock_release(&thrum_registry.lock);
    return true;
}

thrum_time thrum_deadlock_from_join(bool first)
{
    return first ? thrum_deadlock_first() : thrum_deadlock_next();
}
