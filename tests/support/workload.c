/* The crew of workload.h. */
#include "workload.h"

#include "crew.h"

enum { TOKENS = 2, SHORT_NS = 200000 };

/* Not the default: a system may count each stack in full. */
#define STACK ((size_t)256 << 10)

static bool holds(struct workload *workload, bool held, const char *text)
{
    if (!held && __atomic_fetch_add(&workload->wrong, 1, __ATOMIC_RELAXED) == 0)
        __atomic_store_n(&workload->first_wrong, text, __ATOMIC_RELAXED);
    return held;
}

#define HOLDS(workload, condition) holds((workload), (condition), #condition)

/* A time-out does not come before its time. */
static void timed_out(struct workload *workload, thrum_time deadline)
{
    HOLDS(workload, thrum_now() >= deadline);
}

static thrum_time soon(uint64_t *random)
{
    return thrum_after(test_pick(random, SHORT_NS));
}

/* Inside a lock: for a moment; or so that others come meanwhile, on one CPU too. */
static void dwell(uint64_t *random)
{
    uint32_t pick = test_pick(random, 24);
    if (pick == 0)
        thrum_sleep_until(thrum_after(test_pick(random, SHORT_NS / 4)));
    else if (pick == 1)
        thrum_yield();
    else
        burn(pick * 16);
}

/* --- locks ------------------------------------------------------------------------------------ */

static bool take(struct workload *workload, const struct lock_kind *kind, union any_lock *lock,
                 uint64_t *random)
{
    uint32_t way = test_pick(random, 4);
    if (way == 0)
        return kind->try_lock(lock);
    if (way > 1) {
        kind->lock(lock);
        return true;
    }
    thrum_time deadline = soon(random);
    thrum_status status = kind->lock_until(lock, deadline);
    if (status == THRUM_OK)
        return true;
    if (HOLDS(workload, status == THRUM_TIMED_OUT))
        timed_out(workload, deadline);
    return false;
}

static void use_lock(struct workload *workload, uint64_t *random)
{
    struct workload_lock *guarded = &workload->locks[test_pick(random, 4)];
    if (!take(workload, guarded->kind, &guarded->lock, random))
        return;
    bool again = guarded->kind->recursive && test_pick(random, 2);
    if (again)
        guarded->kind->lock(&guarded->lock);
    HOLDS(workload, guarded->inside++ == 0);
    dwell(random);
    guarded->count++;
    HOLDS(workload, --guarded->inside == 0);
    if (again)
        guarded->kind->unlock(&guarded->lock);
    __atomic_fetch_add(&guarded->taken, 1, __ATOMIC_RELAXED);
    guarded->kind->unlock(&guarded->lock);
}

static void read_locked(struct workload *workload, uint64_t *random)
{
    struct workload_lock *guarded = &workload->locks[3]; /* the rwlock */
    if (!take(workload, &lock_read, &guarded->lock, random))
        return;
    uint64_t count = guarded->count;
    HOLDS(workload, guarded->inside == 0);
    dwell(random);
    HOLDS(workload, guarded->count == count && guarded->inside == 0);
    lock_read.unlock(&guarded->lock);
}

/* --- condition: tokens, which come back always, so a wait without deadline ends --------------- */

static bool take_token(struct workload *workload, uint64_t *random)
{
    thrum_time deadline = test_pick(random, 3) ? THRUM_FOREVER : soon(random);
    thrum_status status = THRUM_OK;
    thrum_mutex_lock(&workload->mutex);
    while (workload->tokens == 0 && status == THRUM_OK) {
        workload->waiting++;
        status = thrum_cond_wait_until(&workload->cond, &workload->mutex, deadline);
        workload->waiting--;
    }
    bool got = workload->tokens > 0;
    workload->tokens -= got;
    thrum_mutex_unlock(&workload->mutex);
    if (status != THRUM_OK && HOLDS(workload, status == THRUM_TIMED_OUT))
        timed_out(workload, deadline);
    return got;
}

static void use_token(struct workload *workload, uint64_t *random)
{
    if (!take_token(workload, random))
        return;
    dwell(random);
    thrum_mutex_lock(&workload->mutex);
    HOLDS(workload, ++workload->tokens <= TOKENS);
    if (test_pick(random, 8) == 0)
        thrum_cond_broadcast(&workload->cond);
    else
        thrum_cond_signal(&workload->cond);
    thrum_mutex_unlock(&workload->mutex);
}

/* --- deadlines, for what nobody will do ------------------------------------------------------- */

