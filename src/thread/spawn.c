/* Birth. On a warm mapping the system calls are: clone, the child's exit, the joiner's wait if it
 * comes first, and one madvise that takes a used stack's pages back; a fresh one adds mmap, the
 * guard's madvise and, where the kernel knows it, a prctl that names the mapping; a thread's name adds prctl
 * in the child. */
#include "thread/handle.h"
#include "thread/life.h"
#include "thread/mapping.h"
#include "thread/registry.h"

uint32_t thrum_private_threaded;

__attribute__((weak)) void thrum_tls_keys_inherit(struct thrum_block *child,
                                                  struct thrum_block *parent)
{
    (void)child, (void)parent;
}

/* Overridden by harden.c. Defined in another file than its user, because a compiler replaces a constant of the
 * same file by its value, weak or not. */
__attribute__((weak)) const bool thrum_mapping_hardens = false;

__attribute__((weak)) void thrum_overflow_arm(struct thrum_block *block)
{
    (void)block;
}

/* Under the lock: a thrum_set_name from outside that was quicker has the last word. */
static void tell_name(struct thrum_block *block)
{
    thrum_lock_take(&thrum_registry.lock);
    (void)thrum_os_set_name(&block->os, true, block->name);
    thrum_lock_release(&thrum_registry.lock);
}

/* Inline: a system uses one of its two callers. */
__attribute__((always_inline)) static inline void begin(struct thrum_block *block)
{
    thrum_registry_name_self();
    if (block->named)
        tell_name(block);
    if (block->fault_stack != NULL)
        thrum_overflow_arm(block);
}

_Noreturn void thrum_thread_main(struct thrum_block *block)
{
    begin(block);
    thrum_thread_end(block->run(block->arg));
}

void thrum_thread_run(struct thrum_block *block)
{
    begin(block);
    thrum_thread_finish(block->run(block->arg));
}

static bool name_length(const char *name, size_t *length)
{
    *length = 0;
    while (name != NULL && name[*length] != '\0')
        if (++*length > THRUM_NAME_MAX)
            return false;
    return true;
}

/* Into the registry first, so that a key freed meanwhile is scrubbed here too. */
static void enrol(struct thrum_block *block)
{
    /* relaxed: the caller is alive, so it is not the last one out */
    __atomic_fetch_add(&thrum_registry.others, 1, __ATOMIC_RELAXED);
    thrum_lock_take(&thrum_registry.lock);
    block->birth = thrum_registry_next_birth();
    thrum_handle_give(block);
    thrum_registry_add(block);
    thrum_tls_keys_inherit(block, thrum_block_self());
    thrum_lock_release(&thrum_registry.lock);
}

thrum_status thrum_spawn(thrum_thread **thread, void *(*run)(void *), void *arg,
                         const thrum_spawn_options *options)
{
    struct thrum_mapping_plan plan;
    size_t name;
    if (thread != NULL)
        *thread = NULL;
    if (run == NULL || (thread == NULL && (options == NULL || !options->detached)))
        return THRUM_INVALID;
    if (!name_length(options != NULL ? options->name : NULL, &name) ||
        !thrum_mapping_plan(&plan, options) || (plan.arg != 0 && arg == NULL))
        return THRUM_INVALID;
    thrum_registry_not_visiting("spawns a thread");
    thrum_retired_sweep();

    struct thrum_block *block = thrum_mapping_take(&plan);
    if (block == NULL)
        return THRUM_NO_MEMORY;
    block->run = run;
    if (plan.arg != 0)
        __builtin_memcpy(block->arg, arg, plan.arg);
    else
        block->arg = arg;
    block->named = name != 0;
    if (block->named)
        __builtin_memcpy(block->name, options->name, name);
    if (options != NULL && options->detached)
        THRUM_FORK_STORE(&block->life, THRUM_LIFE_DETACHED);
    __atomic_store_n(&thrum_private_threaded, 1, __ATOMIC_RELAXED); /* clone orders it */
    thrum_os_thread_expect(&block->os);
    enrol(block);
    if (thread != NULL)
        *thread = thrum_handle_of(
            block); /* before the birth: the thread may read it, and a detached one be gone */

    thrum_status status = thrum_os_thread_start(block, thrum_mapping_stack_start(block));
    if (status == THRUM_NO_MEMORY && thrum_mapping_trim(&plan))
        status = thrum_os_thread_start(block, thrum_mapping_stack_start(block));
    if (status == THRUM_OK)
        return THRUM_OK;
    if (thread != NULL)
        *thread = NULL;
    /* relaxed: as above */
    __atomic_fetch_sub(&thrum_registry.others, 1, __ATOMIC_RELAXED);
    thrum_mapping_undo(block, &plan);
    return status;
}
