/* Threads that others made: the first call of thrum in one gives it a block and a place in the
 * registry. That call may be in a signal handler on top of anything but this: nothing is allocated
 * but pages, and where those are refused a small reserve serves; no lock is taken. */
#include "os/adopting.h"
#include "thread/handle.h"
#include "thread/life.h"
#include "thread/mapping.h"
#include "thread/registry.h"

enum { RESERVE = 8, ALL = (1u << RESERVE) - 1 };

struct area {
    _Alignas(64) char bytes[THRUM_BLOCK_AREA];
};

static struct area main_area, reserve[RESERVE];
static THRUM_FORK_VISIBLE uint32_t reserve_used; /* a bit each */

static struct thrum_block *block_in(struct area *area)
{
    return (struct thrum_block *)(void *)area->bytes;
}

/* Not a fatal line like others: that would want the caller's block. */
static _Noreturn void refuse(void)
{
    static const char line[] =
        "thrum: the system refuses memory for a thread that calls thrum for the first time\n";
    thrum_os_write_error(line, sizeof line - 1);
    thrum_os_abort();
}

static struct thrum_block *take_reserved(void)
{
    uint32_t used = __atomic_load_n(&reserve_used, __ATOMIC_RELAXED), bit;
    do {
        if (used == ALL)
            refuse();
        bit = ~used & (used + 1);
        /* acquire: what the last one had there is gone */
    } while (!__atomic_compare_exchange_n(&reserve_used, &used, used | bit, false, __ATOMIC_ACQUIRE,
                                          __ATOMIC_RELAXED));
    return block_in(&reserve[__builtin_ctz(bit)]);
}

/* Zeroed. */
static struct thrum_block *take_block(bool leader)
{
    struct thrum_block *block = NULL;
    if (leader) {
        block = block_in(&main_area);
    } else {
        block = thrum_os_map(sizeof(struct area));
        if (block != NULL)
            return block;
        block = take_reserved();
    }
    __builtin_memset(block, 0, sizeof(struct area));
    return block;
}

void thrum_adopted_free(struct thrum_block *block)
{
    struct area *area = (struct area *)(void *)block;
    if (area == &main_area)
        return;
    if (area < &reserve[0] || area >= &reserve[RESERVE])
        thrum_os_unmap(block, sizeof(struct area));
    else /* release: its time is over before the next one's */
        __atomic_fetch_and(&reserve_used, ~(1u << (area - reserve)), __ATOMIC_RELEASE);
}

/* --- the way into the registry ---------------------------------------------------------------- */

/* Nobody waits for the registry's lock in order to be adopted: it may be in a handler, on top of a
 * section that the lock's holder (a visitor of thrum_each_thread) waits for. So a new block is put on an
 * atomic stack, linked by `next`, and whoever takes the lock to walk the list first takes in what is
 * there. `entering` is the one that is being taken in, which for a moment is in neither. */
