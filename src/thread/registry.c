/* The list of threads. */
#include "thread/registry.h"

#include "diagnose/fatal.h"
#include "thread/handle.h"

struct thrum_registry thrum_registry;

/* At every moment the walk by `next` from `first` ends, and meets only blocks whose memory is mapped
 * and that are in no other list: a fork may copy the list while another thread is here, and a handler
 * walks it on top of this. */
void thrum_registry_add_after(struct thrum_block *previous, struct thrum_block *block)
{
    struct thrum_block *THRUM_FORK_VISIBLE *link =
        previous != NULL ? &previous->next : &thrum_registry.first;
    struct thrum_block *next = *link;
    THRUM_FORK_STORE(&block->next, next);
    block->previous = previous;
    /* release: a walker finds the block filled in, and the rest of the list */
    __atomic_store_n(link, block, __ATOMIC_RELEASE);
    if (next != NULL)
        next->previous = block;
    else
        thrum_registry.last = block;
}

void thrum_registry_add(struct thrum_block *block)
{
    thrum_registry_add_after(thrum_registry.last, block);
}

void thrum_registry_remove(struct thrum_block *block)
{
    struct thrum_block *next = block->next, *previous = block->previous;
    THRUM_FORK_STORE(previous != NULL ? &previous->next : &thrum_registry.first, next);
    if (next != NULL)
        next->previous = previous;
    else
        thrum_registry.last = previous;
    thrum_fork_order(); /* a walker that meets the block does not go on from it into another list */
}

__attribute__((weak)) void thrum_registry_take_in(void)
{
}

void thrum_registry_lock(void)
{
    thrum_lock_take(&thrum_registry.lock);
    thrum_registry_take_in();
}

bool thrum_registry_try_lock(void)
{
    bool locked = thrum_lock_try(&thrum_registry.lock);
    if (locked)
        thrum_registry_take_in();
    return locked;
}

struct thrum_block *thrum_registry_find(uint32_t lock_id)
{
    for (struct thrum_block *block = thrum_registry.first; block != NULL; block = block->next)
        if (__atomic_load_n(&block->head.lock_id, __ATOMIC_RELAXED) == lock_id &&
            !(__atomic_load_n(&block->life, __ATOMIC_RELAXED) & THRUM_LIFE_ENDED))
            return block;
    return NULL;
}

/* A lock id is the system's part in the low 22 bits (Linux: the kernel's id, PID_MAX_LIMIT) and the
 * low 7 bits of the birth's number above: the kernel gives ids again, and a lock that its holder took
 * to its end shall not be the next one's of that id.
 *
 * A leader that has forked keeps its lock id, because its locks hold it. A new thread that would
 * get the same gets one that no birth gives; there is only one such thread at a time. */
enum { SYSTEM_ID = (1 << 22) - 1, BIRTHS = 127, LOCK_ID_INSTEAD = 1 << 29 };

uint32_t thrum_registry_compose_id(uint32_t system_id, uint32_t birth)
{
    uint32_t id = system_id | (birth & BIRTHS) << 22;
    return id == thrum_registry.forked_lock_id ? LOCK_ID_INSTEAD : id;
}

uint32_t thrum_registry_lock_id(const struct thrum_block *block)
{
    return thrum_registry_compose_id(thrum_os_thread_lock_id(&block->os), block->birth);
}

void thrum_registry_name_self(void)
{
    struct thrum_block *self = thrum_block_self();
    if (self->head.lock_id == 0)
        __atomic_store_n(&self->head.lock_id, thrum_registry_lock_id(self), __ATOMIC_RELAXED);
}

uint64_t thrum_registry_kernel_id_of_ended(uint32_t lock_id)
{
    return thrum_os_lock_id_owner(lock_id & SYSTEM_ID);
}

uint64_t thrum_registry_kernel_id(uint32_t lock_id)
{
    if (thrum_registry.forked_lock_id == 0)
        return thrum_os_lock_id_owner(lock_id & SYSTEM_ID);
    bool visiting = thrum_lock_mine(&thrum_registry.lock);
    if (!visiting)
        thrum_registry_lock();
    struct thrum_block *block = thrum_registry_find(lock_id);
    uint64_t id = block != NULL ? thrum_os_thread_id(&block->os)
                                : thrum_os_lock_id_owner(lock_id & SYSTEM_ID);
    if (!visiting)
        thrum_lock_release(&thrum_registry.lock);
    return id;
}

void thrum_registry_start(struct thrum_block *main_thread)
{
    THRUM_FORK_STORE(&main_thread->leader, 1);
    thrum_os_thread_adopt(&main_thread->os);
    thrum_handle_give(main_thread);
    THRUM_FORK_STORE(&main_thread->head.lock_id, thrum_registry_lock_id(main_thread));
    thrum_registry_add(main_thread);
}

void thrum_registry_not_visiting(const char *does)
{
    if (thrum_lock_mine(&thrum_registry.lock))
        thrum_fatal_misuse(does, "inside thrum_each_thread");
}
