/* Stack overflow, named. */
#include "diagnose/fatal.h"
#include "thread/life.h"
#include "thread/mapping.h"
#include "thread/registry.h"
#include "thrum/diagnose.h"

/* How far beyond a stack a fault counts as its overflow: beyond main's the kernel keeps a gap of
 * 256 pages (stack_guard_gap). */
static uintptr_t gap_of(const struct thrum_thread *thread)
{
    return thread->grows ? 256 * thrum_os_page_size() : thread->guard_size;
}

static void check(uintptr_t address, bool unmapped)
{
    const struct thrum_thread *thread = thrum_block_self_in_handler();
    uintptr_t low = (uintptr_t)thread->stack_low, high = (uintptr_t)thread->stack_high;
    /* Main's stack ends where the kernel stops growing it: at its limit, or where it met another
     * mapping before; what is mapped there is no overflow. */
    bool beyond = THRUM_ARCH_STACK_GROWS_UP ? address >= high && address - high < gap_of(thread)
                                            : address < low && low - address <= gap_of(thread);
    if (!beyond && !(thread->grows && unmapped && address >= low && address < high))
        return;
    thrum_fatal_overflow(thread, (const void *)address);
}

/* In a new thread, whose mapping has room for it. */
void thrum_overflow_arm(struct thrum_thread *block)
{
    (void)thrum_os_fault_stack(block->fault_stack, thrum_os_fault_stack_size());
}

/* For the caller, whose mapping has no room for it, in a mapping that is reaped with the thread. */
static thrum_status arm_self(struct thrum_thread *self, size_t size)
{
    char *stack = thrum_os_map(size);
    if (stack == NULL)
        return THRUM_NO_MEMORY;
    if (!thrum_os_fault_stack(stack, size)) {
        thrum_os_unmap(stack, size);
        return THRUM_SYSTEM;
    }
    THRUM_FORK_STORE(&self->fault_stack, stack);
    /* after the stack: a child of a fork that finds a size unmaps so much at the stack */
    THRUM_FORK_STORE(&self->fault_size, size);
    return THRUM_OK;
}

/* What the system does not take back stays its alternate stack until the thread has ended. */
static void disarm_self(struct thrum_thread *self)
{
    char *stack = self->fault_stack;
    size_t size = self->fault_size;
    if (!thrum_os_fault_stack(NULL, 0))
        return;
    THRUM_FORK_STORE(&self->fault_size, 0);
    /* after the size, and before the memory: likewise */
    THRUM_FORK_STORE(&self->fault_stack, NULL);
    thrum_fork_order();
    thrum_os_unmap(stack, size);
}

thrum_status thrum_catch_overflow(void)
{
    struct thrum_thread *self = thrum_block_self();
    size_t size = thrum_os_fault_stack_size();
    thrum_registry_not_visiting("catches overflow");
    bool armed = self->fault_stack != NULL;
    thrum_status status = armed ? THRUM_OK : arm_self(self, size);
    if (status != THRUM_OK)
        return status;
    thrum_lock_take(&thrum_registry.lock); /* the handlers are installed once */
    if (thrum_mapping_fault_stack == 0) {
        status = thrum_os_catch_faults(check);
        if (status == THRUM_OK)
            __atomic_store_n(&thrum_mapping_fault_stack, size, __ATOMIC_RELAXED);
    }
    thrum_lock_release(&thrum_registry.lock);
    if (status != THRUM_OK && !armed)
        disarm_self(self);
    return status;
}
