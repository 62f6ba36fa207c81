/* Mappings; OpenBSD's stacks and its pages that may not change. */
#include "foreign.h"

enum { RANGES = 1 << 16, PAGE = 4096 };

/* Where a stack pointer may be, and what may not change. */
static struct range {
    uintptr_t low, high;
} stacks[RANGES], fixed[32];
static size_t stack_count, fixed_count;
static uint64_t stacks_changed = 1;
static uint32_t lock;

void memory_lock(void)
{
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE) != 0)
        host1(__NR_sched_yield, 0);
}

void memory_unlock(void)
{
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

void memory_immutable(uintptr_t low, uintptr_t high)
{
    fixed[fixed_count++] = (struct range){ low, high };
}

static bool immutable(uintptr_t low, size_t size)
{
    for (size_t i = 0; guest->wants_pins && i < fixed_count; i++)
        if (low < fixed[i].high && low + size > fixed[i].low)
            return true;
    return false;
}

static void add_stack(uintptr_t low, uintptr_t high)
{
    if (low >= high)
        return;
    if (stack_count == RANGES)
        die("too many stacks:", RANGES);
    stacks[stack_count++] = (struct range){ low, high };
}

static void forget_stack(uintptr_t low, uintptr_t high)
{
    for (size_t i = 0; i < stack_count;) {
        struct range old = stacks[i];
        if (old.low >= high || old.high <= low) {
            i++;
            continue;
        }
        stacks[i] = stacks[--stack_count];
        add_stack(old.low, low);
        add_stack(high, old.high);
    }
}

static void change(uintptr_t low, uintptr_t high, bool stack)
{
    if (!guest->wants_stack)
        return;
    memory_lock();
    forget_stack(low, high);
    if (stack)
        add_stack(low, high);
    __atomic_fetch_add(&stacks_changed, 1, __ATOMIC_RELEASE);
    memory_unlock();
}

void memory_stack(uintptr_t low, uintptr_t high)
{
    change(low, high, true);
}

bool memory_is_stack(struct thread *self, uintptr_t address)
{
    uint64_t seen = __atomic_load_n(&stacks_changed, __ATOMIC_ACQUIRE);
    if (self->stacks_seen == seen && address >= self->stack_low && address < self->stack_high)
        return true;
    bool found = false;
    memory_lock();
    for (size_t i = 0; i < stack_count && !found; i++) {
        found = address >= stacks[i].low && address < stacks[i].high;
        self->stack_low = stacks[i].low;
        self->stack_high = stacks[i].high;
    }
    self->stacks_seen = found ? seen : 0;
    memory_unlock();
    return found;
}

static size_t whole_pages(size_t size)
{
    return (size + PAGE - 1) & ~(size_t)(PAGE - 1);
}

long guest_map(uintptr_t address, size_t size, int protection, int flags)
{
    int host_flags = HOST_MAP_ANONYMOUS | HOST_MAP_NORESERVE | (flags & 3);
    bool stack = guest->wants_stack && flags & GUEST_MAP_STACK;
    if (!(flags & GUEST_MAP_ANON) || size == 0 || (stack && (protection != 3 || (flags & 3) != 2)))
        return -EINVAL;
    if (flags & GUEST_MAP_FIXED) {
        host_flags |= HOST_MAP_FIXED;
        if (address & (PAGE - 1))
            return -EINVAL;
        if (immutable(address, size))
            return -EPERM;
    }
    long result = host(__NR_mmap, (long)address, (long)size, protection, host_flags, -1, 0);
    if (result > 0 || result < -4095)
        change((uintptr_t)result, (uintptr_t)result + whole_pages(size), stack);
    return answer(result);
}

/* The whole pages within become a new mapping, all zero, but for the first if they begin with it.
 */
long memory_make_stack(uintptr_t address, size_t size)
{
    uintptr_t low = (address + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
    uintptr_t high = (address + size) & ~(uintptr_t)(PAGE - 1);
    if (low == address)
        low += PAGE;
    if (low >= high)
        return -EINVAL;
    return guest_map(low, high - low, 3,
                     GUEST_MAP_FIXED | GUEST_MAP_ANON | GUEST_MAP_STACK | HOST_MAP_PRIVATE) < 0
               ? -EINVAL
               : 0;
}

bool memory_takes(uintptr_t low, uintptr_t high)
{
    enum { MONOTONIC = 1, WRITTEN = 16 };
    for (uintptr_t at = low & ~(uintptr_t)15; at < high; at = (at & ~(uintptr_t)(PAGE - 1)) + PAGE)
        if (host2(__NR_clock_gettime, MONOTONIC, at) != 0)
            return false;
    return true;
}

long call_munmap(struct thread *self, const uint64_t *argument)
{
    (void)self;
    if (argument[0] & (PAGE - 1) || argument[1] == 0)
        return -EINVAL;
    if (immutable(argument[0], argument[1]))
        return -EPERM;
    change(argument[0], argument[0] + whole_pages(argument[1]), false);
    return answer(host2(__NR_munmap, argument[0], argument[1]));
}

long call_mprotect(struct thread *self, const uint64_t *argument)
{
    (void)self;
    if (immutable(argument[0], argument[1]))
        return -EPERM;
    if ((argument[2] & 6) == 6)
        return -EPERM; /* both written and run */
    return answer(host3(__NR_mprotect, argument[0], argument[1], argument[2]));
}

long call_mincore(struct thread *self, const uint64_t *argument)
{
    (void)self;
    return answer(host3(__NR_mincore, argument[0], argument[1], argument[2]));
}
