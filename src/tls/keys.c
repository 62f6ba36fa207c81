/* Keys: a table of who is allocated, a flat table of values in every thread (at the end of its
 * control block). Lock order: the registry's, which a visitor that allocates a key holds, then the
 * keys'. */
#include "diagnose/fatal.h"
#include "thread/life.h"
#include "thread/registry.h"

enum { FREE, USED, USED_INHERIT, SCRUBBED /* no key any more, nobody's yet */ };
enum { DESTROY_ROUNDS = 4 }; /* POSIX's PTHREAD_DESTRUCTOR_ITERATIONS */

/* `state` is read without the lock, `destroy` only under it. Index 0 is never used. */
static struct {
    THRUM_FORK_VISIBLE uint32_t state;
    void (*THRUM_FORK_VISIBLE destroy)(void *value);
} keys[THRUM_KEY_MAX + 1];

static struct thrum_lock keys_lock;
/* where the search for a free key goes on: late reuse */
static THRUM_FORK_VISIBLE uint32_t last_given;
/* the highest key ever given with THRUM_TLS_INHERIT */
static THRUM_FORK_VISIBLE uint32_t inherit_high;

static bool allocated(uint32_t index)
{
    if (index - 1 >= THRUM_KEY_MAX)
        return false;
    uint32_t state = __atomic_load_n(&keys[index].state, __ATOMIC_RELAXED);
    return state == USED || state == USED_INHERIT;
}

static _Noreturn void bad_key(const char *does, uint32_t index, const char *why)
{
    char space[64];
    struct thrum_text text = thrum_text(space, sizeof space);
    thrum_text_string(&text, "key ");
    thrum_text_number(&text, index);
    thrum_text_string(&text, why);
    thrum_fatal_misuse(does, thrum_text_end(&text));
}

_Noreturn void thrum_private_tls_bad_key(uint32_t index)
{
    bad_key("gets", index, ", which is out of range");
}

thrum_status thrum_tls_alloc(thrum_tls_key *key, void (*destroy)(void *value), unsigned flags)
{
    key->private_index = 0;
    if ((flags & ~THRUM_TLS_INHERIT) != 0 || (flags != 0 && destroy != NULL))
        return THRUM_INVALID;
    thrum_lock_take(&keys_lock);
    for (uint32_t i = 0; i < THRUM_KEY_MAX; i++) {
        uint32_t index = (last_given + i) % THRUM_KEY_MAX + 1;
        if (keys[index].state != FREE)
            continue;
        THRUM_FORK_STORE(&keys[index].destroy, destroy);
        if (flags != 0 && index > inherit_high)
            __atomic_store_n(&inherit_high, index, __ATOMIC_RELAXED);
        thrum_fork_order(); /* a child that finds the key finds its destructor */
        __atomic_store_n(&keys[index].state, flags != 0 ? USED_INHERIT : USED, __ATOMIC_RELAXED);
        THRUM_FORK_STORE(&last_given, index);
        key->private_index = index;
        break;
    }
    thrum_lock_release(&keys_lock);
    return key->private_index != 0 ? THRUM_OK : THRUM_KEY_LIMIT;
}

/* The key is no key any more before the scrub: a thread spawned before it is scrubbed, one spawned
 * after it inherits from a scrubbed slot. And it is nobody's until after the scrub, though the
 * keys' lock is free meanwhile: the registry's may be held by a visitor who allocates a key. */
void thrum_tls_free(thrum_tls_key key)
{
    uint32_t index = key.private_index;
    thrum_registry_not_visiting("frees a key");
    thrum_lock_take(&keys_lock);
    if (!allocated(index)) {
        thrum_lock_release(&keys_lock);
        bad_key("frees", index, ", which is not allocated");
    }
    __atomic_store_n(&keys[index].state, SCRUBBED, __ATOMIC_RELAXED);
    /* after the state: a child of a fork does not find a key without its destructor */
    THRUM_FORK_STORE(&keys[index].destroy, NULL);
    thrum_lock_release(&keys_lock);
    thrum_lock_take(&thrum_registry.lock);
    for (struct thrum_thread *block = thrum_registry.first; block != NULL; block = block->next)
        if (__atomic_load_n(&block->slots_high, __ATOMIC_RELAXED) >= index)
            __atomic_store_n(&thrum_block_slots(block)[index], NULL, __ATOMIC_RELAXED);
    thrum_lock_release(&thrum_registry.lock);
    thrum_lock_take(&keys_lock);
    __atomic_store_n(&keys[index].state, FREE, __ATOMIC_RELAXED);
    thrum_lock_release(&keys_lock);
}

