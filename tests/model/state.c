/* The state as a whole: the program's static data, the heap, and the stacks as far as they are in
 * use. Saved as what differs from the scenario's first state. */
#include "machine.h"

#include <stdlib.h>
#include <string.h>

extern char __data_start[], _end[]; /* the linker's */

/* Outside of what is saved. */
static struct base {
    char *pristine;
    uint64_t *data, *heap; /* in the first state */
    size_t data_words, heap_words;
} * base;

static uint64_t *data(void)
{
    return (uint64_t *)(void *)(((uintptr_t)__data_start + 7) & ~(uintptr_t)7);
}

static size_t data_words(void)
{
    return (size_t)((uint64_t *)(void *)((uintptr_t)_end & ~(uintptr_t)7) - data());
}

void state_pristine(void)
{
    base = calloc(1, sizeof *base);
    base->data_words = data_words();
    base->heap_words = MODEL_HEAP / 8;
    base->pristine = malloc(base->data_words * 8);
    base->data = malloc(base->data_words * 8);
    base->heap = malloc(MODEL_HEAP);
    memcpy(base->pristine, data(), base->data_words * 8);
}

static void make_block(unsigned index)
{
    struct thrum_block *block = machine_take(MODEL_BLOCK);
    struct model_thread *thread = &machine.threads[index];
    block->head.self = block;
    block->os.id = thread->id = index + 1;
    block->os.live = 1;
    block->head.lock_id = index + 1;
    block->name[0] = (char)('A' + index);
    thread->own_block = true;
    machine_born(index, block, model_get_outcome()->scenario->threads[index]);
}

void state_load(const struct model_scenario *scenario)
{
    memcpy(data(), base->pristine, base->data_words * 8);
    memset(model_stacks, 0, (size_t)MODEL_THREADS * MODEL_STACK);
    struct model_outcome *outcome = model_get_outcome();
    memset(outcome, 0, sizeof *outcome);
    outcome->scenario = scenario;
    model_spins = scenario->spins;
    model_looks = scenario->looks;
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        machine.threads[i].low = model_stacks + (size_t)(i + 1) * MODEL_STACK;
    for (unsigned i = 0; i < MODEL_THREADS && scenario->threads[i] != NULL; i++)
        make_block(i);
    if (scenario->setup != NULL)
        machine_call(scenario->setup);
    machine_settle();
    memcpy(base->data, data(), base->data_words * 8);
    memcpy(base->heap, model_heap, machine.heap_used);
    memset((char *)base->heap + machine.heap_used, 0, MODEL_HEAP - machine.heap_used);
}

__extension__ typedef unsigned __int128 wide;

static inline uint64_t fold(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Two words a multiplication, in two chains. */
static uint64_t hash_words(uint64_t hash, const void *from, size_t words)
{
    const uint64_t one = UINT64_C(0x9e3779b97f4a7c15), two = UINT64_C(0xc2b2ae3d27d4eb4f);
    const uint64_t *at = from;
    uint64_t other = hash ^ two;
    size_t i = 0;
    for (; i + 4 <= words; i += 4) {
        hash = fold(at[i] ^ one, at[i + 1] ^ hash);
        other = fold(at[i + 2] ^ two, at[i + 3] ^ other);
    }
    for (; i < words; i++)
        hash = fold(at[i] ^ one, hash ^ two);
    return fold(hash ^ words, other ^ one);
}

static char *top_of(unsigned index)
{
    return model_stacks + (size_t)(index + 1) * MODEL_STACK;
}

uint64_t state_hash(uint64_t seed)
{
    /* all static data but the orders */
    const uint64_t *orders = (const uint64_t *)(const void *)&model_orders;
    const uint64_t *after = orders + sizeof model_orders / 8;
    uint64_t hash =
        hash_words(seed + UINT64_C(0x243f6a8885a308d3), data(), (size_t)(orders - data()));
    hash = hash_words(hash, after, (size_t)(data() + base->data_words - after));
    hash = hash_words(hash, model_heap, machine.heap_used / 8);
    for (unsigned i = 0; i < MODEL_THREADS; i++) {
        const char *low = machine.threads[i].low;
        hash = hash_words(hash, low, (size_t)(top_of(i) - low) / 8);
    }
    return hash;
}

size_t state_most(void)
{
    return (base->data_words + base->heap_words) * 12 + MODEL_THREADS * (MODEL_STACK + 16) + 64;
}

struct change {
    uint32_t at;
    uint32_t word[2];
};

static char *save_words(char *into, const void *now, const uint64_t *then, size_t words)
{
    const uint64_t *at = now;
    char *count_at = into;
    uint32_t count = 0;
    into += sizeof count;
    for (size_t i = 0; i < words; i++) {
        if (i % 8 == 0 && i + 8 <= words && memcmp(at + i, then + i, 64) == 0) {
            i += 7;
            continue;
        }
        if (at[i] == then[i])
            continue;
        struct change change = { .at = (uint32_t)i };
        memcpy(change.word, &at[i], 8);
        memcpy(into, &change, sizeof change);
        into += sizeof change;
        count++;
    }
    memcpy(count_at, &count, sizeof count);
    return into;
}

static const char *restore_words(const char *from, void *now, const uint64_t *then, size_t words)
{
    uint32_t count;
    memcpy(now, then, words * 8);
    memcpy(&count, from, sizeof count);
    from += sizeof count;
    for (; count > 0; count--, from += sizeof(struct change)) {
        struct change change;
        memcpy(&change, from, sizeof change);
        memcpy((uint64_t *)now + change.at, change.word, 8);
    }
    return from;
}

size_t state_save(char *into)
{
    char *at = save_words(into, data(), base->data, base->data_words);
    at = save_words(at, model_heap, base->heap, machine.heap_used / 8);
    for (unsigned i = 0; i < MODEL_THREADS; i++) {
        size_t size = (size_t)(top_of(i) - machine.threads[i].low);
        memcpy(at, machine.threads[i].low, size);
        at += size;
    }
    return (size_t)(at - into);
}

void state_restore(const char *from)
{
    char *low[MODEL_THREADS];
    for (unsigned i = 0; i < MODEL_THREADS; i++)
        low[i] = machine.threads[i].low;
    from = restore_words(from, data(), base->data, base->data_words);
    from = restore_words(from, model_heap, base->heap, machine.heap_used / 8);
    for (unsigned i = 0; i < MODEL_THREADS; i++) {
        char *now = machine.threads[i].low;
        if (low[i] < now)
            memset(low[i], 0, (size_t)(now - low[i]));
        memcpy(now, from, (size_t)(top_of(i) - now));
        from += top_of(i) - now;
    }
}
