/* What src/sync asks of the rest of the library: the threads' blocks, and little else. */
#include <string.h>

#include "diagnose/deadlock.h"
#include "diagnose/fatal.h"
#include "thread/registry.h"
#include "weak.h"

struct thrum_registry thrum_registry;
uint32_t thrum_private_threaded = 1;
int model_spins; /* none: see model/atomics.h */

static union {
    struct thrum_block block;
    char room[THRUM_BLOCK_AREA];
} blocks[WEAK_THREADS];

void library_reset(void)
{
    thrum_registry.fork_generation = 0;
    memset(blocks, 0, sizeof blocks);
    for (unsigned i = 0; i < WEAK_THREADS; i++)
        blocks[i].block.head.lock_id = i + 1;
}

void library_fork(void)
{
    thrum_registry.fork_generation = 2;
}

struct thrum_block *model_block(void)
{
    return &blocks[checker_self()].block;
}

/* No wait here is long enough for a look. */
thrum_time thrum_deadlock_next(void)
{
    return THRUM_FOREVER;
}

thrum_time thrum_os_now(void)
{
    return 0;
}

uint64_t thrum_registry_kernel_id(uint32_t lock_id)
{
    return lock_id;
}

_Noreturn void thrum_fatal_object(const char *does, const char *kind, const volatile void *object,
                                  const char *why, uint32_t word)
{
    (void)does, (void)object, (void)why, (void)word;
    weak_fail(kind);
}
