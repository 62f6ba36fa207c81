/* One line a thread. Runs in signal handlers and in programs that hang, so it only tries locks. */
#include "diagnose/fatal.h"
#include "diagnose/wanted.h"
#include "sync/record.h"
#include "thread/life.h"
#include "thread/mapping.h"
#include "thread/registry.h"
#include "thrum/diagnose.h"

enum {
    LINE_SIZE = 512, /* of two threads, whose names may be escaped throughout */
    MOST_WAIT_NS = 1000000000
};

static void add_stack(struct thrum_text *text, struct thrum_block *thread)
{
    thrum_stack stack;
    bool known = thrum_stack_measure(thread, &stack) == THRUM_OK;
    thrum_text_string(text, ", stack ");
    if (known)
        thrum_text_number(text, stack.used);
    else
        thrum_text_string(text, "?");
    if (stack.size == 0) /* where it is was never asked */
        return;
    thrum_text_string(text, " of ");
    thrum_text_number(text, stack.size);
}

/* What a thread waits for that cannot leave its wait meanwhile, and who holds it. */
static void add_wait(struct thrum_text *text, struct thrum_block *thread)
{
    if (thread->wait.kind == THRUM_WAIT_SLEEP) {
        thrum_text_string(text, ", sleeps");
        return;
    }
    thrum_text_string(text, thread->wait.timed ? ", waits (with deadline) for " : ", waits for ");
    thrum_text_wanted(text, thread);
    uint32_t holder = thrum_wanted_holder(thread);
    if (holder != 0 && thread->wait.kind != THRUM_WAIT_JOIN) {
        thrum_text_string(text, ", held by ");
        thrum_text_holder(text, holder);
    }
}

/* The calling thread: in a handler it may be one that waits, and cannot leave its wait before. */
static void add_self(struct thrum_text *text, struct thrum_block *self)
{
    /* acquire: with the record's other fields, which the interrupted code wrote before */
    if (__atomic_load_n(&self->wait.state, __ATOMIC_ACQUIRE) == THRUM_WAIT_NONE) {
        thrum_text_string(text, ", runs (dumps)");
        return;
    }
    add_wait(text, self);
    thrum_text_string(text, ", interrupted (dumps)");
}

static void dump_thread(int fd, struct thrum_block *thread)
{
    char space[LINE_SIZE];
    struct thrum_text text = thrum_text(space, sizeof space - 1);
    uint32_t life = __atomic_load_n(&thread->life, __ATOMIC_RELAXED);
    thrum_text_thread(&text, thread);
    if (life & THRUM_LIFE_ENDED)
        thrum_text_string(&text, life & THRUM_LIFE_DETACHED ? ", ended" : ", ended, not joined");
    else if (thread == thrum_block_self())
        add_self(&text, thread);
    else if (thrum_wait_pin(thread)) {
        add_wait(&text, thread);
        thrum_wait_unpin(thread);
    } else {
        bool ends = __atomic_load_n(&thread->ending, __ATOMIC_RELAXED) != 0;
        thrum_text_string(&text, ends ? ", ends" : ", runs");
    }
    if (!(life & THRUM_LIFE_ENDED)) {
        add_stack(&text, thread);
        if (thrum_mapping_overflow(thread) != NULL)
            thrum_text_string(&text, ", overflowed");
    }
    (void)thrum_text_end(&text);
    space[text.length] = '\n';
    thrum_os_write(fd, space, text.length + 1);
}

/* One made by others is theirs to end and join. */
static bool forgotten(const struct thrum_block *thread)
{
    return thread->adopted && !thread->leader &&
           (__atomic_load_n(&thread->life, __ATOMIC_RELAXED) & THRUM_LIFE_ENDED) != 0;
}

void thrum_dump(int fd)
{
    static const char busy[] = "thrum: the list of threads is in use just now, no dump\n";
    (void)thrum_block_self();
    thrum_registry_name_self(); /* a handler may run before the thread's first step */
    bool mine = thrum_lock_mine(&thrum_registry.lock), locked = mine;
    const thrum_time limit = thrum_os_now() + MOST_WAIT_NS;
    for (int tries = 0; !locked && tries < 1000 && thrum_os_now() < limit; tries++) {
        locked = thrum_registry_try_lock();
        if (!locked)
            thrum_os_yield();
    }
    /* In a handler on top of the very code that changes the list, the lock is the thread's own, and
     * the list may be half changed; from the visitor of thrum_each_thread it is whole. A walk by
     * `next` is sound in both. */
    if (!locked) {
        thrum_os_write(fd, busy, sizeof busy - 1);
        return;
    }
    for (struct thrum_block *thread = thrum_registry.first; thread != NULL; thread = thread->next)
        if (!forgotten(thread))
            dump_thread(fd, thread);
    if (!mine)
        thrum_lock_release(&thrum_registry.lock);
}