static void set(struct thrum_thread *block, uint32_t index, void *value)
{
    /* the mark first: a scrub that misses it would miss the value */
    if (index > block->slots_high)
        __atomic_store_n(&block->slots_high, index, __ATOMIC_RELAXED);
    __atomic_store_n(&thrum_block_slots(block)[index], value, __ATOMIC_RELAXED);
}

void thrum_tls_set(thrum_tls_key key, void *value)
{
    if (!allocated(key.private_index))
        bad_key("sets", key.private_index, ", which is not allocated");
    set(thrum_block_self(), key.private_index, value);
}

void *thrum_tls_get(thrum_tls_key key)
{
    if (key.private_index - 1 >= THRUM_KEY_MAX)
        thrum_private_tls_bad_key(key.private_index);
    return __atomic_load_n(&thrum_block_slots(thrum_block_self_in_handler())[key.private_index],
                           __ATOMIC_RELAXED);
}

/* Called by the spawner, under the registry's lock. */
void thrum_tls_keys_inherit(struct thrum_thread *child, struct thrum_thread *parent)
{
    uint32_t high = __atomic_load_n(&inherit_high, __ATOMIC_RELAXED);
    if (high > parent->slots_high)
        high = parent->slots_high;
    for (uint32_t index = 1; index <= high; index++) {
        void *value = thrum_block_slots(parent)[index];
        if (value != NULL && __atomic_load_n(&keys[index].state, __ATOMIC_RELAXED) == USED_INHERIT)
            set(child, index, value);
    }
}

/* Takes value and destructor in one step against thrum_tls_free: no destructor of a later key sees
 * a value of an earlier one. */
static void *take_value(struct thrum_thread *block, uint32_t index, void (**destroy)(void *value))
{
    void *THRUM_FORK_VISIBLE *slot = &thrum_block_slots(block)[index];
    void *value = NULL;
    thrum_lock_take(&keys_lock);
    *destroy = keys[index].destroy;
    if (*destroy != NULL) {
        value = __atomic_load_n(slot, __ATOMIC_RELAXED);
        __atomic_store_n(slot, NULL, __ATOMIC_RELAXED);
    }
    thrum_lock_release(&keys_lock);
    return value;
}

/* Whether there was anything to destroy. */
static bool destroy_all(struct thrum_thread *block)
{
    bool any = false;
    for (uint32_t index = 1; index <= block->slots_high; index++) {
        void (*destroy)(void *value);
        void *value = NULL;
        if (__atomic_load_n(&thrum_block_slots(block)[index], __ATOMIC_RELAXED) != NULL)
            value = take_value(block, index, &destroy);
        if (value != NULL) {
            destroy(value);
            any = true;
        }
    }
    return any;
}

/* May come again, when others' destructors have run: the rounds are counted over all. */
void thrum_tls_keys_end(struct thrum_thread *block)
{
    while (block->destroy_rounds < DESTROY_ROUNDS && destroy_all(block))
        block->destroy_rounds++;
}

void thrum_tls_keys_after_fork(struct thrum_thread *self)
{
    __atomic_store_n(&keys_lock.word, 0, __ATOMIC_RELAXED);
    /* what another thread was freeing is freed here */
    for (uint32_t index = 1; index <= THRUM_KEY_MAX; index++) {
        if (keys[index].state != SCRUBBED && keys[index].state != FREE)
            continue;
        __atomic_store_n(&keys[index].state, FREE, __ATOMIC_RELAXED);
        THRUM_FORK_STORE(&keys[index].destroy, NULL);
        if (self != NULL && index <= self->slots_high)
            __atomic_store_n(&thrum_block_slots(self)[index], NULL, __ATOMIC_RELAXED);
    }
}
