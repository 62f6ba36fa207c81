/* Forks: an object that another process left in use, at any moment of its threads' steps, serves the
 * child. A thread of a scenario stands for the child's: it copies the object, and then lives in a later
 * generation, for which its copy is. */
#include "model.h"
#include "thread/registry.h"

static thrum_cond parents, childs;
static thrum_private_word childs_forks; /* guards the copy: set once it is made */

/* The parent's process is the child of an earlier fork. */
static void forked(void)
{
    thrum_registry.fork_generation = 2;
}

/* From here to where the generation is read is one step: a thread of the parent that comes later than
 * the fork would read the child's. It is none of the child's matter. */
static void broadcast_in_parent(void)
{
    if (childs_forks != 0)
        model_done();
    thrum_cond_broadcast(&parents);
}

static void use_childs(void)
{
    thrum_cond_broadcast(&childs);
    CHECK(childs.private_fork == thrum_registry.fork_generation);
    CHECK(childs.private_first == NULL);
}

/* The copy is one step, as it is for a fork. */
static void fork_and_use(void)
{
    model_pause("fork");
    childs = parents;
    thrum_registry.fork_generation = 4;
    childs_forks = 1;
    use_childs();
}

/* The second thread of the child. */
static void use_too(void)
{
    model_pause("child");
    if (childs_forks == 0)
        model_done();
    use_childs();
}

SCENARIO(fork_during_reset, .setup = forked, .threads = { broadcast_in_parent, fork_and_use },
         .forks = true);
SCENARIO(fork_during_two_resets, .setup = forked,
         .threads = { broadcast_in_parent, broadcast_in_parent, fork_and_use }, .forks = true);
SCENARIO(fork_two_in_child, .setup = forked,
         .threads = { broadcast_in_parent, fork_and_use, use_too }, .forks = true);

/* A thread that waits when the process forks does not wait in the child: its node is not there. */
static thrum_mutex mutex;

static void wait_in_parent(void)
{
    thrum_mutex_lock(&mutex);
    CHECK(thrum_cond_wait_until(&parents, &mutex, MODEL_LATER) == THRUM_TIMED_OUT);
    thrum_mutex_unlock(&mutex);
}

SCENARIO(fork_leaves_waiter, .setup = forked, .threads = { wait_in_parent, fork_and_use },
         .forks = true);
