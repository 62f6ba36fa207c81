/* Keys: a table of who is allocated, a flat table of values in every thread (at the end of its
 * control block). Lock order: the registry's, which a visitor that allocates a key holds, then the
 * keys'. */
#include "diagnose/fatal.h"
#include "thread/life.h"
#include "thread/registry.h"

enum { FREE, USED, USED_INHERIT, SCRUBBED /* no key any more, nobody's yet */, STATES };
enum { DESTROY_ROUNDS = 4 }; /* POSIX's PTHREAD_DESTRUCTOR_ITERATIONS */

/* A key is its index and, above THRUM_PRIVATE_KEY_INDEX, its generation: how often the index was given
 * before, as far as there are bits. `word` is the generation of the key that is, or will be, given, times
 * STATES, and the state: one word, so that set compares both at once. It is read without the lock,
 * `destroy` only under it. Index 0 is never used. */
static struct {
    THRUM_FORK_VISIBLE uint32_t word;
    void (*THRUM_FORK_VISIBLE destroy)(void *value);
} keys[THRUM_KEY_MAX + 1];

static struct thrum_lock keys_lock;
/* where the search for a free key goes on: late reuse */
static THRUM_FORK_VISIBLE uint32_t last_given;
/* the highest key ever given with THRUM_TLS_INHERIT */
static THRUM_FORK_VISIBLE uint32_t inherit_high;

_Static_assert(THRUM_KEY_MAX <= THRUM_PRIVATE_KEY_INDEX, "an index does not fit");
enum { GENERATIONS = UINT32_MAX / (THRUM_PRIVATE_KEY_INDEX + 1) + 1u };
_Static_assert((uint64_t)GENERATIONS *STATES <= UINT32_MAX, "a generation does not fit");

static uint32_t index_of(thrum_tls_key key)
{
    return key.private_word & THRUM_PRIVATE_KEY_INDEX;
}

static uint32_t generation_of(thrum_tls_key key)
{
    return key.private_word / (THRUM_PRIVATE_KEY_INDEX + 1u);
}

static uint32_t state_of(uint32_t index)
{
    return __atomic_load_n(&keys[index].word, __ATOMIC_RELAXED) % STATES;
}

static void set_state(uint32_t index, uint32_t generation, uint32_t state)
{
    __atomic_store_n(&keys[index].word, generation % GENERATIONS * STATES + state,
                     __ATOMIC_RELAXED);
}

static bool allocated(thrum_tls_key key)
{
    if (index_of(key) - 1 >= THRUM_KEY_MAX)
        return false;
    uint32_t word = __atomic_load_n(&keys[index_of(key)].word, __ATOMIC_RELAXED);
    uint32_t used = generation_of(key) * STATES;
    return word == used + USED || word == used + USED_INHERIT;
}

static _Noreturn void bad_key(const char *does, thrum_tls_key key)
{
    char space[64];
    const uint32_t index = index_of(key);
    struct thrum_text text = thrum_text(space, sizeof space);
    thrum_text_string(&text, "key ");
    thrum_text_number(&text, index);
    if (index - 1 >= THRUM_KEY_MAX)
        thrum_text_string(&text, ", which is out of range");
    else if (__atomic_load_n(&keys[index].word, __ATOMIC_RELAXED) / STATES != generation_of(key))
        thrum_text_string(&text, ", which was freed");
    else
        thrum_text_string(&text, ", which is not allocated");
    thrum_fatal_misuse(does, thrum_text_end(&text));
}

_Noreturn void thrum_private_tls_bad_key(thrum_tls_key key)
{
    bad_key("gets", key);
}

thrum_status thrum_tls_alloc(thrum_tls_key *key, void (*destroy)(void *value), unsigned flags)
{
    key->private_word = 0;
    if ((flags & ~THRUM_TLS_INHERIT) != 0 || (flags != 0 && destroy != NULL))
        return THRUM_INVALID;
    thrum_lock_take(&keys_lock);
    for (uint32_t i = 0; i < THRUM_KEY_MAX; i++) {
        uint32_t index = (last_given + i) % THRUM_KEY_MAX + 1;
        if (state_of(index) != FREE)
            continue;
        const uint32_t generation = keys[index].word / STATES;
        THRUM_FORK_STORE(&keys[index].destroy, destroy);
        if (flags != 0 && index > inherit_high)
            __atomic_store_n(&inherit_high, index, __ATOMIC_RELAXED);
        thrum_fork_order(); /* a child that finds the key finds its destructor */
        set_state(index, generation, flags != 0 ? USED_INHERIT : USED);
        THRUM_FORK_STORE(&last_given, index);
        key->private_word = generation * (THRUM_PRIVATE_KEY_INDEX + 1u) + index;
        break;
    }
    thrum_lock_release(&keys_lock);
    return key->private_word != 0 ? THRUM_OK : THRUM_KEY_LIMIT;
}

