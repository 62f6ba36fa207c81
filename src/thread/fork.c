/* In the child of a fork only the caller is left. */
#include "diagnose/fatal.h"
#include "thread/life.h"
#include "thread/mapping.h"
#include "thread/registry.h"

__attribute__((weak)) void thrum_tls_keys_after_fork(struct thrum_block *self)
{
    (void)self;
}

/* A finder or a dump of another thread may have pinned the caller, if it forks in a handler on top of
 * a wait: nobody would unpin it. */
static void unpin(struct thrum_wait_record *record)
{
    uint32_t pinned = THRUM_WAIT_PINNED;
    __atomic_compare_exchange_n(&record->state, &pinned, THRUM_WAIT_WAITING, false,
                                __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

__attribute__((weak)) void thrum_adopted_after_fork(const struct thrum_block *self)
{
    (void)self;
}

/* Other threads' locks, lists half changed by them and their stacks were copied as they stood. The
 * walk by `next` is whole at every moment (see thrum_registry_add); the rest is reset. No order is
 * needed here: the caller is alone, and handlers on top of it find no list or a whole one. */
void thrum_thread_after_fork(struct thrum_block *self)
{
    struct thrum_block *block = thrum_registry.first;
    thrum_adopted_after_fork(self); /* while the list is there */
    __atomic_store_n(&thrum_registry.lock.word, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&thrum_registry.visiting, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&thrum_registry.retired, NULL, __ATOMIC_RELAXED);
    __atomic_store_n(&thrum_registry.first, NULL, __ATOMIC_RELAXED);
    thrum_registry.last = NULL;
    __atomic_store_n(&thrum_registry.others, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&thrum_registry.fork_generation, thrum_registry.fork_generation + 2,
                     __ATOMIC_RELAXED);
    thrum_fork_order(); /* a handler's walk does not meet what is unmapped below */
    while (block != NULL) {
        struct thrum_block *next = block->next;
        if (block != self)
            thrum_mapping_drop(block);
        block = next;
    }
    if (self != NULL) {
        thrum_os_thread_adopt(&self->os);
        __atomic_store_n(&thrum_registry.forked_lock_id, self->head.lock_id, __ATOMIC_RELAXED);
        __atomic_store_n(&self->leader, 1, __ATOMIC_RELAXED);
        __atomic_store_n(&self->life, 0, __ATOMIC_RELAXED);
        unpin(&self->wait);
        thrum_registry_add(self);
    }
    thrum_mapping_after_fork();
    thrum_tls_keys_after_fork(self);
}

void thrum_after_fork(void)
{
    struct thrum_block *self = thrum_block_self();
    thrum_registry_name_self(); /* a handler may fork before the thread's first step */
    thrum_registry_not_visiting("calls thrum_after_fork");
    switch (thrum_os_thread_forked(self, thrum_registry.first)) {
    case THRUM_OS_FORK_PENDING: thrum_thread_after_fork(self); break;
    case THRUM_OS_FORK_HANDLED: break;
    case THRUM_OS_FORK_NONE:
        thrum_fatal_misuse("calls thrum_after_fork", "in a process that is no fork's child");
    }
}
