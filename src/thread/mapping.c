/* Mappings of threads: laid out, kept, given back. */
#include "thread/mapping.h"

#include "thread/handle.h"
#include "thread/life.h"
#include "thread/registry.h"
#include "tls/image.h"

enum {
    UP = THRUM_ARCH_STACK_GROWS_UP,
    GIVEN = THRUM_OS_GIVES_STACKS, /* what is about stacks is left out */
    CACHE_LIMIT = 64,              /* mappings, each with a few resident pages */
    ARG_ALIGN = 16,
    SPREAD = 4096, /* a hardened thread's first frame is somewhere in so many bytes */
    SPLIT = 65536, /* bytes without access between it and its block: whole pages of any size */
    KEEP_LIMIT = 1 << 16 /* bytes cleared by hand at most; more goes back to the kernel */
};

/* Where no access is taken from a guard, one beside the block would tell nobody. */
#ifdef THRUM_OS_GUARD_MARKS
enum { SPLITS = 0 };
#else
enum { SPLITS = !UP && !GIVEN };
#endif

THRUM_FORK_VISIBLE size_t thrum_mapping_fault_stack;

/* Under the registry's lock. Last in, first out: the warmest is taken. As with the registry, a walk from
 * `first` is whole at every moment; `count` may be another's in a child, which counts again. */
static struct {
    struct thrum_block *THRUM_FORK_VISIBLE first;
    THRUM_FORK_VISIBLE uint32_t count;
    THRUM_FORK_VISIBLE uint32_t trims; /* that had something to give back */
} cache;

bool thrum_mapping_plan(struct thrum_mapping_plan *plan, const thrum_spawn_options *options)
{
    const struct thrum_tls_layout *layout = &thrum_tls_image.layout;
    const size_t page = thrum_os_page_size();
    size_t stack = THRUM_OS_STACK_DEFAULT, guard = 0, total;
    plan->arg = 0;
    plan->hardened = thrum_mapping_hardens && !GIVEN;
    plan->beside = 0;
    if (options != NULL) {
        stack = options->stack_size != 0 ? options->stack_size : stack;
        guard = options->guard_size;
        plan->arg = options->arg_size;
        plan->hardened |= options->hardened && !GIVEN;
    }
    if (stack < thrum_os_smallest_stack())
        stack = thrum_os_smallest_stack();
    if (guard == 0)
        guard = THRUM_ARCH_GUARD_DEFAULT;
    plan->stack = stack;
    plan->fault_stack = __atomic_load_n(&thrum_mapping_fault_stack, __ATOMIC_RELAXED);
    const size_t overhead = thrum_os_stack_overhead();
    /* Around the thread pointer: what it needs, and what aligning it can cost at each end; and what
     * aligning the guard costs where it is between. */
    size_t area = layout->before + layout->after + 2 * layout->align + (UP ? page : 0);
    if (plan->hardened) {
        if (SPLITS)
            plan->beside = area = ((area + page - 1) & ~(page - 1)) + SPLIT;
        area += SPREAD;
    }
    area += plan->fault_stack + ARG_ALIGN;
    if (__builtin_add_overflow(plan->arg, area, &area) ||
        __builtin_add_overflow(area, page - 1, &area))
        return false;
    if (overhead != 0)
        area &= ~(page - 1); /* the stack starts where a page ends */
    else
        area -= page - 1;
    if (__builtin_add_overflow(stack, area + overhead, &total) ||
        __builtin_add_overflow(total, page - 1, &total) ||
        __builtin_add_overflow(guard, page - 1, &plan->guard))
        return false;
    plan->guard &= ~(page - 1);
    total &= ~(page - 1);
    if (__builtin_add_overflow(total, plan->guard, &plan->total) ||
        plan->total > (size_t)PTRDIFF_MAX)
        return false;
    if (GIVEN) {
        plan->guard = 0;
        plan->total = (area + page - 1) & ~(page - 1);
    }
    return true;
}

/* Where the thread pointer goes in a mapping. */
static char *thread_pointer_of(char *map, size_t total)
{
    const struct thrum_tls_layout *layout = &thrum_tls_image.layout;
    uintptr_t end = (uintptr_t)map + total;
    return (char *)((end - layout->after) & ~(uintptr_t)(layout->align - 1));
}

/* Where the guard begins: lowest of all, or next to what is around the thread pointer. It stays
 * there while the mapping is kept, whatever argument its threads have. */
static char *guard_of(char *map, size_t total, size_t guard)
{
    if (!UP)
        return map;
    uintptr_t end = (uintptr_t)(thread_pointer_of(map, total) - thrum_tls_image.layout.before);
    return (char *)(end & ~(thrum_os_page_size() - 1)) - guard;
}

#ifdef THRUM_OS_GUARD_MARKS
const void *thrum_mapping_overflow(const struct thrum_block *block)
{
    if (block->map == NULL || block->guard_size == 0)
        return NULL;
    return thrum_os_overwritten(guard_of(block->map, block->map_size, block->guard_size),
                                block->guard_size);
}
#endif