/* The key is no key any more before the scrub: a thread spawned before it is scrubbed, one spawned
 * after it inherits from a scrubbed slot. And it is nobody's until after the scrub, though the
 * keys' lock is free meanwhile: the registry's may be held by a visitor who allocates a key. */
void thrum_tls_free(thrum_tls_key key)
{
    const uint32_t index = index_of(key);
    thrum_registry_not_visiting("frees a key");
    thrum_lock_take(&keys_lock);
    if (!allocated(key)) {
        thrum_lock_release(&keys_lock);
        bad_key("frees", key);
    }
    set_state(index, generation_of(key) + 1, SCRUBBED);
    /* after the state: a child of a fork does not find a key without its destructor */
    THRUM_FORK_STORE(&keys[index].destroy, NULL);
    thrum_lock_release(&keys_lock);
    thrum_registry_lock();
    for (struct thrum_block *block = thrum_registry.first; block != NULL; block = block->next)
        if (__atomic_load_n(&block->slots_high, __ATOMIC_RELAXED) >= index)
            __atomic_store_n(&thrum_block_slots(block)[index], NULL, __ATOMIC_RELAXED);
    thrum_lock_release(&thrum_registry.lock);
    thrum_lock_take(&keys_lock);
    set_state(index, generation_of(key) + 1, FREE);
    thrum_lock_release(&keys_lock);
}

static void set(struct thrum_block *block, uint32_t index, void *value)
{
    /* the mark first: a scrub that misses it would miss the value */
    if (index > block->slots_high)
        __atomic_store_n(&block->slots_high, index, __ATOMIC_RELAXED);
    __atomic_store_n(&thrum_block_slots(block)[index], value, __ATOMIC_RELAXED);
}

void thrum_tls_set(thrum_tls_key key, void *value)
{
    if (!allocated(key))
        bad_key("sets", key);
    set(thrum_block_self(), index_of(key), value);
}

void *thrum_tls_get(thrum_tls_key key)
{
    const uint32_t index = index_of(key);
    if (index - 1 >= THRUM_KEY_MAX)
        thrum_private_tls_bad_key(key);
    return __atomic_load_n(&thrum_block_slots(thrum_block_self())[index], __ATOMIC_RELAXED);
}

/* Called by the spawner, under the registry's lock. */
void thrum_tls_keys_inherit(struct thrum_block *child, struct thrum_block *parent)
{
    uint32_t high = __atomic_load_n(&inherit_high, __ATOMIC_RELAXED);
    if (high > parent->slots_high)
        high = parent->slots_high;
    for (uint32_t index = 1; index <= high; index++) {
        void *value = thrum_block_slots(parent)[index];
        if (value != NULL && state_of(index) == USED_INHERIT)
            set(child, index, value);
    }
}

/* Takes value and destructor in one step against thrum_tls_free: no destructor of a later key sees
 * a value of an earlier one. */
static void *take_value(struct thrum_block *block, uint32_t index, void (**destroy)(void *value))
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
__attribute__((noinline)) static bool destroy_all(struct thrum_block *block)
{
    THRUM_OS_REPORT_UNWINDING(destructor);
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
void thrum_tls_keys_end(struct thrum_block *block)
{
    while (block->destroy_rounds < DESTROY_ROUNDS && destroy_all(block))
        block->destroy_rounds++;
}

void thrum_tls_keys_after_fork(struct thrum_block *self)
{
    __atomic_store_n(&keys_lock.word, 0, __ATOMIC_RELAXED);
    /* what another thread was freeing is freed here */
    for (uint32_t index = 1; index <= THRUM_KEY_MAX; index++) {
        if (state_of(index) != SCRUBBED && state_of(index) != FREE)
            continue;
        set_state(index, keys[index].word / STATES, FREE);
        THRUM_FORK_STORE(&keys[index].destroy, NULL);
        if (self != NULL && index <= self->slots_high)
            __atomic_store_n(&thrum_block_slots(self)[index], NULL, __ATOMIC_RELAXED);
    }
}
