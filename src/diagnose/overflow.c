/* Stack overflow, named. */
#include "diagnose/fatal.h"
#include "thread/life.h"
#include "thread/mapping.h"
#include "thread/registry.h"
#include "thrum/diagnose.h"

/* How far beyond a stack a fault counts as its overflow: beyond main's the kernel keeps a gap of
 * 256 pages (stack_guard_gap). */
static uintptr_t gap_of(const struct thrum_block *thread)
{
    return thread->grows ? 256 * thrum_os_page_size() : thread->guard_size;
}

static void check(uintptr_t address, bool unmapped)
{
    const struct thrum_block *thread = thrum_block_self();
    char *lowest, *highest;
    thrum_stack_bounds(thread, &lowest, &highest);
    uintptr_t low = (uintptr_t)lowest, high = (uintptr_t)highest;
    /* Main's stack ends where the kernel stops growing it: at its limit, or where it met another
     * mapping before; what is mapped there is no overflow. */
    bool beyond = THRUM_ARCH_STACK_GROWS_UP ? address >= high && address - high < gap_of(thread)
                                            : address < low && low - address <= gap_of(thread);
    if (!beyond && !(thread->grows && unmapped && address >= low && address < high))
        return;
    thrum_fatal_overflow(thread, high - low, (const void *)address);
}

/* Gives the calling thread this alternate stack, unless it has one of its own that is as large: a handler
 * of the program's may count on that. */
enum given { REFUSED, GIVEN, KEPT };

static enum given give(char *base, size_t size, struct thrum_os_fault_stack *before)
{
    const struct thrum_os_fault_stack ours = { base, size, 0 };
    if (!thrum_os_fault_stack(&ours, before))
        return REFUSED;
    if (before->base != NULL && before->base != base && before->size >= size &&
        thrum_os_fault_stack(before, NULL))
        return KEPT;
    return GIVEN;
}

/* In a new thread, whose mapping has room for it. */
void thrum_overflow_arm(struct thrum_block *block)
{
    struct thrum_os_fault_stack before;
    (void)give(block->fault_stack, thrum_os_fault_stack_size(), &before);
}

/* For the caller; if its mapping has no room for it, in a mapping that is reaped with the thread. `fresh`
 * says so. */
static thrum_status arm_self(struct thrum_block *self, struct thrum_os_fault_stack *before,
                             bool *fresh)
{
    size_t size = thrum_os_fault_stack_size();
    bool has_room = self->fault_stack != NULL;
    char *stack = has_room ? self->fault_stack : thrum_os_map(size);
    *fresh = false;
    if (stack == NULL)
        return THRUM_NO_MEMORY;
    enum given given = give(stack, size, before);
    if (has_room)
        return given == REFUSED ? THRUM_SYSTEM : THRUM_OK;
    if (given != GIVEN) {
        thrum_os_unmap(stack, size);
        return given == KEPT ? THRUM_OK : THRUM_SYSTEM;
    }
    THRUM_FORK_STORE(&self->fault_stack, stack);
    /* after the stack: a child of a fork that finds a size unmaps so much at the stack */
    THRUM_FORK_STORE(&self->fault_size, size);
    *fresh = true;
    return THRUM_OK;
}

/* Puts back what was there. What the system does not take back stays its alternate stack until the thread
 * has ended. */
static void disarm_self(struct thrum_block *self, const struct thrum_os_fault_stack *before)
{
    char *stack = self->fault_stack;
    size_t size = self->fault_size;
    if (!thrum_os_fault_stack(before, NULL))
        return;
    THRUM_FORK_STORE(&self->fault_size, 0);
    /* after the size, and before the memory: likewise */
    THRUM_FORK_STORE(&self->fault_stack, NULL);
    thrum_fork_order();
    thrum_os_unmap(stack, size);
}

thrum_status thrum_catch_overflow(void)
{
    struct thrum_block *self = thrum_block_self();
    struct thrum_os_fault_stack before;
    bool fresh;
    thrum_registry_not_visiting("catches overflow");
    thrum_stack_ask(self);
    thrum_status status = arm_self(self, &before, &fresh);
    if (status != THRUM_OK)
        return status;
    thrum_lock_take(&thrum_registry.lock); /* the handlers are installed once */
    if (thrum_mapping_fault_stack == 0) {
        status = thrum_os_catch_faults(check);
        if (status == THRUM_OK)
            __atomic_store_n(&thrum_mapping_fault_stack, thrum_os_fault_stack_size(),
                             __ATOMIC_RELAXED);
    }
    thrum_lock_release(&thrum_registry.lock);
    if (status != THRUM_OK && fresh)
        disarm_self(self, &before);
    return status;
}
