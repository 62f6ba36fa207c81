/* Threads that others made: the first call of thrum in one gives it a block and a place in the
 * registry. That call may be in a signal handler on top of anything but this: nothing is allocated
 * but pages, and where those are refused a small reserve serves. */
#include "os/adopting.h"
#include "thread/life.h"
#include "thread/registry.h"

enum { RESERVE = 8, ALL = (1u << RESERVE) - 1 };

struct area {
    _Alignas(64) char bytes[THRUM_BLOCK_AREA];
};

static struct area main_area, reserve[RESERVE];
static THRUM_FORK_VISIBLE uint32_t reserve_used; /* a bit each */

static struct thrum_thread *block_in(struct area *area)
{
    return (struct thrum_thread *)(void *)area->bytes;
}

/* Not a fatal line like others: that would want the caller's block. */
static _Noreturn void refuse(void)
{
    static const char line[] =
        "thrum: the system refuses memory for a thread that calls thrum for the first time\n";
    thrum_os_write_error(line, sizeof line - 1);
    thrum_os_abort();
}

static struct thrum_thread *take_reserved(void)
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
static struct thrum_thread *take_block(bool leader)
{
    struct thrum_thread *block = NULL;
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

void thrum_adopted_free(struct thrum_thread *block)
{
    struct area *area = (struct area *)(void *)block;
    if (area == &main_area)
        return;
    if (area < &reserve[0] || area >= &reserve[RESERVE])
        thrum_os_unmap(block, sizeof(struct area));
    else /* release: its time is over before the next one's */
        __atomic_fetch_and(&reserve_used, ~(1u << (area - reserve)), __ATOMIC_RELEASE);
}

struct thrum_thread *thrum_thread_find_newborn(const char *frame)
{
    for (struct thrum_thread *block = thrum_registry.first; block != NULL; block = block->next)
        if (block->map != NULL && frame >= block->map && frame < block->map + block->map_size)
            return block;
    return NULL;
}

/* A process's first thread may be a fork of one that stood elsewhere. */
static void find_main_stack(struct thrum_thread *block)
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

static void fill(struct thrum_thread *block, bool leader)
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

/* Of systems where that takes nothing. */
__attribute__((weak)) void thrum_os_unadopt(struct thrum_os_thread *thread)
{
    (void)thread;
}

/* The registry's lock is not the caller's, who has no block yet. */
struct thrum_thread *thrum_thread_adopt(void)
{
    struct thrum_os_thread os = { 0 };
    thrum_os_thread_adopt(&os);
    const uint32_t id = thrum_registry_compose_id(thrum_os_thread_lock_id(&os), 0);
    thrum_lock_take_as(&thrum_registry.lock, id);
    struct thrum_thread *block = thrum_thread_find_newborn(__builtin_frame_address(0));
    thrum_lock_release(&thrum_registry.lock);
    if (block != NULL) {
        thrum_os_unadopt(&os);
        thrum_os_newborn(block);
        thrum_registry_name_self();
        return block;
    }
    bool leader = thrum_os_thread_is_leader(&os);
    block = take_block(leader);
    __builtin_memcpy(&block->os, &os, sizeof os); /* nobody sees it yet */
    fill(block, leader);
    thrum_lock_take_as(&thrum_registry.lock, id);
    block->birth = leader ? 0 : thrum_registry_next_birth();
    THRUM_FORK_STORE(&block->head.lock_id, thrum_registry_lock_id(block));
    if (leader) /* main first */
        thrum_registry_add_first(block);
    else
        thrum_registry_add(block);
    thrum_lock_release(&thrum_registry.lock);
    thrum_os_adopted(block);
    return block;
}

/* Others may be looking: the end whose presence says that it is known is stored last. */
void thrum_thread_find_stack(struct thrum_thread *block)
{
    char *low, *high;
    size_t guard;
    if (!thrum_os_own_stack(&low, &high, &guard))
        return;
    block->stack_low = low;
    block->guard_size = guard;
    /* release: with the others */
    __atomic_store_n(&block->stack_high, high, __ATOMIC_RELEASE);
}