static void sleep_alone(struct workload *workload, uint64_t *random)
{
    thrum_event event = THRUM_EVENT_INIT;
    thrum_sem sem = THRUM_SEM_INIT(0);
    thrum_waitgroup group = THRUM_WAITGROUP_INIT;
    _Alignas(4) uint32_t word = 0;
    thrum_status status = THRUM_TIMED_OUT;
    thrum_time deadline = soon(random);
    thrum_waitgroup_add(&group, 1);
    switch (test_pick(random, 5)) {
    case 0: thrum_sleep_until(deadline); break;
    case 1: status = thrum_event_wait_until(&event, deadline); break;
    case 2: status = thrum_sem_wait_until(&sem, deadline); break;
    case 3: status = thrum_waitgroup_wait_until(&group, deadline); break;
    default:
        do /* alone in that it may return early */
            status = thrum_wait_until(&word, 0, deadline);
        while (status == THRUM_OK);
    }
    HOLDS(workload, status == THRUM_TIMED_OUT);
    timed_out(workload, deadline);
}

/* --- lives ------------------------------------------------------------------------------------ */

/* In the spawner's frame: the child's post is its last touch. */
struct child {
    struct workload *workload;
    uint32_t index;
    bool exits, detached;
    thrum_event event;
    thrum_waitgroup group;
    thrum_once once;
    thrum_barrier barrier;
    thrum_sem last;
    _Alignas(4) uint32_t word;
    uint32_t runs;  /* plain */
    uint64_t given; /* plain */
};

static void count_run(void *argument)
{
    ++((struct child *)argument)->runs;
}

static void destroyed(void *value)
{
    __atomic_fetch_add(&((struct workload *)value)->destroyed, 1, __ATOMIC_RELEASE);
}

static void *live(void *argument)
{
    struct child *child = argument;
    struct workload *workload = child->workload;
    const bool exits = child->exits;
    uint32_t *id = &workload->ids[workload->threads + child->index];
    __atomic_store_n(id, (uint32_t)thrum_id(), __ATOMIC_RELAXED);
    thrum_tls_set(workload->key, workload);
    thrum_once_run(&child->once, count_run, child);
    child->given = thrum_id();
    thrum_event_set(&child->event);
    thrum_waitgroup_done(&child->group);
    flag_set(&child->word, 1);
    thrum_wake(&child->word, 1);
    (void)thrum_barrier_wait(&child->barrier);
    __atomic_store_n(id, 0, __ATOMIC_RELAXED);
    thrum_sem_post(&child->last, 1);
    if (exits)
        thrum_exit(workload);
    return workload;
}

static void meet(struct child *child, uint64_t *random)
{
    switch (test_pick(random, 3)) {
    case 0: thrum_event_wait(&child->event); break;
    case 1: thrum_waitgroup_wait(&child->group); break;
    default:
        while (flag_get(&child->word) == 0)
            (void)thrum_wait(&child->word, 0);
    }
    HOLDS(child->workload, child->given != 0);
    thrum_once_run(&child->once, count_run, child);
    HOLDS(child->workload, child->runs == 1);
    (void)thrum_barrier_wait(&child->barrier);
    thrum_sem_wait(&child->last);
}

static void join(struct workload *workload, thrum_thread *thread, uint64_t *random)
{
    void *result = NULL;
    thrum_status status = THRUM_TIMED_OUT;
    while (test_pick(random, 2) && status != THRUM_OK) {
        thrum_time deadline = soon(random);
        status = thrum_join_until(thread, &result, deadline);
        if (status != THRUM_OK && HOLDS(workload, status == THRUM_TIMED_OUT))
            timed_out(workload, deadline);
    }
    if (status != THRUM_OK)
        HOLDS(workload, thrum_join(thread, &result) == THRUM_OK);
    HOLDS(workload, result == workload);
}

static void have_child(struct workload *workload, uint32_t index, uint64_t *random)
{
    struct child child = { .workload = workload,
                           .index = index,
                           .exits = test_pick(random, 2),
                           .detached = test_pick(random, 3) == 0,
                           .barrier = THRUM_BARRIER_INIT(2) };
    thrum_thread *thread = NULL;
    thrum_waitgroup_add(&child.group, 1);
    __atomic_fetch_add(&workload->keyed, 1, __ATOMIC_RELAXED);
    thrum_status status =
        thrum_spawn(&thread, live, &child,
                    &(thrum_spawn_options){ .stack_size = STACK, .detached = child.detached });
    if (!HOLDS(workload, status == THRUM_OK)) {
        __atomic_fetch_sub(&workload->keyed, 1, __ATOMIC_RELAXED);
        return;
    }
    meet(&child, random);
    if (child.detached)
        return;
    if (test_pick(random, 4) == 0)
        HOLDS(workload, thrum_detach(thread) == THRUM_OK);
    else
        join(workload, thread, random);
}