/* Takes bytes from where the stack would start. */
static char *set_aside(char **start, size_t size, size_t align)
{
    uintptr_t mask = ~(uintptr_t)(align - 1);
    uintptr_t low = UP ? ((uintptr_t)*start + align - 1) & mask : ((uintptr_t)*start - size) & mask;
    *start = (char *)(UP ? low + size : low);
    return (char *)low;
}

/* Where a hardened thread's stack starts in its spread. The random word differs from process to process, the
 * births from spawn to spawn, in all bits; the square, so that no step from one place to the next repeats. */
static size_t spread_of(void)
{
    uint32_t births = __atomic_load_n(&thrum_registry.births, __ATOMIC_RELAXED);
    uint32_t word = (uint32_t)thrum_os_random() ^ births * 0x9e3779b1u;
    return (word * word >> 16) % SPREAD;
}

/* Lays out a mapping whose pages are all zero but for an old control block. */
static struct thrum_block *place(char *map, const struct thrum_mapping_plan *plan)
{
    char *tp = thread_pointer_of(map, plan->total);
    struct thrum_block *block = thrum_tls_block_at(tp);
    __builtin_memset(block, 0, sizeof *block);
    block->map = map;
    block->map_size = plan->total;
    block->guard_size = plan->guard;
    block->hardened = plan->hardened;
    const size_t overhead = thrum_os_stack_overhead();
    char *start = UP ? map : tp - thrum_tls_image.layout.before;
    if (plan->beside != 0)
        start = map + plan->total - plan->beside;
    block->arg = set_aside(&start, plan->arg, ARG_ALIGN);
    if (plan->fault_stack != 0)
        THRUM_FORK_STORE(&block->fault_stack, set_aside(&start, plan->fault_stack, ARG_ALIGN));
    if (GIVEN) {
        block->stack_wanted = plan->stack;
        thrum_tls_image_install(block);
        return block;
    }
    if (overhead != 0)
        (void)set_aside(&start, 0, thrum_os_page_size());
    block->stack_overhead = overhead;
    (void)set_aside(&start, overhead + (plan->hardened ? spread_of() : 0), 1);
    start = set_aside(&start, 0, THRUM_ARCH_STACK_ALIGN);
    char *guard = guard_of(map, plan->total, plan->guard);
    block->stack_low = UP ? start : guard + plan->guard;
    THRUM_FORK_STORE(&block->stack_high, UP ? guard : start);
    thrum_tls_image_install(block);
    return block;
}

__attribute__((weak)) void thrum_adopted_free(struct thrum_block *block)
{
    (void)block;
}

static void unmap(struct thrum_block *block)
{
    if (block->adopted)
        thrum_adopted_free(block);
    else if (block->map != NULL)
        thrum_os_unmap(block->map, block->map_size);
}

static bool cache_has_room(void)
{
    return __atomic_load_n(&cache.count, __ATOMIC_RELAXED) < CACHE_LIMIT;
}

/* Takes out of the cache what `link` points to; under the lock. */
static struct thrum_block *cache_remove(struct thrum_block *THRUM_FORK_VISIBLE *link)
{
    struct thrum_block *block = *link;
    THRUM_FORK_STORE(link, block->next);
    __atomic_store_n(&cache.count, cache.count - 1, __ATOMIC_RELAXED);
    thrum_fork_order(); /* a child does not find it there when it is another thread's, or unmapped */
    return block;
}

static struct thrum_block *take_cached(const struct thrum_mapping_plan *plan)
{
    if (__atomic_load_n(&cache.count, __ATOMIC_RELAXED) == 0)
        return NULL;
    thrum_lock_take(&thrum_registry.lock);
    struct thrum_block *THRUM_FORK_VISIBLE *link = &cache.first;
    while (*link != NULL &&
           ((*link)->map_size != plan->total || (!GIVEN && (*link)->guard_size != plan->guard)))
        link = &(*link)->next;
    struct thrum_block *found = *link != NULL ? cache_remove(link) : NULL;
    thrum_lock_release(&thrum_registry.lock);
    return found;
}

static char *map_fresh(const struct thrum_mapping_plan *plan)
{
    char *map = thrum_os_map(plan->total);
    if (map == NULL)
        return NULL;
    char *guard = guard_of(map, plan->total, plan->guard);
    if ((!GIVEN && !thrum_os_guard(guard, plan->guard)) ||
        (plan->beside != 0 && !thrum_os_guard(map + plan->total - plan->beside, SPLIT))) {
        thrum_os_unmap(map, plan->total);
        return NULL;
    }
    thrum_os_stack_mapped(map, plan->total);
    return map;
}

/* A full cache that has nothing that fits gives up its oldest, or odd sizes would fill it for
 * good. */
static void make_room(void)
{
    struct thrum_block *oldest = NULL;
    if (cache_has_room())
        return;
    thrum_lock_take(&thrum_registry.lock);
    if (!cache_has_room()) {
        struct thrum_block *THRUM_FORK_VISIBLE *link = &cache.first;
        while ((*link)->next != NULL)
            link = &(*link)->next;
        oldest = cache_remove(link);
    }
    thrum_lock_release(&thrum_registry.lock);
    if (oldest != NULL)
        unmap(oldest);
}

