/* In the child of a fork only the caller is left. */
#include "diagnose/fatal.h"
#include "thread/life.h"
#include "thread/mapping.h"
#include "thread/registry.h"

__attribute__((weak)) void thrum_tls_keys_after_fork(struct thrum_thread *self)
{
    (void)self;
}

/* Other threads' locks, lists half changed by them and their stacks were copied as they stood. The
 * walk by `next` is whole at every moment (see thrum_registry_add); the rest is made anew. */
void thrum_thread_after_fork(struct thrum_thread *self)
{
    struct thrum_thread *block = thrum_registry.first;
    thrum_registry.lock.word = 0;
    thrum_registry.retired = NULL;
    thrum_registry.first = thrum_registry.last = NULL;
    thrum_registry.others = 0;
    __atomic_store_n(&thrum_registry.forks, thrum_registry.forks + 1, __ATOMIC_RELAXED);
    while (block != NULL) {
        struct thrum_thread *next = block->next;
        if (block != self)
            thrum_mapping_drop(block);
        block = next;
    }
    if (self != NULL) {
        thrum_os_thread_adopt(&self->os);
        thrum_registry.forked_lock_id = self->head.lock_id;
        self->leader = true;
        self->life = 0;
        thrum_registry_add(self);
    }
    thrum_mapping_after_fork();
    thrum_tls_keys_after_fork(self);
}

void thrum_after_fork(void)
{
    struct thrum_thread *self = thrum_block_self();
    thrum_registry_not_visiting("calls thrum_after_fork");
    switch (thrum_os_thread_forked(self, thrum_registry.first)) {
    case THRUM_OS_FORK_PENDING: thrum_thread_after_fork(self); break;
    case THRUM_OS_FORK_HANDLED: break;
    case THRUM_OS_FORK_NONE:
        thrum_fatal_misuse("calls thrum_after_fork", "in a process that is no fork's child");
    }
}
