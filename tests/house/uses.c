/* What C and C++ programs write with the headers: initialisers of every kind, typed keys. Compiled
 * by headers.sh as both languages; never run. */
#include <thrum.h>

struct session {
    int user;
};
THRUM_TLS_DECLARE(struct session, session)
THRUM_TLS_DEFINE(struct session, session)

static THRUM_THREAD_LOCAL int depth = 1;

static thrum_mutex mutex = THRUM_MUTEX_INIT;
static thrum_recursive_mutex recursive_mutex = THRUM_RECURSIVE_MUTEX_INIT;
static thrum_rwlock rwlock = THRUM_RWLOCK_INIT;
static thrum_cond cond = THRUM_COND_INIT;
static thrum_sem sem = THRUM_SEM_INIT(3);
static thrum_event event = THRUM_EVENT_INIT;
static thrum_waitgroup waitgroup = THRUM_WAITGROUP_INIT;
static thrum_once once = THRUM_ONCE_INIT;
static thrum_barrier barrier = THRUM_BARRIER_INIT(2);
static thrum_tls_key key = THRUM_TLS_KEY_INIT;

/* A mutex, semaphore, event and once are 4 or 8 bytes, none of the others is above 64. */
#ifdef __cplusplus
#define ASSERT static_assert
#else
#define ASSERT _Static_assert
#endif
ASSERT(sizeof(thrum_mutex) <= 8 && sizeof(thrum_sem) <= 8, "small");
ASSERT(sizeof(thrum_event) <= 8 && sizeof(thrum_once) <= 8, "small");
ASSERT(sizeof(thrum_recursive_mutex) <= 64 && sizeof(thrum_rwlock) <= 64, "not large");
ASSERT(sizeof(thrum_cond) <= 64 && sizeof(thrum_waitgroup) <= 64, "not large");
ASSERT(sizeof(thrum_barrier) <= 64 && sizeof(thrum_tls_key) == 4, "not large");
ASSERT(THRUM_VERSION >= 0x000100 && THRUM_KEY_MAX >= 1024, "as promised");

static void run_once(void *argument)
{
    depth += *(int *)argument;
}

static void *run(void *argument)
{
    return argument;
}

int thrum_house_uses(void);
int thrum_house_uses(void)
{
    thrum_thread *thread = NULL;
    if (thrum_spawn(&thread, run, &depth, NULL) != THRUM_OK || thrum_join(thread, NULL) != THRUM_OK)
        return 1;
    thrum_once_run(&once, run_once, &depth);
    thrum_mutex_lock(&mutex);
    if (!thrum_mutex_try_lock(&mutex) || !thrum_recursive_mutex_try_lock(&recursive_mutex))
        thrum_cond_signal(&cond);
    thrum_mutex_unlock(&mutex);
    thrum_rwlock_read_lock(&rwlock);
    thrum_rwlock_read_unlock(&rwlock);
    thrum_sem_post(&sem, 1);
    thrum_event_set(&event);
    thrum_waitgroup_add(&waitgroup, 1);
    /* by a variable of any type */
    const int count = depth;
    const size_t size = sizeof sem;
    thrum_sem counted = THRUM_SEM_INIT(count), sized = THRUM_SEM_INIT(size);
    thrum_barrier crew = THRUM_BARRIER_INIT(count), all = THRUM_BARRIER_INIT(size + 1);
    if (thrum_sem_try_wait(&counted) && thrum_sem_try_wait(&sized) && thrum_barrier_wait(&crew))
        return thrum_barrier_wait(&all);
    struct session own;
    own.user = 1;
    session_set(&own);
    return thrum_barrier_wait(&barrier) ? session_get()->user : thrum_tls_get(key) != NULL;
}