static void push(struct thrum_block *block)
{
    struct thrum_block *first = __atomic_load_n(&thrum_registry.newcomers, __ATOMIC_RELAXED);
    do
        THRUM_FORK_STORE(&block->next, first);
    while (!__atomic_compare_exchange_n(&thrum_registry.newcomers, &first, block, false,
                                        /* release: whoever takes it in finds it filled in */
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

/* The last come is taken first, and each is put before those that were taken before: in the order in
 * which they came, but for the process's first thread. */
void thrum_registry_take_in(void)
{
    struct thrum_block *after = thrum_registry.last;
    /* acquire, here and below: with what is in the block */
    struct thrum_block *block = __atomic_load_n(&thrum_registry.newcomers, __ATOMIC_ACQUIRE);
    if (block == NULL)
        return;
    while (block != NULL) {
        THRUM_FORK_STORE(&thrum_registry.entering, block);
        /* no ABA: under the lock only others' pushes meet this */
        if (!__atomic_compare_exchange_n(&thrum_registry.newcomers, &block, block->next, false,
                                         __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
            continue;
        thrum_registry_add_after(block->leader ? NULL : after, block);
        if (after == NULL && block->leader)
            after = block;
        block = __atomic_load_n(&thrum_registry.newcomers, __ATOMIC_ACQUIRE);
    }
    THRUM_FORK_STORE(&thrum_registry.entering, NULL);
}

static bool among(const struct thrum_block *first, const struct thrum_block *block)
{
    while (first != NULL && first != block)
        first = first->next;
    return first != NULL;
}

void thrum_adopted_after_fork(const struct thrum_block *self)
{
    struct thrum_block *block = thrum_registry.newcomers, *between = thrum_registry.entering;
    __atomic_store_n(&thrum_registry.newcomers, NULL, __ATOMIC_RELAXED);
    __atomic_store_n(&thrum_registry.entering, NULL, __ATOMIC_RELAXED);
    if (between != NULL && between != self && !among(block, between) &&
        !among(thrum_registry.first, between))
        thrum_mapping_drop(between);
    while (block != NULL) {
        struct thrum_block *next = block->next;
        if (block != self)
            thrum_mapping_drop(block);
        block = next;
    }
}

/* --- a thread of thrum's own that was not known for one ------------------------------------------- */

/* The other block is reaped when the thread is gone, as if its thread had ended: by others, who may have
 * its handle and find it ended. */
void thrum_thread_hand_over(struct thrum_block *other, struct thrum_block *block)
{
    for (uint32_t i = 1; i <= other->slots_high; i++) {
        void *value = __atomic_load_n(&thrum_block_slots(other)[i], __ATOMIC_RELAXED);
        if (value == NULL)
            continue;
        /* the mark first: a scrub that misses it would miss the value */
        if (i > block->slots_high)
            __atomic_store_n(&block->slots_high, i, __ATOMIC_RELAXED);
        __atomic_store_n(&thrum_block_slots(block)[i], value, __ATOMIC_RELAXED);
    }
    if (block->head.lock_id == 0)
        THRUM_FORK_STORE(&block->head.lock_id, other->head.lock_id); /* its locks hold it */
    /* relaxed: the caller is alive, so it is not the last one out */
    __atomic_fetch_sub(&thrum_registry.others, 1, __ATOMIC_RELAXED);
    /* release: with all it has done */
    __atomic_fetch_or(&other->life, THRUM_LIFE_ENDED, __ATOMIC_RELEASE);
    thrum_retired_push(other);
}

/* --- adoption --------------------------------------------------------------------------------- */

/* A process's first thread may be a fork of one that stood elsewhere. */
static void find_main_stack(struct thrum_block *block)
{
    const char *here = __builtin_frame_address(0);
    char *low, *high;
    thrum_os_main_stack(&low, &high);
    if (here < low || here >= high)
        return;
    __builtin_memcpy(block->name, "main", sizeof "main");
    block->grows = true;
    block->stack_low = low;
    __atomic_store_n(&block->stack_high, high, __ATOMIC_RELAXED);
}

static void fill(struct thrum_block *block, bool leader)
{
    block->adopted = true;
    THRUM_FORK_STORE(&block->leader, leader);
    block->head.self = block;
    if (leader) {
        find_main_stack(block);
    } else {
        /* those who made it join it */
        THRUM_FORK_STORE(&block->life, THRUM_LIFE_DETACHED);
        /* relaxed: the caller is alive, so it is not the last one out */
        __atomic_fetch_add(&thrum_registry.others, 1, __ATOMIC_RELAXED);
    }
}

struct thrum_block *thrum_thread_adopt(void)
{
    struct thrum_os_thread os = { 0 };
    thrum_os_thread_adopt(&os);
    bool leader = thrum_os_thread_is_leader(&os);
    struct thrum_block *block = take_block(leader);
    __builtin_memcpy(&block->os, &os, sizeof os); /* nobody sees it yet */
    fill(block, leader);
    block->birth = leader ? 0 : thrum_registry_next_birth();
    thrum_handle_give(block);
    THRUM_FORK_STORE(&block->head.lock_id, thrum_registry_lock_id(block));
    push(block);
    thrum_os_adopted(block);
    return block;
}

/* Others may be looking: the end whose presence says that it is known is stored last. */
void thrum_stack_ask(struct thrum_block *self)
{
    char *low, *high;
    size_t guard;
    if (self->stack_high != NULL || !thrum_os_own_stack(&low, &high, &guard))
        return;
    self->stack_low = low;
    self->guard_size = guard;
    /* release: with the others */
    __atomic_store_n(&self->stack_high, high, __ATOMIC_RELEASE);
}
