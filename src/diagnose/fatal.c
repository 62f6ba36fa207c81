/* Misuse: who did what to which object, who holds it. Then abort. */
#include "diagnose/fatal.h"

#include "thread/registry.h"
#include "thrum/diagnose.h"

static void (*THRUM_FORK_VISIBLE fatal_hook)(const char *message);

void thrum_set_fatal_hook(void (*hook)(const char *message))
{
    /* release, and acquire below: what the hook reads was written before it was set */
    __atomic_store_n(&fatal_hook, hook, __ATOMIC_RELEASE);
}

_Noreturn void thrum_fatal(struct thrum_text *text)
{
    const char *line = thrum_text_end(text);
    (void)thrum_block_self();
    thrum_registry_name_self(); /* as in thrum_dump */
    if (thrum_lock_mine(&thrum_registry.lock))
        thrum_lock_release(&thrum_registry.lock);
    void (*hook)(const char *) = __atomic_load_n(&fatal_hook, __ATOMIC_ACQUIRE);
    struct thrum_block *self = thrum_block_self();
    bool again =
        self->dying != 0; /* misuse by the hook itself is printed, or it would have no end */
    THRUM_FORK_STORE(&self->dying, 1); /* a handler on top of the hook reads it */
    if (hook != NULL && !again) {
        hook(line);
    } else {
        text->space[text->length] = '\n'; /* over the end, so that one write is one line */
        thrum_os_write_error(line, text->length + 1);
    }
    thrum_os_abort();
}

void thrum_text_thread(struct thrum_text *text, const struct thrum_block *thread)
{
    /* A copy: the name may be set meanwhile, and what is written is what was looked at. Volatile: each byte
     * is read once. */
    const volatile char *from = thread->name;
    char name[THRUM_NAME_MAX];
    size_t length = 0;
    while (length < THRUM_NAME_MAX && (name[length] = from[length]) != '\0')
        length++;
    thrum_text_string(text, "thread ");
    thrum_text_number(text, thrum_os_thread_id(&thread->os));
    if (length > 0) {
        thrum_text_string(text, " ");
        thrum_text_quoted(text, name, length);
    }
}

void thrum_text_holder(struct thrum_text *text, uint32_t lock_id)
{
    bool mine = thrum_lock_mine(&thrum_registry.lock), locked = mine;
    for (int tries = 0; !locked && tries < 1000; tries++) {
        locked = thrum_registry_try_lock();
        if (!locked)
            thrum_os_yield();
    }
    if (locked) {
        const struct thrum_block *thread = thrum_registry_find(lock_id);
        if (thread != NULL) {
            thrum_text_thread(text, thread);
        } else {
            thrum_text_string(text, "thread ");
            thrum_text_number(text, thrum_registry_kernel_id_of_ended(lock_id));
            thrum_text_string(text, ", which has ended");
        }
        if (!mine)
            thrum_lock_release(&thrum_registry.lock);
        return;
    }
    thrum_text_string(text, "thread ");
    thrum_text_number(text, thrum_registry_kernel_id_of_ended(lock_id));
}

static struct thrum_text begin(char *space, const char *does)
{
    struct thrum_text text = thrum_text(space, THRUM_FATAL_SIZE);
    thrum_text_string(&text, "thrum: ");
    thrum_text_thread(&text, thrum_block_self());
    thrum_text_string(&text, " ");
    thrum_text_string(&text, does);
    thrum_text_string(&text, " ");
    return text;
}

_Noreturn void thrum_fatal_misuse(const char *does, const char *what)
{
    char space[THRUM_FATAL_SIZE];
    struct thrum_text text = begin(space, does);
    thrum_text_string(&text, what);
    thrum_fatal(&text);
}

_Noreturn void thrum_fatal_object(const char *does, const char *kind, const volatile void *object,
                                  const char *why, uint32_t word)
{
    char space[THRUM_FATAL_SIZE];
    struct thrum_text text = begin(space, does);
    thrum_text_string(&text, "the ");
    thrum_text_string(&text, kind);
    thrum_text_string(&text, " at ");
    thrum_text_address(&text, object);
    if (why != NULL) {
        thrum_text_string(&text, " ");
        thrum_text_string(&text, why);
    }
    if (word == 0) {
        thrum_text_string(&text, ", which nobody holds");
    } else if (word != THRUM_FATAL_NO_HOLDER) {
        thrum_text_string(&text, ", held by ");
        thrum_text_holder(&text, THRUM_HOLDER(word));
    }
    thrum_fatal(&text);
}

_Noreturn void thrum_fatal_thread_misuse(const char *does, struct thrum_block *thread,
                                         const thrum_thread *handle, const char *why)
{
    char space[THRUM_FATAL_SIZE];
    struct thrum_text text = begin(space, does);
    if (thread != NULL) {
        (void)thrum_os_thread_await_id(&thread->os);
        thrum_text_thread(&text, thread);
    } else {
        thrum_text_string(&text, "a thread");
    }
    thrum_text_string(&text, " at ");
    thrum_text_address(&text, handle);
    thrum_text_string(&text, ", ");
    thrum_text_string(&text, why);
    thrum_fatal(&text);
}

_Noreturn void thrum_fatal_overflow(const struct thrum_block *thread, size_t stack,
                                    const void *address)
{
    char space[THRUM_FATAL_SIZE];
    struct thrum_text text = thrum_text(space, sizeof space);
    thrum_text_string(&text, "thrum: ");
    thrum_text_thread(&text, thread);
    thrum_text_string(&text, " has overflowed its stack of ");
    thrum_text_number(&text, stack);
    thrum_text_string(&text, " bytes, at ");
    thrum_text_address(&text, address);
    thrum_fatal(&text);
}

_Noreturn void thrum_os_refused(const char *call, long error)
{
    char space[THRUM_FATAL_SIZE];
    struct thrum_text text = thrum_text(space, sizeof space);
    thrum_text_string(&text, "thrum: the system refuses ");
    thrum_text_string(&text, call);
    thrum_text_string(&text, " with error ");
    thrum_text_number(&text, (uint64_t)error);
    thrum_fatal(&text);
}