/* --- the crew --------------------------------------------------------------------------------- */

static uint32_t make_round(struct workload *workload, uint32_t index, uint64_t *random)
{
    uint32_t kind = test_pick(random, WORKLOAD_KINDS);
    switch (kind) {
    case 0: have_child(workload, index, random); break;
    case 1: sleep_alone(workload, random); break;
    case 2:
    case 3: use_token(workload, random); break;
    case 4: read_locked(workload, random); break;
    default: use_lock(workload, random);
    }
    return kind;
}

static void *work(void *argument)
{
    struct workload *workload = argument;
    uint32_t index = __atomic_fetch_add(&workload->starts, 1, __ATOMIC_RELAXED);
    uint64_t random = test_seed() + index * 0x9e3779b97f4a7c15u;
    if (workload->begin)
        workload->begin(workload, index);
    __atomic_store_n(&workload->ids[index], (uint32_t)thrum_id(), __ATOMIC_RELAXED);
    for (uint32_t i = 0;
         i < workload->least || thrum_now() < workload->until || flag_get(&workload->hold) != 0;
         ++i) {
        uint32_t kind = make_round(workload, index, &random);
        __atomic_fetch_add(&workload->kinds[kind], 1, __ATOMIC_RELAXED);
        __atomic_fetch_add(&workload->rounds, 1, __ATOMIC_RELAXED);
        if (workload->rest_ns != 0)
            thrum_sleep_until(thrum_after(test_pick(&random, workload->rest_ns)));
    }
    __atomic_store_n(&workload->ids[index], 0, __ATOMIC_RELAXED);
    __atomic_fetch_sub(&workload->left, 1, __ATOMIC_RELEASE);
    return workload;
}

bool workload_begin(struct workload *workload)
{
    const struct lock_kind *const kinds[4] = { &lock_mutex, &lock_recursive, &lock_sem,
                                               &lock_write };
    workload->left = workload->threads;
    workload->tokens = TOKENS;
    for (uint32_t i = 0; i < 4; ++i) {
        workload->locks[i].kind = kinds[i];
        kinds[i]->init(&workload->locks[i].lock);
    }
    HOLDS(workload, thrum_tls_alloc(&workload->key, destroyed, 0) == THRUM_OK);
    for (uint32_t i = 0; i < workload->threads; ++i) {
        thrum_spawn_options options = { .stack_size = STACK };
        thrum_status status = thrum_spawn(&workload->handles[i], work, workload, &options);
        if (!HOLDS(workload, status == THRUM_OK))
            __atomic_fetch_sub(&workload->left, 1, __ATOMIC_RELEASE);
    }
    return workload->wrong == 0;
}

void workload_let_go(struct workload *workload, const uint32_t *count, uint32_t least,
                     thrum_time limit)
{
    while (flag_get(count) < least && !test_late(limit))
        thrum_sleep_until(thrum_after(1000000));
    flag_set(&workload->hold, 0);
}

const char *workload_end(struct workload *workload)
{
    for (uint32_t i = 0; i < workload->threads; ++i) {
        void *result = NULL;
        if (workload->handles[i])
            HOLDS(workload, thrum_join(workload->handles[i], &result) == THRUM_OK);
        HOLDS(workload, result == workload);
    }
    for (uint32_t i = 0; i < 4; ++i)
        HOLDS(workload, workload->locks[i].count == workload->locks[i].taken);
    HOLDS(workload, workload->tokens == TOKENS && workload->waiting == 0);
    /* those of detached threads may still run */
    thrum_time limit = thrum_after(test_ms(5000));
    while (flag_get(&workload->destroyed) != workload->keyed && !test_late(limit))
        thrum_sleep_until(thrum_after(1000000));
    HOLDS(workload, workload->destroyed == workload->keyed);
    thrum_tls_free(workload->key);
    return workload->first_wrong;
}

void workload_note(const struct workload *workload)
{
    test_note("%u threads made %u rounds: %u of lives, %u of deadlines, %u of a condition, %u of "
              "locks",
              workload->threads, workload->rounds, workload->kinds[0], workload->kinds[1],
              workload->kinds[2] + workload->kinds[3],
              workload->kinds[4] + workload->kinds[5] + workload->kinds[6] + workload->kinds[7]);
}