struct thrum_block *thrum_mapping_take(struct thrum_mapping_plan *plan)
{
    plan->trims = __atomic_load_n(&cache.trims, __ATOMIC_RELAXED);
    struct thrum_block *cached = plan->hardened ? NULL : take_cached(plan);
    plan->fresh = cached == NULL;
    if (cached != NULL)
        return place(cached->map, plan);
    make_room();
    char *map = map_fresh(plan);
    if (map == NULL && thrum_mapping_trim(plan))
        map = map_fresh(plan);
    return map != NULL ? place(map, plan) : NULL;
}

/* Makes a mapping as good as new: zero but for the control block, with a warm page where the stack
 * starts. False if the kernel does not take pages back. */
static bool refresh(struct thrum_block *block)
{
    const uintptr_t page = thrum_os_page_size(), mask = ~(page - 1);
    char *guard = guard_of(block->map, block->map_size, block->guard_size);
    char *guarded = guard + block->guard_size;
    char *low = UP ? block->map : guarded, *high = UP ? guard : (char *)block;
    /* What is warm is cleared by hand, up to `cold`. */
    char *cold = UP ? (char *)(((uintptr_t)block->stack_low + page - 1) & mask) + page
                    : (char *)((uintptr_t)block->stack_high & mask) - page;
    if (cold < low || cold > high || (UP ? cold - low : high - cold) > KEEP_LIMIT ||
        block->fault_stack != NULL || GIVEN)
        cold = UP ? low : (char *)((uintptr_t)high & mask);
    char *from = UP ? cold : low, *to = UP ? high : cold;
    if (to > from && !thrum_os_refresh(from, (size_t)(to - from)))
        return false;
    from = UP ? low : cold, to = UP ? cold : high;
    if (to > from)
        __builtin_memset(from, 0, (size_t)(to - from));
    if (UP)
        __builtin_memset(guarded, 0, (size_t)((char *)block - guarded));
    void *THRUM_FORK_VISIBLE *slots = thrum_block_slots(block);
    for (uint32_t i = 0; i <= block->slots_high; i++)
        __atomic_store_n(&slots[i], NULL, __ATOMIC_RELAXED); /* as thrum_tls_free may just now */
    if (THRUM_ARCH_TLS_VARIANT == 1) {                       /* the image is above */
        char *tp = thread_pointer_of(block->map, block->map_size);
        __builtin_memset(tp, 0, (size_t)(block->map + block->map_size - tp));
    }
    return true;
}

/* Under the registry's lock. */
static bool cache_put(struct thrum_block *block)
{
    if (!cache_has_room())
        return false;
    /* In this order: the block is out of the registry before its `next` leads into the cache, and leads
     * there before the cache begins with it. Else a child would unmap what its cache holds, or its cache
     * would hold its own stack. */
    THRUM_FORK_STORE(&block->next, cache.first);
    THRUM_FORK_STORE(&cache.first, block);
    __atomic_store_n(&cache.count, cache.count + 1, __ATOMIC_RELAXED);
    return true;
}

/* Out of the registry, and into the cache or back to the kernel. */
static void give_back(struct thrum_block *block, bool keep)
{
    thrum_registry_lock();
    thrum_registry_remove(block);
    thrum_handle_take(block);
    keep = keep && cache_put(block);
    thrum_lock_release(&thrum_registry.lock);
    if (!keep)
        unmap(block);
}

void thrum_mapping_reap(struct thrum_block *block)
{
    if (block->fault_size != 0) {
        size_t size = block->fault_size;
        /* no longer this thread's, before it may be another's: thrum_after_fork believes it */
        THRUM_FORK_STORE(&block->fault_size, 0);
        thrum_fork_order();
        thrum_os_unmap(block->fault_stack, size);
    }
    give_back(block, !block->adopted && !block->hardened && cache_has_room() && refresh(block));
}

void thrum_mapping_drop(struct thrum_block *block)
{
    if (block->fault_size != 0)
        thrum_os_unmap(block->fault_stack, block->fault_size);
    unmap(block);
}

void thrum_mapping_undo(struct thrum_block *block, const struct thrum_mapping_plan *plan)
{
    give_back(block, !plan->fresh && refresh(block));
}

void thrum_mapping_after_fork(void)
{
    uint32_t count = 0;
    for (const struct thrum_block *block = cache.first; block != NULL; block = block->next)
        count++;
    __atomic_store_n(&cache.count, count, __ATOMIC_RELAXED);
}

bool thrum_mapping_trim(struct thrum_mapping_plan *plan)
{
    thrum_lock_take(&thrum_registry.lock);
    uint32_t trims = cache.trims, since = plan->trims;
    if (cache.first != NULL)
        __atomic_store_n(&cache.trims, ++trims, __ATOMIC_RELAXED);
    while (cache.first != NULL)
        unmap(cache_remove(&cache.first)); /* under the lock: free before another finds nothing */
    thrum_lock_release(&thrum_registry.lock);
    plan->trims = trims;
    return trims != since;
}
